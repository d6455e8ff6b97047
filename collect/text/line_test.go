package text_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/ip3dp/ip3dp/collect/text"
)

func TestOneLine(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain, with ünïcödé", "plain, with ünïcödé"},
		{"a\r\nb\tc", "a  b c"},
		{"::error::x", "| ::error::x"},
		{" \n::add-mask::x", "|   ::add-mask::x"},
		{"x ##[error]y", "x # #[error]y"},
		{"\x1b[31mred\x07", "[31mred"},
		{"a\u202eb\u2066c\u2028d", "abc d"},
		{"a\x00b\u0085c", "abc"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			if got := text.OneLine(tt.in); got != tt.want {
				t.Errorf("OneLine(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzOneLine(f *testing.F) {
	for _, s := range []string{"a\nb", "::x::", "###[[", "\u2028::", "\x1b]0;x\x07"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := text.OneLine(s)
		if strings.ContainsFunc(got, unicode.IsControl) || strings.Contains(got, "##[") || strings.HasPrefix(strings.TrimSpace(got), "::") {
			t.Errorf("OneLine(%q) = %q", s, got)
		}
	})
}
