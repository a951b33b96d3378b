// A sum whose terms depend on the sum so far, so that no closed form takes its place.
package main

import "fmt"

func main() {
	acc := 0
	for n := 100000000; n > 0; n-- {
		acc += n ^ (acc & 255)
	}
	fmt.Println(acc)
}
