// A slice of a million numbers mapped, filtered, mapped and folded, twenty times.
package main

import "fmt"

func mapped(list []int, change func(int) int) []int {
	done := make([]int, 0, len(list))
	for _, n := range list {
		done = append(done, change(n))
	}
	return done
}

func filtered(list []int, keep func(int) bool) []int {
	var done []int
	for _, n := range list {
		if keep(n) {
			done = append(done, n)
		}
	}
	return done
}

func pipeline(numbers []int, factor int) int {
	list := mapped(numbers, func(n int) int { return n*factor + 1 })
	list = filtered(list, func(n int) bool { return n%3 != 0 })
	list = mapped(list, func(n int) int { return n / 2 })
	sum := 0
	for _, n := range list {
		sum = (sum + n) % 1000000007
	}
	return sum
}

func main() {
	var numbers []int
	for n := 1; n <= 1000000; n++ {
		numbers = append(numbers, n)
	}
	sum := 0
	for left := 20; left > 0; left-- {
		sum = (sum*31 + pipeline(numbers, left+sum%2)) % 1000000007
	}
	fmt.Println(sum)
}
