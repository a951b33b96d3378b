// How many points of a square grid are in the Mandelbrot set, as far as 50 steps tell, and a checksum of the steps.
package main

import "fmt"

func steps(cr, ci float64) int {
	zr, zi, count := 0.0, 0.0, 0
	for {
		zr2, zi2 := zr*zr, zi*zi
		if count == 50 || zr2+zi2 > 4.0 {
			return count
		}
		zr, zi = zr2-zi2+cr, 2.0*zr*zi+ci
		count++
	}
}

func main() {
	const size = 1000
	inside, checksum := 0, 0
	for y := 0; y < size; y++ {
		for x := 0; x < size; x++ {
			cr := 2.0*float64(x)/float64(size) - 1.5
			ci := 2.0*float64(y)/float64(size) - 1.0
			count := steps(cr, ci)
			if count == 50 {
				inside++
			}
			checksum = (checksum*31 + count) % 1000003
		}
	}
	fmt.Println(inside, checksum)
}
