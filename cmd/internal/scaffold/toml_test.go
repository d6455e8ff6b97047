package scaffold

import (
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/content"
)

func TestTOMLText(t *testing.T) {
	for _, s := range []string{"", "a", `a "b" \c`, "a\nb\x00\x7f<&>", "ü\u2028", "\xff"} {
		quoted, err := TomlText(s)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			A string `toml:"a"`
		}
		if _, problems := content.Decode("x", []byte("a = "+quoted), &got); len(problems) > 0 {
			t.Errorf("%q: %v", s, problems)
		}
		if want := strings.ToValidUTF8(s, "\uFFFD"); got.A != want {
			t.Errorf("%q comes back as %q", s, got.A)
		}
	}
}
