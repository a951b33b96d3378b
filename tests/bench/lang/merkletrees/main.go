// Hash trees: built over a row of leaves, then verified, a few times; each root is the next row's seed.
package main

import "fmt"

type tree struct {
	hash        int
	left, right *tree
}

func combine(left, right int) int {
	return (left*31 + right*17 + 7) % 1000000007
}

func build(depth, seed int) *tree {
	if depth == 0 {
		return &tree{hash: (seed*1103515245 + 12345) % 1000000007}
	}
	left, right := build(depth-1, seed*2), build(depth-1, seed*2+1)
	return &tree{combine(left.hash, right.hash), left, right}
}

func (t *tree) verify() bool {
	return t.left == nil || t.hash == combine(t.left.hash, t.right.hash) && t.left.verify() && t.right.verify()
}

func main() {
	seed, valid := 1, 0
	for round := 0; round < 20; round++ {
		tree := build(17, seed%1000+1)
		seed = tree.hash
		if tree.verify() {
			valid++
		}
	}
	fmt.Println(seed, valid)
}
