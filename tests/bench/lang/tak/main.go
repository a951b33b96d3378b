// Takeuchi's function: four calls, three of them arguments of the fourth.
package main

import "fmt"

func tak(x, y, z int) int {
	if y >= x {
		return z
	}
	return tak(tak(x-1, y, z), tak(y-1, z, x), tak(z-1, x, y))
}

func main() {
	size := 10
	fmt.Println(tak(3*size, 2*size, size))
}
