package content

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// claim is one name of a thing, as people or exports may write it.
type claim struct {
	id, name string
	at       Problem // file and line only
}

// lintSharedNames warns where two teams or groups, or two features, have the same name apart
// from case, blanks and Unicode forms: a row of an export with this name counts for one of them
// only.
func (l *linter) lintSharedNames() {
	var people, features []claim
	add := func(list *[]claim, id string, at Problem, names ...string) {
		for _, name := range names {
			*list = append(*list, claim{id, name, at})
		}
	}
	for i := range l.content.Teams {
		t := &l.content.Teams[i]
		add(&people, t.ID, Problem{File: t.File, Line: t.Line}, append([]string{t.ID, t.Title}, t.Formerly...)...)
	}
	for i := range l.content.Groups {
		g := &l.content.Groups[i]
		add(&people, g.ID, Problem{File: g.File, Line: g.Line}, g.ID, g.Title)
	}
	for i := range l.content.Features {
		if f := &l.content.Features[i]; !f.Draft {
			add(&features, f.ID, Problem{File: f.File, Line: f.Line}, namesOf(f)...)
		}
	}
	l.lintClaims(people)
	l.lintClaims(features)
}

// namesOf returns every name of a feature.
func namesOf(f *fact.Feature) []string {
	names := append([]string{f.ID, f.Title}, f.Labels...)
	return append(names, f.Formerly...)
}

// lintClaims warns of each name that more than one ID claims.
func (l *linter) lintClaims(claims []claim) {
	first := map[string]claim{}
	warned := map[[2]string]bool{}
	for _, c := range claims {
		key := text.Fold(c.name)
		if key == "" {
			continue
		}
		one, taken := first[key]
		if !taken {
			first[key] = c
			continue
		}
		if one.id == c.id || warned[[2]string{key, c.id}] {
			continue
		}
		warned[[2]string{key, c.id}] = true
		l.report(Problem{
			File: c.at.File, Line: c.at.Line,
			Text: fmt.Sprintf("%q and %q are both called %s, if case and blanks are ignored", one.id, c.id, text.Quote(c.name)),
			Next: "rows of exports with this name count for one of them only: give one of them another title",
		}, "name-shared", Warning)
	}
}
