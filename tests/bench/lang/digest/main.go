// SHA-256 and Base64: a chain of short digests, as tokens are, and digests of three megabytes.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
)

func main() {
	data := bytes.Repeat([]byte("0123456789abcdef"), 200000)
	text := "start"
	for left := 100000; left > 0; left-- {
		digest := sha256.Sum256([]byte(text + ":" + strconv.Itoa(left)))
		text = base64.StdEncoding.EncodeToString(digest[:])
	}
	fmt.Println(text)
	text = ""
	for i := 0; i < 10; i++ {
		digest := sha256.Sum256(append(append([]byte(nil), data...), text...))
		text = hex.EncodeToString(digest[:])
	}
	fmt.Println(text)
	decoded, err := base64.StdEncoding.DecodeString(base64.StdEncoding.EncodeToString(data))
	if err != nil {
		panic(err)
	}
	fmt.Println(len(decoded))
}
