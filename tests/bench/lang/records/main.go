// A hundred thousand records grouped by a key with sums, and sorted by a number and a text, three times.
package main

import (
	"fmt"
	"sort"
	"strconv"
)

type person struct {
	id         int
	name, city string
	amount     int
}

type group struct {
	city       string
	count, sum int
}

func people(size, seed int) []person {
	var done []person
	for id := size; id > 0; id-- {
		seed = (seed*69069 + 1) % 4294967296
		number := seed / 65536
		done = append(done, person{id, "name" + strconv.Itoa(number%5000), "city" + strconv.Itoa(number%500), number % 1000})
	}
	return done
}

func largest(people []person) *group {
	groups := map[string]*group{}
	for i := range people {
		found := groups[people[i].city]
		if found == nil {
			found = &group{city: people[i].city}
			groups[found.city] = found
		}
		found.count++
		found.sum += people[i].amount
	}
	byAmount := make([]*group, 0, len(groups))
	for _, found := range groups {
		byAmount = append(byAmount, found)
	}
	sort.Slice(byAmount, func(i, j int) bool {
		a, b := byAmount[i], byAmount[j]
		if a.sum != b.sum {
			return a.sum > b.sum
		}
		return a.city < b.city
	})
	return byAmount[0]
}

func main() {
	for round := 0; round < 3; round++ {
		people := people(100000, 42+round)
		largest := largest(people)
		sort.Slice(people, func(i, j int) bool {
			a, b := &people[i], &people[j]
			if a.amount != b.amount {
				return a.amount > b.amount
			}
			if a.name != b.name {
				return a.name < b.name
			}
			return a.id < b.id
		})
		checksum := 0
		for i := range people {
			checksum = (checksum*31 + people[i].id) % 1000003
		}
		fmt.Println(largest.city, largest.count, largest.sum, checksum)
	}
}
