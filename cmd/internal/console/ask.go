package console

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Ask asks one question. The end of the input takes the suggestion, as enter does.
func Ask(out io.Writer, in *bufio.Reader, question, suggestion string) (string, error) {
	fmt.Fprintf(out, "%s [%s]: ", question, text.OneLine(cmp.Or(suggestion, "none"))) // see tagged
	answer, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", exit.Fail("", fmt.Errorf("read the answer: %w", err))
	}
	return cmp.Or(strings.TrimSpace(answer), suggestion), nil
}
