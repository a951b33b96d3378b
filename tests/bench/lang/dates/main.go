// Moments written and read as ISO 8601, moved by days, taken apart.
package main

import (
	"fmt"
	"time"
)

func weigh(date time.Time) int {
	weekday := (int(date.Weekday())+6)%7 + 1
	return date.Year()*400 + int(date.Month())*31 + date.Day() + weekday
}

func moved(text string) int {
	date, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0
	}
	later := date.Add(30 * 24 * time.Hour)
	day := time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, time.UTC)
	return weigh(later) + int(later.Sub(day)/time.Second)%1000
}

func main() {
	total := 0
	for n := 0; n < 500000; n++ {
		total += moved(time.Unix(int64(1000000000+n*7211), 0).UTC().Format(time.RFC3339))
	}
	fmt.Println(total)
}
