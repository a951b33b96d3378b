// Pancake flips: all permutations of a few numbers in order, each flipped until a 1 lies on top.
package main

import "fmt"

func flips(permutation, work []int) int {
	copy(work, permutation)
	count := 0
	for work[0] != 0 {
		for low, high := 0, work[0]; low < high; low, high = low+1, high-1 {
			work[low], work[high] = work[high], work[low]
		}
		count++
	}
	return count
}

func next(permutation, counts []int) bool {
	for r := 1; r < len(permutation); r++ {
		first := permutation[0]
		copy(permutation, permutation[1:r+1])
		permutation[r] = first
		counts[r]--
		if counts[r] > 0 {
			return true
		}
		counts[r] = r + 1
	}
	return false
}

func main() {
	const size = 10
	permutation, counts, work := make([]int, size), make([]int, size), make([]int, size)
	for i := range permutation {
		permutation[i], counts[i] = i, i+1
	}
	most, checksum, even := 0, 0, true
	for {
		count := flips(permutation, work)
		if count > most {
			most = count
		}
		if even {
			checksum += count
		} else {
			checksum -= count
		}
		even = !even
		if !next(permutation, counts) {
			fmt.Println(checksum, most)
			return
		}
	}
}
