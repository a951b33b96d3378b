// A page of a thousand rows from records, texts escaped, five hundred times.
package main

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

type product struct {
	id    int
	name  string
	price int
	sold  bool
}

func page(title string, products []product) string {
	var text strings.Builder
	text.WriteString("<html><head><title>" + html.EscapeString(title) + "</title></head><body><table>\n")
	for _, p := range products {
		id, kind := strconv.Itoa(p.id), "free"
		if p.sold {
			kind = "sold"
		}
		text.WriteString("<tr id=\"p" + id + "\" class=\"" + kind + "\"><td>" + id + "</td><td>" +
			html.EscapeString(p.name) + "</td><td>" + strconv.Itoa(p.price) + "</td></tr>\n")
	}
	text.WriteString("</table></body></html>\n")
	return text.String()
}

func main() {
	var products []product
	for id := 1; id <= 1000; id++ {
		products = append(products, product{id, fmt.Sprintf("Nuts & bolts <%d>", id*37%1000), id * 13 % 10000, id%5 == 0})
	}
	bytes := 0
	for n := 0; n < 500; n++ {
		bytes += len(page(fmt.Sprintf("Page %d & more", n), products))
	}
	fmt.Println(bytes)
}
