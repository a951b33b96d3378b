// A slice of a thousand numbers of which many versions are made: each is a copy with one element changed; every
// hundredth is kept.
package main

import (
	"fmt"
)

func total(list []int) int {
	sum := 0
	for _, n := range list {
		sum = (sum*3 + n) % 1000003
	}
	return sum
}

func main() {
	var first []int
	for n := 1; n <= 1000; n++ {
		first = append(first, n)
	}
	var kept [][]int
	sum := 0
	for n := 0; n < 300000; n++ {
		version := append([]int(nil), first...)
		version[n%1000] = n
		sum = (sum + version[n*7%1000]) % 1000003
		if n%100 == 0 {
			kept = append(kept, version)
		}
	}
	checksum := total(first)
	for _, version := range kept {
		checksum = (checksum*31 + total(version)) % 1000003
	}
	fmt.Println(sum, checksum)
}
