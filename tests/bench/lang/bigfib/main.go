// A Fibonacci number of tens of thousands of digits, by addition, and as text.
package main

import (
	"fmt"
	"math/big"
)

func main() {
	a, b := big.NewInt(0), big.NewInt(1)
	for i := 0; i < 200000; i++ {
		a.Add(a, b)
		a, b = b, a
	}
	text := a.String()
	fmt.Println(len(text), text[:20], text[len(text)-20:])
}
