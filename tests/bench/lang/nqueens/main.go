// All ways to place queens on a board, each a chain of columns whose end it shares with others.
package main

import "fmt"

const size = 12

type board struct {
	column int
	rest   *board
}

func (b *board) isSafe(column int) bool {
	for distance := 1; b != nil; distance, b = distance+1, b.rest {
		if column == b.column || column == b.column+distance || column == b.column-distance {
			return false
		}
	}
	return true
}

func (b *board) number() int {
	n := 0
	for ; b != nil; b = b.rest {
		n = (n*13 + b.column) % 1000003
	}
	return n
}

func main() {
	boards := []*board{nil}
	for row := 0; row < size; row++ {
		var longer []*board
		for _, b := range boards {
			for column := 1; column <= size; column++ {
				if b.isSafe(column) {
					longer = append(longer, &board{column, b})
				}
			}
		}
		boards = longer
	}
	checksum := 0
	for _, b := range boards {
		checksum = (checksum + b.number()) % 1000003
	}
	fmt.Println(len(boards), checksum)
}
