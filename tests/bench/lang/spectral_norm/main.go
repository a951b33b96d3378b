// The spectral norm of an infinite matrix's corner, by the power method.
package main

import (
	"fmt"
	"math"
)

func cell(i, j int) float64 {
	return 1.0 / float64((i+j)*(i+j+1)/2+i+1)
}

func rows(vector []float64) []float64 {
	result := make([]float64, len(vector))
	for i := range result {
		for j, x := range vector {
			result[i] += cell(i, j) * x
		}
	}
	return result
}

func columns(vector []float64) []float64 {
	result := make([]float64, len(vector))
	for i := range result {
		for j, x := range vector {
			result[i] += cell(j, i) * x
		}
	}
	return result
}

func step(vector []float64) []float64 {
	return columns(rows(vector))
}

func dot(xs, ys []float64) float64 {
	sum := 0.0
	for i, x := range xs {
		sum += x * ys[i]
	}
	return sum
}

func main() {
	u, v := make([]float64, 1000), []float64{}
	for i := range u {
		u[i] = 1.0
	}
	for i := 0; i < 10; i++ {
		v = step(u)
		u = step(v)
	}
	fmt.Printf("%.0f\n", math.Sqrt(dot(u, v)/dot(v, v))*1000000000.0)
}
