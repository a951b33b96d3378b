// Digits of e by a spigot: numbers in a mixed base, multiplied by ten in place once for each digit.
package main

import (
	"fmt"
	"strconv"
	"strings"
)

func carry(cells []int) int {
	over := 0
	for i := len(cells) - 1; i >= 2; i-- {
		value := cells[i]*10 + over
		cells[i] = value % i
		over = value / i
	}
	return over
}

func main() {
	const size = 5000
	cells := make([]int, size+2)
	for i := range cells {
		cells[i] = 1
	}
	sum := 0
	var text strings.Builder
	for i := 0; i < size; i++ {
		digit := carry(cells)
		sum = (sum*7 + digit) % 1000003
		text.WriteString(strconv.Itoa(digit))
	}
	fmt.Println(sum, text.String()[:50])
}
