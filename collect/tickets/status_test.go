package tickets

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The status decides whether a ticket is open, in the words and columns of each tool.
func TestStatus(t *testing.T) {
	const undated, open, clear, unclear, again = "undated 0", "open 0", "96h0m0s 0", "unclear 0", "open 1"
	for _, tt := range []struct{ tool, header, row, want string }{
		{"Jira, done without a date", "Status", "Done", undated},
		{"Jira, its category", "Status,Status Category", "Shipped,Done", undated},
		{"Jira, in progress", "Status,Status Category", "Shipping,In Progress", open},
		{"Jira, German", "Status", "Erledigt", undated},
		{"Jira, opened again", "Status,Resolved", "Reopened,2024-10-18", again},
		{"Jira, opened twice again", "Status,Resolved,Reopened", "In Progress,2024-10-18,2", "open 2"},
		{"Jira, resolved", "Status,Resolved", "Done,2024-10-18", clear},
		{"Zendesk, solved", "Status", "Solved", undated},
		{"Zendesk, on hold", "Status", "On-hold", open},
		{"ServiceNow, resolved", "State", "6", undated},
		{"ServiceNow, closed", "State", "7", undated},
		{"ServiceNow, in progress", "State", "2", open},
		{"ServiceNow, a state of several meanings", "State", "3", unclear},
		{"ServiceNow, its flag", "State,Active", "3,false", undated},
		{"Freshdesk, closed", "Status", "5", undated},
		{"Freshdesk, waiting", "Status", "6", open},
		{"GitHub, closed", "state", "closed", undated},
		{"GitLab, opened", "state", "opened", open},
		{"French", "Statut,Status", "x,Résolu", undated},
		{"Spanish", "Status", "Cerrada", undated},
		{"Portuguese", "Status", "Itens concluídos", undated},
		{"Italian", "Status", "In attesa", open},
		{"Dutch", "Status", "Afgehandeld", undated},
		{"Japanese", "Status", "解決済み", undated},
		{"a word of the configuration", "Status", "SHIPPED!", undated},
		{"an unknown word", "Status", "Sleeping", unclear},
		{"an unknown word with a date", "Status,Resolved", "Sleeping,2024-10-18", clear},
		{"no status", "Team", "web", open},
		{"a blank status", "Status", "", open},
		{"declined", "Status", "Won't do", undated},
	} {
		t.Run(tt.tool, func(t *testing.T) {
			own := map[string]string{"shipped": Closed}
			s := New("support", inMemory("id,opened,"+tt.header+"\n1,2024-10-14,"+tt.row+"\n"), Options{Statuses: own})
			e, err := s.Collect(context.Background(), window)
			if err != nil || len(e.Tickets) != 1 {
				t.Fatal(e.Imports, err)
			}
			shown := show(&e.Tickets[0])
			_, ending, _ := strings.Cut(shown, "resolved=")
			if got := strings.Replace(ending, "reopened=", "", 1); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What the status and the date do not agree on is counted with the words.
func TestEndingsAreCounted(t *testing.T) {
	s := New("support", inMemory("id,opened,resolved,status\n1,2024-10-14,,Done\n2,2024-10-14,2024-10-15,Open\n"+
		"3,2024-10-14,,Sleeping\n4,2024-10-14,,Sleeping\n5,2024-10-14,,ann@example.org\n6,2024-10-14,2024-10-15,Sleeping\n"), Options{})
	e, err := s.Collect(context.Background(), window)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 ticket closed without a date: not open, and in no resolution time",
		"1 ticket open by the status, with the date of an earlier resolution: opened again",
		"2 tickets with a status that is not understood (\"Sleeping\" ×2), and no date: neither open nor resolved; define it in statuses",
		"1 ticket with a status that is not understood (\"Sleeping\" ×1): resolved by the date",
	}
	got := slices.DeleteFunc(e.Imports[0].Notes, func(s string) bool { return !strings.Contains(s, "ticket") })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// No word of the file means two things.
func TestStatusWordsAreUnambiguous(t *testing.T) {
	seen, state := map[string]string{}, ""
	for line := range strings.Lines(statusFile) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			state, _, _ = strings.Cut(name, "]")
			continue
		}
		_, list, ok := strings.Cut(line, ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for word := range strings.SplitSeq(list, ", ") {
			if s := seen[lettersOf(word)]; !strings.Contains(word, "=") && s != "" && s != state {
				t.Errorf("%q is %s and %s", word, s, state)
			}
			seen[lettersOf(word)] = state
		}
	}
	if n := len(slices.Collect(maps.Keys(knownStatuses()))); n < 250 {
		t.Errorf("%d words", n)
	}
	if err := CheckStatuses(map[string]string{"a": Open, "b": "done"}); err == nil || !strings.Contains(err.Error(), `"b"`) {
		t.Error(err)
	}
}
