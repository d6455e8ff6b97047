package fact

import (
	"errors"
	"time"
)

// Kinds of research.
const (
	Interview     = "interview"
	Shadowing     = "shadowing"
	Job           = "job" // a job to be done
	Insight       = "insight"
	OfficeHours   = "office-hours"
	Retrospective = "retrospective"
	Conversation  = "conversation" // a request, and the problem found behind it
)

// Research is one finding about developers. It names teams, never people; pages publish only
// the number of teams.
type Research struct {
	Item
	Kind        string    `toml:"kind"`
	Date        time.Time `toml:"date"`
	Teams       []string  `toml:"teams"`  // team IDs; published as a count
	People      int       `toml:"people"` // how many took part
	PersonDays  float64   `toml:"person_days"`
	Minutes     float64   `toml:"minutes"`     // length of an interview
	Features    []string  `toml:"features"`    // features in question
	Initiatives []string  `toml:"initiatives"` // work that follows from it
	Jobs        []string  `toml:"jobs"`        // research IDs of kind job that it belongs to
	Research    []string  `toml:"research"`    // other research it builds on
	Theme       string    `toml:"theme"`       // ticket theme ID it explains

	// A request, the problem behind it, and the answer.
	Request  string     `toml:"request"`
	Asked    time.Time  `toml:"asked"` // when the request came; zero takes Date
	Whys     []Exchange `toml:"whys"`
	Problem  string     `toml:"problem"`
	Solution string     `toml:"solution"`
	Answer   string     `toml:"answer"`   // one line for "You asked"; "" uses Solution
	Answered time.Time  `toml:"answered"` // the day of the first answer; zero: not recorded

	// A job to be done.
	Says  string `toml:"says"`
	Wants string `toml:"wants"`
	Job   string `toml:"job"`

	// An insight from data.
	Finding string   `toml:"finding"`
	Share   *float64 `toml:"share"` // percent of people, tickets … in the finding
	Source  string   `toml:"source"`
	Hint    string   `toml:"hint"` // advice for readers
	Measure string   `toml:"measure"`

	// Interviews, shadowing, office hours and retrospectives.
	Questions    []Exchange `toml:"questions"`
	Observations []string   `toml:"observations"`
	Quotes       []string   `toml:"quotes"` // without names
	Topics       []string   `toml:"topics"`
	Retro        Retro      `toml:"retro"`
	// EveryWeeks repeats office hours from Date on; 0: once.
	EveryWeeks int    `toml:"every_weeks"`
	Where      string `toml:"where"` // time and place, in words
}

// Exchange is a question and its answer: [question, answer] in a file.
type Exchange struct{ Question, Answer string }

// UnmarshalTOML reads [question, answer], or [question] without an answer yet.
func (e *Exchange) UnmarshalTOML(v any) error {
	list, _ := v.([]any)
	texts := make([]string, 0, 2)
	for _, item := range list {
		if s, ok := item.(string); ok {
			texts = append(texts, s)
		}
	}
	if len(texts) != len(list) || len(list) < 1 || len(list) > 2 {
		return errors.New(`want ["question", "answer"]`)
	}
	e.Question = texts[0]
	if len(texts) == 2 {
		e.Answer = texts[1]
	}
	return nil
}

// Theme groups tickets by rules: the first theme in the file that matches wins.
type Theme struct {
	ID       string   `toml:"id"` // defaults to the title in dashes
	Title    string   `toml:"title"`
	Match    []string `toml:"match"` // regular expressions over a ticket's title, any case
	Hint     string   `toml:"hint"`
	Feature  string   `toml:"feature"`
	Research []string `toml:"research"`
	// Changes are dated changes that should make its tickets fewer, besides the features and
	// initiatives about it.
	Changes []ThemeChange `toml:"change"`
	Origin  `toml:"-"`
}

// ThemeChange is a dated change that should make the tickets of a theme fewer, such as a page of
// the documentation.
type ThemeChange struct {
	On    time.Time `toml:"on"`
	Title string    `toml:"title"`
}
