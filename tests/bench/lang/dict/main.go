// A map of a million texts: filled, read, changed, and walked in the order of its keys, which are sorted for that.
package main

import (
	"fmt"
	"sort"
	"strconv"
)

func key(n int) string {
	return "key" + strconv.Itoa(n*7919%1000003)
}

func main() {
	const size = 1000000
	texts := map[string]int{}
	for n := 0; n < size; n++ {
		texts[key(n)] = n
	}
	for n := 0; n < size; n += 3 {
		texts[key(n)] *= 2
	}
	found := 0
	for n := 0; n < size; n++ {
		found += texts[key(n*2)]
	}
	keys := make([]string, 0, len(texts))
	for key := range texts {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	inOrder := 0
	for _, key := range keys {
		inOrder = (inOrder*31 + texts[key]) % 1000003
	}
	fmt.Println(len(texts), found, inOrder)
}
