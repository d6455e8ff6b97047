package compute_test

import (
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// byHandAsOf is the as-of time of the small worlds: their current four weeks are
// 7 October to 3 November 2024.
var byHandAsOf = time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)

// on is a time of day on a day of 2024 in UTC.
func on(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2024, month, day, hour, minute, 0, 0, time.UTC)
}

func of[T any](v T) *T { return &v }

const shop = "acme/shop"

// byHand is a world small enough to work every metric out by hand. The table of
// valuesByHand has how.
func byHand() (fact.Content, fact.Events) {
	c, e := contentByHand(), deliveriesByHand()
	e.Incidents = []fact.Incident{
		{Source: "test", ID: "i1", Repository: shop, Deployment: "d2", Opened: on(10, 14, 12, 0), Resolved: on(10, 14, 13, 30)},
		{Source: "test", ID: "i2", Repository: shop, Opened: on(10, 29, 12, 0), Resolved: on(10, 29, 12, 30)},
	}
	for i, hours := range []int{1, 2, 6} {
		opened := on(10, 8+i, 9, 0)
		e.Tickets = append(e.Tickets, fact.Ticket{Source: "test", ID: fmt.Sprint(i), Opened: opened, Resolved: opened.Add(time.Duration(hours) * time.Hour)})
	}
	use := func(feature, unit string) {
		e.Usage = append(e.Usage, fact.Use{Source: "test", Feature: feature, Unit: unit, At: on(10, 20, 9, 0), Count: 1})
	}
	use("portal", "u1")
	use("portal", "u2")
	use("wiki", "u1")
	for i, score := range []int{10, 10, 10, 10, 10, 8, 8, 3, 3, 3} {
		a := fact.Answer{Wave: "2024-10", At: on(10, 10, 9, i), Score: of(score)}
		if i < 6 {
			a.Loved = []string{"Portal"}
		} else {
			a.Hated = []string{"Wiki"}
		}
		if i < 8 {
			a.Features = []fact.FeatureAnswer{{Feature: "portal", Positive: of(i < 6)}}
			a.Items = map[string]float64{"ease": 4}
			if i >= 5 {
				a.Items["ease"] = 2
			}
		}
		e.Answers = append(e.Answers, a)
	}
	e.Answers[9].Hated = append(e.Answers[9].Hated, "wiki") // the same person twice
	e.Answers[0].Hated = []string{"Wiki"}
	for i, minutes := range []float64{2, 4, 6, 8, 20, 0} {
		task := fact.Task{Source: "test", Task: "deploy", At: on(10, 9, 9, i), Done: i < 5, Minutes: of(minutes), Unaided: of(i < 4)}
		e.Tasks = append(e.Tasks, task)
	}
	e.Measures = []fact.Measure{
		{Source: "test", ID: "build", At: on(10, 9, 0, 0), Value: 10}, {Source: "test", ID: "build", At: on(10, 16, 0, 0), Value: 20},
	}
	return c, e
}

func deliveriesByHand() fact.Events {
	var e fact.Events
	for _, kind := range []string{"deployments", "changes", "incidents"} {
		e.Coverage = append(e.Coverage, fact.Coverage{Source: "test", Repository: shop, Kind: kind, From: on(1, 1, 0, 0), To: byHandAsOf})
	}
	change := func(id string, commits int, first, opened, review, merged time.Time, more fact.Change) {
		c := more
		c.Source, c.Repository, c.ID, c.FirstCommit, c.Opened, c.FirstReview, c.Merged = "test", shop, id, first, opened, review, merged
		c.MergeCommit, c.Title = "m"+id, "Change "+id
		if c.Author == "" {
			c.Author = "ann"
		}
		for k := range commits {
			c.Commits = append(c.Commits, fmt.Sprint(id, "-", k))
		}
		e.Changes = append(e.Changes, c)
	}
	deploy := func(id, commit string, finished time.Time, state fact.State) {
		e.Deployments = append(e.Deployments, fact.Deployment{
			Source: "test", Repository: shop, ID: id, Environment: "production", Commit: commit, Created: finished.Add(-time.Minute),
			Statuses: []fact.Status{{State: state, At: finished}},
		})
	}
	var none time.Time
	change("0", 1, on(8, 30, 8, 0), on(8, 30, 8, 30), none, on(8, 30, 9, 0), fact.Change{})
	deploy("d0", "m0", on(8, 30, 10, 0), fact.Success)
	change("1", 1, on(10, 7, 8, 0), on(10, 7, 8, 30), on(10, 7, 9, 0), on(10, 7, 9, 30), fact.Change{})
	deploy("d1", "m1", on(10, 7, 10, 0), fact.Success)
	change("2", 2, on(10, 14, 8, 0), on(10, 14, 9, 0), on(10, 14, 9, 30), on(10, 14, 10, 30), fact.Change{})
	deploy("d2", "m2", on(10, 14, 11, 30), fact.Success)
	change("3", 1, on(10, 21, 7, 0), on(10, 21, 9, 0), on(10, 21, 12, 0), on(10, 21, 12, 30), fact.Change{})
	deploy("d3", "m3", on(10, 21, 14, 0), fact.Success)
	change("4", 1, on(10, 22, 9, 0), on(10, 22, 9, 30), none, on(10, 22, 10, 0), fact.Change{HeadBranch: "hotfix/login"})
	deploy("d4", "m4", on(10, 22, 10, 30), fact.Success)
	change("5", 1, on(10, 24, 9, 0), on(10, 24, 9, 30), none, on(10, 24, 10, 0), fact.Change{Author: "dependabot[bot]"})
	deploy("d5", "m5", on(10, 24, 10, 30), fact.Success)
	deploy("d6", "m4x", on(10, 25, 10, 30), fact.Failure)
	change("7", 3, on(10, 31, 9, 0), on(10, 31, 9, 30), none, on(10, 31, 10, 0), fact.Change{})
	return e
}

func contentByHand() fact.Content {
	feature := func(id, title string) fact.Feature {
		return fact.Feature{
			Item:     fact.Item{ID: id, Title: title},
			Adoption: fact.Adoption{Unit: "developer", Eligible: 8, EligibleOn: on(10, 1, 0, 0), Source: "usage"},
		}
	}
	initiative := func(feature string, ga time.Time, personDays float64) fact.Initiative {
		return fact.Initiative{
			Item: fact.Item{ID: "build-" + feature, Title: "Build " + feature}, Status: fact.Done, Requested: on(1, 1, 0, 0), Features: []string{feature},
			Phases: []fact.Phase{{Name: "ga", Status: "done", Start: ga, Weeks: 4, PersonDays: personDays}},
		}
	}
	interview := func(id string, date time.Time) fact.Research {
		return fact.Research{Item: fact.Item{ID: id, Title: id}, Kind: fact.Interview, Date: date, PersonDays: 1}
	}
	return fact.Content{
		Teams:       []fact.Team{{ID: "shop", Title: "Shop", Developers: 8, Owns: []fact.Ownership{{Repository: shop}}}},
		Features:    []fact.Feature{feature("portal", "Portal"), feature("wiki", "Wiki")},
		Initiatives: []fact.Initiative{initiative("portal", on(1, 31, 0, 0), 10), initiative("wiki", on(2, 10, 0, 0), 30)},
		Activities:  []fact.Activity{{ID: "work", Title: "Work", Track: "delivery", Status: "done", Start: on(9, 2, 0, 0), Weeks: 2, PersonDays: 6}},
		Research: []fact.Research{
			interview("first", on(7, 1, 0, 0)), interview("second", on(9, 3, 0, 0)), interview("third", on(10, 3, 0, 0)),
			{
				Item: fact.Item{ID: "wish", Title: "Wish"}, Kind: fact.Conversation, Date: on(10, 1, 0, 0), Request: "faster builds",
				Asked: on(10, 1, 0, 0), Answered: on(10, 4, 0, 0), Answer: "yes",
			},
		},
		Measures: []fact.MeasureDef{{ID: "build", Title: "Build", Unit: "minutes", Better: "down"}},
		Surveys: []fact.Survey{{
			ID: "2024-10", Title: "October", Sent: on(10, 9, 0, 0), Closed: on(10, 23, 0, 0), Invited: 20, NPS: "recommend?",
			Columns:  fact.SurveyColumns{Loved: "loved", Frustrating: "frustrating"},
			Features: []fact.FeatureQuestion{{Feature: "portal", Question: "portal?"}},
			Items:    []fact.SurveyItem{{ID: "ease", Question: "easy?", Min: 1, Max: 5}},
		}},
	}
}

// inVain is a world in which things were asked for and too little came of it: what
// the empty world has no metric of is n/a in it.
func inVain() (fact.Content, fact.Events) {
	c, e := byHand()
	c.Surveys[0].Invited = 0
	e.Usage, e.Measures = nil, nil
	for i := range e.Answers {
		if i >= 4 {
			e.Answers[i].Features, e.Answers[i].Items = nil, nil
		}
	}
	for i := range e.Tasks {
		e.Tasks[i].At = on(8, 1, 9, i)
	}
	return c, e
}
