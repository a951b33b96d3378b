// Lines built from parts, joined, split again, their fields read and changed.
package main

import (
	"fmt"
	"strconv"
	"strings"
)

func changed(line string) string {
	fields := strings.Split(line, ";")
	if len(fields) != 3 {
		return line
	}
	value, err := strconv.Atoi(fields[2])
	if err != nil {
		return line
	}
	name := strings.ReplaceAll(strings.ToUpper(fields[1]), " ", "_")
	return name + "=" + strconv.Itoa(value*2) + " (" + strings.TrimSpace(fields[0]) + ")"
}

func main() {
	var lines []string
	for n := 1; n <= 200000; n++ {
		lines = append(lines, strconv.Itoa(n)+";name "+strconv.Itoa(n*31%1009)+";"+strconv.Itoa(n*n%10007))
	}
	joined := strings.Join(lines, "\n")
	var result []string
	for _, line := range strings.Split(joined, "\n") {
		line = changed(line)
		if strings.HasPrefix(line, "NAME_1") || strings.Contains(line, "=77") {
			result = append(result, line)
		}
	}
	text := strings.Join(result, ",")
	fmt.Println(len(result), len(text))
	fmt.Println(text[:60])
}
