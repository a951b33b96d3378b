// Quicksort of pseudo-random numbers in a slice that changes in place; Lomuto's partition.
package main

import "fmt"

func partition(list []int) int {
	high := len(list) - 1
	pivot, store := list[high], 0
	for i := 0; i < high; i++ {
		if list[i] < pivot {
			list[i], list[store] = list[store], list[i]
			store++
		}
	}
	list[store], list[high] = list[high], list[store]
	return store
}

func sort(list []int) {
	if len(list) > 1 {
		middle := partition(list)
		sort(list[:middle])
		sort(list[middle+1:])
	}
}

func main() {
	seed := 42
	list := []int{}
	for i := 0; i < 500000; i++ {
		list = append(list, seed)
		seed = (seed*1103515245 + 12345) % 2147483648
	}
	sort(list)
	sum := 0
	for _, n := range list {
		sum = (sum*31 + n) % 1000000007
	}
	fmt.Println(sum)
}
