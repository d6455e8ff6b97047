package importer

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/collect/text"
)

// skip is what a person answers to leave a question open.
const skip = "skip"

// Ask asks the open questions one by one and returns the proposal with the answers. Enter takes
// the suggestion; without one it leaves an optional question open. The end of the input ends the
// questions.
func Ask(out *console.Console, in *bufio.Reader, input Input) (*Proposal, error) {
	skipped := map[string]bool{}
	for {
		p, err := Propose(input)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(p.Open, func(q Question) bool { return !skipped[q.Key] })
		if at < 0 {
			return p, nil
		}
		q := p.Open[at]
		answer, err := askOne(out, in, &q)
		if err != nil {
			return nil, err
		}
		if answer == "" || answer == skip {
			skipped[q.Key] = true
			continue
		}
		input.Answers[q.Key] = answer
		if _, err := Propose(input); err != nil {
			out.Warnf("%v", err)
			delete(input.Answers, q.Key)
			if _, eof := in.Peek(1); eof != nil {
				return p, nil
			}
		}
	}
}

// askOne asks one question. Of a list of choices the answer may be the number.
func askOne(out *console.Console, in *bufio.Reader, q *Question) (string, error) {
	var choices []string
	for i, c := range q.Choices {
		choices = append(choices, fmt.Sprintf("%d %s", i+1, c))
	}
	question := q.Text
	if len(choices) > 0 {
		question += " (" + strings.Join(choices, ", ") + ")"
	}
	answer, err := console.Ask(out.W, in, text.OneLine(question), cmp.Or(q.Suggest, skip))
	if err != nil {
		return "", err
	}
	if n := 0; scan(answer, "%d", &n) && n >= 1 && n <= len(q.Choices) && fmt.Sprint(n) == strings.TrimSpace(answer) &&
		!slices.Contains(q.Choices, answer) {
		return q.Choices[n-1], nil
	}
	return answer, nil
}
