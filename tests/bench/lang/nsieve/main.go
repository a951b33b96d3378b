// The sieve of Eratosthenes: a slice of flags that changes in place.
package main

import "fmt"

func main() {
	const size = 5000000
	flags := make([]bool, size+1)
	for i := range flags {
		flags[i] = true
	}
	count := 0
	for i := 2; i <= size; i++ {
		if flags[i] {
			for multiple := i + i; multiple <= size; multiple += i {
				flags[multiple] = false
			}
			count++
		}
	}
	fmt.Println(count)
}
