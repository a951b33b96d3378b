// Factorials modulo a prime, by recursion that is no tail call; each one decides which the next one is.
package main

import "fmt"

func factorial(n int) int {
	if n == 0 {
		return 1
	}
	return n * factorial(n-1) % 1000000007
}

func main() {
	acc := 1
	for i := 0; i < 3000000; i++ {
		acc = (acc*31 + factorial(5+acc%16)) % 1000000007
	}
	fmt.Println(acc)
}
