package render

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
)

func todosOf(t *testing.T, c fact.Content) []string {
	t.Helper()
	r, c, ev := measure(t, c, fact.Events{}, exampleDay)
	s, err := newSite(options, r, c, ev)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range c.Initiatives {
		s.paths["initiatives/"+in.ID+"/index.html"] = true
	}
	var out []string
	for _, e := range s.todos() {
		out = append(out, e.Name.Title+" | "+e.Name.Href+" | "+e.File+" | "+e.Note)
	}
	return out
}

// What a page does not have stands in the list with its file, and nowhere else.
func TestTodosOfTheExample(t *testing.T) {
	c, problems := content.Read(os.DirFS("../site"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got := todosOf(t, c)
	for _, want := range []string{
		"GitOps rollout | initiatives/gitops-rollout/index.html | roadmap/gitops-rollout.md | [rice] with reach, impact, confidence and effort, each with its reason (not estimated)",
		"GitOps rollout | initiatives/gitops-rollout/index.html | roadmap/gitops-rollout.md | Alpha: override with the reason to leave the phase without its criteria",
		"Auto-deploy on merge | initiatives/auto-deploy-on-merge/index.html | roadmap/auto-deploy-on-merge.md | effort_because in [rice]: the reasons for its numbers",
		"Python 2.7 support | initiatives/python-2-7/index.html | roadmap/python-2-7.md | revisit: the day on which the refusal is looked at again",
		"Vault |  | features/vault.md | predicted in [adoption]: the share of units that you expect to use it",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
}

func TestTodosOfLittle(t *testing.T) {
	draft := fact.Item{Draft: true}
	got := todosOf(t, fact.Content{
		Initiatives: []fact.Initiative{{Item: draft}}, Features: []fact.Feature{{Item: draft}},
		Cases: []fact.Case{{Item: draft}, {Item: fact.Item{ID: "c", Title: "C"}, Value: &fact.Value{}}}, Research: []fact.Research{{Item: draft, Request: "r"}, {Request: "Faster builds"}},
	})
	for _, want := range []string{
		"Faster builds |  |  | answer and answered: what you told those who asked, and the day", "C |  |  | request: what was asked for",
		"C |  |  | basis in value: measured, estimated or reported",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
	if slices.ContainsFunc(got, func(e string) bool { return strings.HasPrefix(e, " |") }) {
		t.Errorf("a draft is in the list: %q", got)
	}
	// The pages of stakeholders have none of it.
	page := siteOf(t, fact.Content{Initiatives: []fact.Initiative{{Item: fact.Item{ID: "i", Title: "Idea"}, Status: fact.Active}}})["initiatives/i/index.html"]
	says(t, "i", page, "No score", "Not estimated.", "!Add [rice]", "!Write approved")
}
