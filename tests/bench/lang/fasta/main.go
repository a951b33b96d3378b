// Random DNA: a linear congruential generator, a table of cumulative probabilities, lines of sixty letters.
package main

import (
	"fmt"
	"strings"
)

type gene struct {
	letter string
	upTo   float64
}

func choose(genes []gene, random float64) string {
	for _, gene := range genes {
		if random < gene.upTo {
			return gene.letter
		}
	}
	return "?"
}

func line(genes []gene, seed *int) string {
	var text strings.Builder
	for i := 0; i < 60; i++ {
		*seed = (*seed*3877 + 29573) % 139968
		text.WriteString(choose(genes, float64(*seed)/139968.0))
	}
	return text.String()
}

func main() {
	genes := []gene{{"a", 0.3029549426680}, {"c", 0.5009432431601}, {"g", 0.6984905497992}, {"t", 1.0}}
	seed, withCat, last := 42, 0, ""
	for i := 0; i < 60000; i++ {
		last = line(genes, &seed)
		if strings.Contains(last, "cat") {
			withCat++
		}
	}
	fmt.Println(withCat, last)
}
