// Package kernel is what every module of the project uses.
package kernel

import "strconv"

// Money is an amount in hundredths.
type Money struct {
	Amount   int64
	Currency string
}

// Entry is something with a weight and some tags.
type Entry struct {
	Key    string
	Weight int64
	Tags   []string
}

// Outcome is what came of a step.
type Outcome[T any] interface{ outcome(T) }

type Done[T any] struct{ Value T }
type Retry[T any] struct{ After int64 }
type Failed[T any] struct{ Reason string }

func (Done[T]) outcome(T)   {}
func (Retry[T]) outcome(T)  {}
func (Failed[T]) outcome(T) {}

// Clamp moves the number into the range.
func Clamp(n, low, high int64) int64 {
	if n < low {
		return low
	} else if n > high {
		return high
	}
	return n
}

func MoneyOf(amount int64) Money { return Money{Amount: amount, Currency: "EUR"} }

func Plus(a, b Money) Money { return Money{Amount: a.Amount + b.Amount, Currency: a.Currency} }

// Mix is the next of a row of numbers that look random.
func Mix(seed, salt int64) int64 { return (seed*1103 + salt*7919 + 12345) % 1000003 }

// Rolls are some numbers below a thousand.
func Rolls(seed, count int64) []int64 {
	found := []int64{}
	for ; count > 0; count-- {
		found = append(found, seed%1000)
		seed = Mix(seed, count)
	}
	return found
}

func SumBy[A any](items []A, fn func(A) int64) int64 {
	total := int64(0)
	for _, item := range items {
		total += fn(item)
	}
	return total
}

func CountWhere[A any](items []A, fn func(A) bool) int64 {
	total := int64(0)
	for _, item := range items {
		if fn(item) {
			total++
		}
	}
	return total
}

func Map[A, B any](items []A, fn func(A) B) []B {
	out := make([]B, 0, len(items))
	for _, item := range items {
		out = append(out, fn(item))
	}
	return out
}

func Filter[A any](items []A, fn func(A) bool) []A {
	out := []A{}
	for _, item := range items {
		if fn(item) {
			out = append(out, item)
		}
	}
	return out
}

func Fold[A, B any](items []A, init B, fn func(B, A) B) B {
	for _, item := range items {
		init = fn(init, item)
	}
	return init
}

func Label(key string, n int64) string { return key + "-" + strconv.FormatInt(n, 10) }

func EntryOf(key string, weight int64) Entry {
	return Entry{Key: Label(key, weight), Weight: weight, Tags: []string{key, Label(key, weight%7)}}
}

func Heaviest(entries []Entry) int64 {
	most := int64(0)
	for _, entry := range entries {
		if entry.Weight > most {
			most = entry.Weight
		}
	}
	return most
}

func MapOutcome[A, B any](outcome Outcome[A], fn func(A) B) Outcome[B] {
	switch it := outcome.(type) {
	case Done[A]:
		return Done[B]{fn(it.Value)}
	case Retry[A]:
		return Retry[B]{it.After}
	case Failed[A]:
		return Failed[B]{it.Reason}
	}
	panic("no such outcome")
}

func DoneOr[A any](outcome Outcome[A], other A) A {
	if it, ok := outcome.(Done[A]); ok {
		return it.Value
	}
	return other
}

func Score(outcome Outcome[int64]) int64 {
	switch it := outcome.(type) {
	case Done[int64]:
		return it.Value
	case Retry[int64]:
		return it.After * 2
	case Failed[int64]:
		if it.Reason == "" {
			return 1
		}
	}
	return 3
}
