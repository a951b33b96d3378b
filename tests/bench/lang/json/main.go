// Orders written as ten megabytes of JSON by their type, and read back, a few times.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

type item struct {
	Price    float64 `json:"price"`
	Quantity int     `json:"quantity"`
	Sku      string  `json:"sku"`
}

type order struct {
	Customer string  `json:"customer"`
	Id       int     `json:"id"`
	Items    []item  `json:"items"`
	Paid     bool    `json:"paid"`
	Total    float64 `json:"total"`
}

func newOrder(id int) order {
	o := order{Customer: fmt.Sprintf("customer \"%d\" & sons", id%977), Id: id, Paid: id%3 == 0, Total: 0.125}
	for n := 0; n <= id%4; n++ {
		o.Items = append(o.Items, item{float64((id*7+n*13)%1000) + 0.25, n + 1, fmt.Sprintf("sku-%d", id*n%9973)})
		o.Total += o.Items[n].Price
	}
	return o
}

// Without the escapes that Go adds for HTML and the others do not have.
func write(orders []order) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(orders); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}

func read(text []byte) []order {
	var orders []order
	if err := json.Unmarshal(text, &orders); err != nil {
		panic(err)
	}
	return orders
}

func main() {
	var orders []order
	for id := 1; id <= 60000; id++ {
		orders = append(orders, newOrder(id))
	}
	text := write(orders)
	for i := 0; i < 3; i++ {
		text = write(read(text))
	}
	total := 0
	for _, o := range read(text) {
		for _, i := range o.Items {
			total += i.Quantity
		}
	}
	fmt.Println(len(text), total)
}
