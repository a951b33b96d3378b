// Pi by Leibniz's series: one division of floats a step.
package main

import "fmt"

func main() {
	sign, sum := 1.0, 0.0
	for k := 0; k < 60000000; k++ {
		sum += sign / float64(2*k+1)
		sign = -sign
	}
	fmt.Printf("%.0f\n", 4.0*sum*1000000000.0)
}
