// The number of ways to place queens on a board: one bit for each column and diagonal that is taken.
package main

import "fmt"

const size = 14

func solve(row, columns, left, right int) int {
	if row == size {
		return 1
	}
	free := ^(columns | left | right) & (1<<size - 1)
	count := 0
	for free != 0 {
		queen := free & -free
		free ^= queen
		count += solve(row+1, columns|queen, (left|queen)<<1, (right|queen)>>1)
	}
	return count
}

func main() {
	fmt.Println(solve(0, 0, 0, 0))
}
