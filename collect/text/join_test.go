package text_test

import (
	"testing"

	"github.com/ip3dp/ip3dp/collect/text"
)

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "0 errors", 1: "1 error", 2: "2 errors"} {
		if got := text.Plural(n, "error"); got != want {
			t.Errorf("Plural(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestJoin(t *testing.T) {
	if got, want := text.Join("; ", "", "a", "", "b"), "a; b"; got != want {
		t.Errorf("Join = %q, want %q", got, want)
	}
}
