// The product of two square matrices of floats: rows times columns, the second one transposed first.
package main

import "fmt"

func matrix(size int) [][]float64 {
	rows := make([][]float64, size)
	for i := range rows {
		rows[i] = make([]float64, size)
		for j := range rows[i] {
			rows[i][j] = float64((i*7+j*13)%19) - 7.5
		}
	}
	return rows
}

func transposed(rows [][]float64) [][]float64 {
	columns := make([][]float64, len(rows))
	for j := range columns {
		columns[j] = make([]float64, len(rows))
		for i := range rows {
			columns[j][i] = rows[i][j]
		}
	}
	return columns
}

func dot(xs, ys []float64) float64 {
	sum := 0.0
	for i, x := range xs {
		sum += x * ys[i]
	}
	return sum
}

func product(a, b [][]float64) [][]float64 {
	columns := transposed(b)
	result := make([][]float64, len(a))
	for i, row := range a {
		result[i] = make([]float64, len(columns))
		for j, column := range columns {
			result[i][j] = dot(row, column)
		}
	}
	return result
}

func main() {
	a := matrix(350)
	trace := 0.0
	for i, row := range product(product(a, a), a) {
		trace += row[i]
	}
	fmt.Printf("%.0f\n", trace)
}
