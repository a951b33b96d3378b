// A tree of a million leaves, kept as it is while ten maps make others.
package main

import "fmt"

type tree struct {
	left, right *tree
	n           int
}

func build(depth, n int) *tree {
	if depth == 0 {
		return &tree{n: n}
	}
	return &tree{left: build(depth-1, n*2), right: build(depth-1, n*2+1)}
}

func (t *tree) mapped(change func(int) int) *tree {
	if t.left == nil {
		return &tree{n: change(t.n)}
	}
	return &tree{left: t.left.mapped(change), right: t.right.mapped(change)}
}

func (t *tree) sum() int {
	if t.left == nil {
		return t.n
	}
	return t.left.sum() + t.right.sum()
}

func main() {
	kept := build(20, 1)
	changed := kept
	for left := 10; left > 0; left-- {
		changed = changed.mapped(func(n int) int { return (n*3 + left) % 1000003 })
	}
	fmt.Println(kept.sum(), changed.sum())
}
