// Nothing: what it takes is the start of a process.
package main

import "fmt"

func main() {
	fmt.Println("ready")
}
