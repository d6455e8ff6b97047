package text_test

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect/text"
)

// An unknown name leads to the nearest known one.
func ExampleDidYouMean() {
	fmt.Println(text.DidYouMean("chekout", "teams", []string{"checkout", "payments", "search"}))
	// Output: did you mean "checkout"?
}

// A credential in a message is replaced and counted.
func ExampleRemoveSecrets() {
	clean, n := text.RemoveSecrets("clone https://ann:hunter2@git.example.com/shop.git")
	fmt.Println(clean, n)
	// Output: clone https://git.example.com/shop.git 1
}
