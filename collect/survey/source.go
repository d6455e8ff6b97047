package survey

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Source reads the export of one wave.
type Source struct {
	survey  fact.Survey
	file    tabular.File
	options tabular.Options
	codes   []code
	salt    []byte
	teams   map[string]string // folded name in the export → ID
	words   *vocabulary
}

var _ collect.Source = (*Source)(nil)

// code is a reason with its patterns.
type code struct {
	name  string
	match []*regexp.Regexp
}

// New returns a source of one export of a wave. o may declare the file's dialect; columns,
// dates and zone come from the survey. salt is the key of this run's hashes of response IDs, at
// least 16 random bytes; without one the IDs are not read.
func New(s fact.Survey, file tabular.File, o tabular.Options, salt []byte) (*Source, error) {
	if len(salt) > 0 && len(salt) < tabular.MinKey {
		return nil, fmt.Errorf("survey %q: the salt has %d bytes, want at least %d", s.ID, len(salt), tabular.MinKey)
	}
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return nil, fmt.Errorf("%s: timezone %q: %w", s.File, s.Timezone, err)
	}
	words, err := readWords()
	if err != nil {
		return nil, err
	}
	src := &Source{survey: s, file: file, options: o, salt: salt, teams: map[string]string{}, words: words}
	for _, c := range s.Codes {
		compiled := code{name: c.Name}
		for _, pattern := range c.Match {
			re, err := regexp.Compile("(?i)" + pattern)
			if err != nil {
				return nil, fmt.Errorf("%s: code %q: %w", s.File, c.Name, err)
			}
			compiled.match = append(compiled.match, re)
		}
		src.codes = append(src.codes, compiled)
	}
	for name, id := range s.Teams {
		src.teams[text.Fold(name)] = id
	}
	src.options.Source, src.options.Kind, src.options.People = src.Name(), "survey", true
	src.options.Zone = zone
	src.options.Sheet = s.Sheet
	src.options.Separator = s.Columns.Separator
	if s.DayFirst != nil {
		src.options.Order = tabular.MonthFirst
		if *s.DayFirst {
			src.options.Order = tabular.DayFirst
		}
	}
	src.options.Columns = src.mapColumns()
	src.options.Branches, src.options.LeaveOut = s.Branches, src.leaveOutTotals
	return src, nil
}

// mapColumns maps the fields of a row to the headers in the wave's file.
func (s *Source) mapColumns() map[string][]string {
	columns := map[string][]string{}
	add := func(field, header string) {
		if header != "" {
			columns[field] = append(columns[field], header)
		}
	}
	add("at", s.survey.Columns.At)
	add("response", s.survey.Columns.Response)
	add("nps_column", s.survey.NPS)
	add("team_column", s.survey.Columns.Team)
	add("reason_column", s.survey.Columns.Reason)
	add("loved_column", s.survey.Columns.Loved)
	add("frustrating_column", s.survey.Columns.Frustrating)
	for _, f := range s.survey.Features {
		add("question_columns", f.Question)
		add("question_columns", f.Reasons)
	}
	for _, item := range s.survey.Items {
		add("question_columns", item.Question)
	}
	return columns
}

// Name returns "survey" and the ID of the wave.
func (s *Source) Name() string { return "survey " + s.survey.ID }

// Collect reads all answers of the wave before the window's end.
func (s *Source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	b := s.newReading(w)
	im, err := tabular.ReadFile(ctx, s.file, s.options, b.addRow)
	if err != nil {
		return tabular.RecordFailure(s.Name(), s.file, w, err)
	}
	counts, nothing := b.finish()
	for _, a := range b.answers {
		tabular.ExtendSpan(&im, a.At)
	}
	if nothing.Count > 0 {
		nothing.Reason, nothing.Class = "no answer in it was understood", fact.NotUnderstood
		im.Used -= nothing.Count
		im.Rejected = append(im.Rejected, nothing)
	}
	im.Answers = counts
	for i := range counts {
		if counts[i].Unclear > 0 {
			im.Notes = append(im.Notes, formatSum(&counts[i]))
		}
	}
	im.Notes = append(im.Notes, b.faults.listNotes()...)
	return fact.Events{Answers: b.answers, Imports: []fact.Import{im}}, nil
}
