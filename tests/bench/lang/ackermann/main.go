// Ackermann's function: calls in calls, one of them in argument position.
package main

import "fmt"

func ackermann(m, n int) int {
	if m == 0 {
		return n + 1
	}
	if n == 0 {
		return ackermann(m-1, 1)
	}
	return ackermann(m-1, ackermann(m, n-1))
}

func main() {
	fmt.Println(ackermann(3, 10))
}
