// A log of a hundred thousand lines: those that match one expression, what another one finds in them.
package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

func line(n int) string {
	route, status := "items", "200"
	if n%4 == 0 {
		route = "orders"
	}
	if n%7 == 0 {
		status = "503"
	}
	return fmt.Sprintf("2026-11-26T10:00:00Z host%d GET /%s/%d?page=2 %s %dms", n%20, route, n*31, status, n*n%900)
}

func main() {
	failed := regexp.MustCompile(`(GET|POST) /items/[0-9]+\S* 5[0-9][0-9]`)
	time := regexp.MustCompile("[0-9]+ms")
	digits := regexp.MustCompile("[0-9]+")
	failures, times, hidden := 0, 0, 0
	var all []string
	for n := 0; n < 100000; n++ {
		all = append(all, line(n))
	}
	for _, line := range all {
		if failed.MatchString(line) {
			failures++
			hidden += len(digits.ReplaceAllString(line, "N"))
		}
		if found, err := strconv.Atoi(strings.ReplaceAll(time.FindString(line), "ms", "")); err == nil {
			times += found
		}
	}
	fmt.Println(failures, times, hidden)
}
