// Words made, counted in a map, sorted by how often they come, joined.
package main

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

func main() {
	seed := 42
	var words []string
	for i := 0; i < 300000; i++ {
		seed = (seed*1103515245 + 12345) % 2147483648
		words = append(words, "word"+strconv.Itoa(seed/65536%20000))
	}
	counts := map[string]int{}
	for _, word := range words {
		counts[word]++
	}
	sorted := make([]string, 0, len(counts))
	for word := range counts {
		sorted = append(sorted, word)
	}
	sort.Slice(sorted, func(i, j int) bool {
		a, b := sorted[i], sorted[j]
		if counts[a] != counts[b] {
			return counts[a] > counts[b]
		}
		return a < b
	})
	joined := strings.Join(sorted, ",")
	fmt.Println(len(joined), joined[:60])
}
