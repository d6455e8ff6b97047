package content

import (
	"fmt"
	"io/fs"
	"math"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

func (k *checker) checkSurveys() {
	for i := range k.content.Surveys {
		s := &k.content.Surveys[i]
		at := location{s.Origin.File, s.Lines, "", s.Line}
		k.requireText(at, "file", s.File, `name the export: file = "2024-10.csv"`)
		if s.File != "" && !fs.ValidPath(s.File) {
			k.addProblem(at, "file", fmt.Sprintf("file %q is not a path below the folder of exports", s.File), "")
		}
		k.checkOneOf(at, "dialect", s.Dialect, "google-forms", "microsoft-forms", "typeform", "surveymonkey", "qualtrics",
			"limesurvey", "plain")
		k.checkNotNegative(at, "invited", float64(s.Invited))
		if s.Sent.IsZero() {
			k.addMissing(at, "sent", "write the day it went out")
		}
		k.checkOrder(at, "sent", s.Sent, "closed", s.Closed)
		k.checkLinks(at, s.Links)
		if s.NPS == "" && len(s.Features) == 0 && len(s.Items) == 0 {
			k.addProblem(at, "", "survey has no question",
				`name the column of a question: nps = "How likely are you to recommend …"`)
		}
		k.checkSurveyQuestions(at, s)
		for _, name := range sortedKeys(s.Teams) {
			k.resolveTeamOrGroup(at, name, s)
		}
	}
}

func (k *checker) checkSurveyQuestions(at location, s *fact.Survey) {
	for _, word := range sortedKeys(s.NPSWords) {
		if v := s.NPSWords[word]; v != math.Trunc(v) || v < 0 || v > 10 {
			k.addProblem(at.inTable("nps_words"), word, fmt.Sprintf("%q is %g", word, v), "a score is a whole number from 0 to 10")
		}
	}
	asked := map[string]bool{}
	for i := range s.Features {
		f := &s.Features[i]
		in := at.inTable("feature", i)
		k.requireText(in, "feature", f.Feature, "name a feature's ID")
		k.requireText(in, "question", f.Question, "name the column")
		k.resolveRef(in, "feature", features, &f.Feature)
		k.checkOpinionWords(in, f)
		if f.Feature != "" && asked[f.Feature] {
			k.addProblem(in, "feature", fmt.Sprintf("feature %q is asked about twice", f.Feature), "")
		}
		asked[f.Feature] = true
	}
	seen := map[string]bool{}
	for i := range s.Items {
		item := &s.Items[i]
		in := at.inTable("item", i)
		if !validID(item.ID, "-_") {
			k.addProblem(in, "id", fmt.Sprintf("%q is not a valid ID", item.ID),
				"use lower-case letters, digits, dashes and underscores")
		}
		if seen[item.ID] {
			k.addProblem(in, "id", fmt.Sprintf("item %q is written twice", item.ID), "")
		}
		seen[item.ID] = true
		k.requireText(in, "question", item.Question, "name the column")
		k.checkOneOf(in, "dimension", item.Dimension, dimensions...)
		k.checkItemWords(in, item)
		if item.Min > item.Max || item.Min == item.Max && item.Min != 0 {
			k.addProblem(in, "max", fmt.Sprintf("scale from %d to %d is empty", item.Min, item.Max), "")
		}
	}
	for i := range s.Codes {
		in := at.inTable("code", i)
		k.requireText(in, "name", s.Codes[i].Name, "")
		if len(s.Codes[i].Match) == 0 {
			k.addMissing(in, "match", "")
		}
		k.checkPatterns(in, "match", s.Codes[i].Match...)
	}
}

// checkOpinionWords reports a word that is listed as two opinions.
func (k *checker) checkOpinionWords(at location, f *fact.FeatureQuestion) {
	seen := map[string]string{}
	for _, list := range []struct {
		key   string
		words []string
	}{{"positive", f.Positive}, {"neutral", f.Neutral}, {"negative", f.Negative}} {
		for _, word := range list.words {
			key := text.Fold(word)
			if was := seen[key]; was != "" && was != list.key {
				k.addProblem(at, list.key, fmt.Sprintf("%q is also %s", word, was), "list each answer once")
			}
			seen[key] = list.key
		}
	}
}

// checkItemWords reports words that are not on the scale of a question.
func (k *checker) checkItemWords(at location, item *fact.SurveyItem) {
	low, high := float64(item.Min), float64(item.Max)
	if item.Min == 0 && item.Max == 0 {
		low, high = 1, 5
	}
	for _, word := range sortedKeys(item.Words) {
		if v := item.Words[word]; low <= high && !(v >= low && v <= high) {
			k.addProblem(at, "words", fmt.Sprintf("%q is %g", word, v), fmt.Sprintf("the scale is %g to %g", low, high))
		}
	}
}

// resolveTeamOrGroup replaces the ID that the survey maps a name to by the current one.
func (k *checker) resolveTeamOrGroup(at location, name string, s *fact.Survey) {
	id := s.Teams[name]
	for _, what := range []kind{teams, groups} {
		if current, ok := k.known[what][id]; ok {
			s.Teams[name] = current
			return
		}
	}
	all := append(sortedKeys(k.known[teams]), sortedKeys(k.known[groups])...)
	k.addProblem(at.inTable("teams"), name, fmt.Sprintf("unknown team or group %q in teams", id),
		text.DidYouMean(id, "teams and groups", all))
	k.addCauses(reference{teams, id}, reference{groups, id})
}
