// A red-black tree: inserts of pseudo-random keys (Okasaki), then a fold. Nodes are values that never change, as in
// the functional versions.
package main

import "fmt"

type node struct {
	red         bool
	left, right *node
	key         int
}

func (n *node) isRed() bool { return n != nil && n.red }

func balanced(a *node, x int, b *node, y int, c *node, z int, d *node) *node {
	return &node{true, &node{false, a, b, x}, &node{false, c, d, z}, y}
}

func balanceLeft(left *node, key int, right *node) *node {
	if left.isRed() && left.left.isRed() {
		return balanced(left.left.left, left.left.key, left.left.right, left.key, left.right, key, right)
	}
	if left.isRed() && left.right.isRed() {
		return balanced(left.left, left.key, left.right.left, left.right.key, left.right.right, key, right)
	}
	return &node{false, left, right, key}
}

func balanceRight(left *node, key int, right *node) *node {
	if right.isRed() && right.left.isRed() {
		return balanced(left, key, right.left.left, right.left.key, right.left.right, right.key, right.right)
	}
	if right.isRed() && right.right.isRed() {
		return balanced(left, key, right.left, right.key, right.right.left, right.right.key, right.right.right)
	}
	return &node{false, left, right, key}
}

func insertBelow(n *node, key int) *node {
	switch {
	case n == nil:
		return &node{true, nil, nil, key}
	case key == n.key:
		return n
	case key < n.key && n.red:
		return &node{true, insertBelow(n.left, key), n.right, n.key}
	case key < n.key:
		return balanceLeft(insertBelow(n.left, key), n.key, n.right)
	case n.red:
		return &node{true, n.left, insertBelow(n.right, key), n.key}
	default:
		return balanceRight(n.left, n.key, insertBelow(n.right, key))
	}
}

func checksum(n *node, sum int) int {
	if n == nil {
		return sum
	}
	return checksum(n.right, (checksum(n.left, sum)*31+n.key)%1000000007)
}

func main() {
	var tree *node
	seed := 42
	for i := 0; i < 500000; i++ {
		root := insertBelow(tree, seed)
		tree = &node{false, root.left, root.right, root.key}
		seed = (seed*1103515245 + 12345) % 2147483648
	}
	fmt.Println(checksum(tree, 0))
}
