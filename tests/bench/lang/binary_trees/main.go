// Complete binary trees built, counted and thrown away, many small ones and few large ones.
package main

import "fmt"

type tree struct{ left, right *tree }

func build(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{build(depth - 1), build(depth - 1)}
}

func (t *tree) count() int {
	if t == nil {
		return 0
	}
	return 1 + t.left.count() + t.right.count()
}

func main() {
	const size = 16
	long := build(size)
	for depth := 4; depth <= size; depth += 2 {
		times := 1 << (size - depth + 4)
		total := 0
		for i := 0; i < times; i++ {
			total += build(depth).count()
		}
		fmt.Printf("%d trees of depth %d: %d\n", times, depth, total)
	}
	fmt.Println("long lived:", long.count())
}
