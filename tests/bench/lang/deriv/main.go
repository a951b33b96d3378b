// Symbolic derivatives of a polynomial, several deep: expressions share their parts.
package main

import "fmt"

type kind byte

const (
	number kind = iota
	variable
	sumOf
	productOf
)

type expression struct {
	kind kind
	n    int
	a, b *expression
}

func constant(n int) *expression { return &expression{kind: number, n: n} }

func (e *expression) is(n int) bool { return e.kind == number && e.n == n }

func sum(a, b *expression) *expression {
	switch {
	case a.kind == number && b.kind == number:
		return constant(a.n + b.n)
	case a.is(0):
		return b
	case b.is(0):
		return a
	}
	return &expression{kind: sumOf, a: a, b: b}
}

func product(a, b *expression) *expression {
	switch {
	case a.kind == number && b.kind == number:
		return constant(a.n * b.n)
	case a.is(0) || b.is(1):
		return a
	case b.is(0) || a.is(1):
		return b
	}
	return &expression{kind: productOf, a: a, b: b}
}

func derivative(e *expression) *expression {
	switch e.kind {
	case number:
		return constant(0)
	case variable:
		return constant(1)
	case sumOf:
		return sum(derivative(e.a), derivative(e.b))
	}
	return sum(product(e.a, derivative(e.b)), product(derivative(e.a), e.b))
}

func power(exponent int) *expression {
	x := &expression{kind: variable}
	if exponent == 1 {
		return x
	}
	return product(x, power(exponent-1))
}

func polynomial(degree int) *expression {
	if degree == 0 {
		return constant(1)
	}
	return sum(product(constant(degree), power(degree)), polynomial(degree-1))
}

func leaves(e *expression) int {
	if e.kind == number || e.kind == variable {
		return 1
	}
	return leaves(e.a) + leaves(e.b)
}

func value(e *expression, x int) int {
	switch e.kind {
	case number:
		return e.n
	case variable:
		return x
	case sumOf:
		return (value(e.a, x) + value(e.b, x)) % 1000003
	}
	return value(e.a, x) * value(e.b, x) % 1000003
}

func main() {
	result := polynomial(10)
	for i := 0; i < 8; i++ {
		result = derivative(result)
	}
	fmt.Println(leaves(result), value(result, 7))
}
