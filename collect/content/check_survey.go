package content

import (
	"fmt"
	"io/fs"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

func (k *checker) surveys() {
	for i := range k.content.Surveys {
		s := &k.content.Surveys[i]
		at := place{s.Origin.File, s.Lines, "", s.Line}
		k.require(at, "file", s.File, `name the export: file = "2024-10.csv"`)
		if s.File != "" && !fs.ValidPath(s.File) {
			k.problem(at, "file", fmt.Sprintf("file %q is no path below the folder of exports", s.File), "")
		}
		k.oneOf(at, "dialect", s.Dialect, "google-forms", "microsoft-forms", "typeform", "surveymonkey", "qualtrics",
			"limesurvey", "plain")
		k.notNegative(at, "invited", float64(s.Invited))
		if s.Sent.IsZero() {
			k.missing(at, "sent", "write the day it went out")
		}
		k.order(at, "sent", s.Sent, "closed", s.Closed)
		k.links(at, s.Links)
		if s.NPS == "" && len(s.Features) == 0 && len(s.Items) == 0 {
			k.problem(at, "", "survey asks nothing", `name the column of a question: nps = "How likely are you to recommend …"`)
		}
		k.surveyQuestions(at, s)
		for _, name := range sortedKeys(s.Teams) {
			k.teamOrGroup(at, name, s)
		}
	}
}

func (k *checker) surveyQuestions(at place, s *fact.Survey) {
	asked := map[string]bool{}
	for i := range s.Features {
		f := &s.Features[i]
		in := at.in("feature", i)
		k.require(in, "feature", f.Feature, "name a feature's ID")
		k.require(in, "question", f.Question, "name the column")
		k.ref(in, "feature", features, &f.Feature)
		if f.Feature != "" && asked[f.Feature] {
			k.problem(in, "feature", fmt.Sprintf("feature %q is asked about twice", f.Feature), "")
		}
		asked[f.Feature] = true
	}
	seen := map[string]bool{}
	for i := range s.Items {
		item := &s.Items[i]
		in := at.in("item", i)
		if !validID(item.ID, "-_") {
			k.problem(in, "id", fmt.Sprintf("%q is no ID", item.ID), "use lower-case letters, digits, dashes and underscores")
		}
		if seen[item.ID] {
			k.problem(in, "id", fmt.Sprintf("item %q is written twice", item.ID), "")
		}
		seen[item.ID] = true
		k.require(in, "question", item.Question, "name the column")
		k.oneOf(in, "dimension", item.Dimension, dimensions...)
		if item.Min > item.Max || item.Min == item.Max && item.Min != 0 {
			k.problem(in, "max", fmt.Sprintf("scale from %d to %d is empty", item.Min, item.Max), "")
		}
	}
	for i := range s.Codes {
		in := at.in("code", i)
		k.require(in, "name", s.Codes[i].Name, "")
		if len(s.Codes[i].Match) == 0 {
			k.missing(in, "match", "")
		}
		k.patterns(in, "match", s.Codes[i].Match...)
	}
}

// teamOrGroup resolves whom a name in the export stands for.
func (k *checker) teamOrGroup(at place, name string, s *fact.Survey) {
	id := s.Teams[name]
	for _, what := range []kind{teams, groups} {
		if current, ok := k.known[what][id]; ok {
			s.Teams[name] = current
			return
		}
	}
	all := append(sortedKeys(k.known[teams]), sortedKeys(k.known[groups])...)
	k.problem(at.in("teams"), name, fmt.Sprintf("unknown team or group %q in teams", id),
		text.DidYouMean(id, "teams and groups", all))
}
