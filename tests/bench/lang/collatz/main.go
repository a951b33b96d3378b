// The number below a limit whose Collatz sequence is longest, and how long it is.
package main

import "fmt"

func steps(n int) int {
	count := 0
	for n != 1 {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
		count++
	}
	return count
}

func main() {
	best, length := 1, 0
	for n := 1; n < 500000; n++ {
		if found := steps(n); found > length {
			best, length = n, found
		}
	}
	fmt.Println(best, length)
}
