// Sums of inverse squares, many times over; each sum goes into the next one's beginning.
package main

import "fmt"

func main() {
	sum := 0.0
	for round := 0; round < 6000; round++ {
		sum /= 1000.0
		for k := 1; k <= 10000; k++ {
			sum += 1.0 / float64(k*k)
		}
	}
	fmt.Printf("%.0f\n", sum*1000000000.0)
}
