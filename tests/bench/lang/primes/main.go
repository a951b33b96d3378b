// The number of primes below a limit, by trial division.
package main

import "fmt"

func isPrime(n int) bool {
	for divisor := 3; divisor*divisor <= n; divisor += 2 {
		if n%divisor == 0 {
			return false
		}
	}
	return true
}

func main() {
	count := 1
	for n := 3; n < 1500000; n += 2 {
		if isPrime(n) {
			count++
		}
	}
	fmt.Println(count)
}
