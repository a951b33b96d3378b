// Recursion a million calls deep that is no tail call: a chain built from its end and added up from its end.
package main

import "fmt"

type link struct {
	n    int
	rest *link
}

func chain(n, seed int) *link {
	if n == 0 {
		return nil
	}
	return &link{seed, chain(n-1, (seed*31+n)%1000003)}
}

func (l *link) sum() int {
	if l == nil {
		return 0
	}
	return (l.n + 3*l.rest.sum()) % 1000003
}

func main() {
	total := 0
	for left := 10; left > 0; left-- {
		total = chain(1000000, total+left).sum()
	}
	fmt.Println(total)
}
