package survey

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var window = collect.Window{
	From: time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC),
	To:   time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC),
}

const nps = "How likely are you to recommend this platform to a colleague?"

// wave describes the exports in testdata.
func wave() fact.Survey {
	return fact.Survey{
		ID: "2024-10", File: "2024-10.csv", NPS: nps,
		Columns: fact.SurveyColumns{Team: "Which team or group are you in?"},
		Teams:   map[string]string{"PAYMENTS": "payments"},
	}
}

func inMemory(text string) tabular.File {
	return tabular.File{Path: "2024-10.csv", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}

func collectFile(t *testing.T, s fact.Survey, file tabular.File) (fact.Events, error) {
	t.Helper()
	src, err := New(s, file, tabular.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return src.Collect(context.Background(), window)
}

// TestDialects reads one export of each tool and compares all that comes out.
func TestDialects(t *testing.T) {
	const loved = "Which part of the platform do you love?"
	dayFirst := false
	tests := []struct {
		name string
		edit func(s *fact.Survey)
	}{
		{"google-forms", func(s *fact.Survey) {
			s.Columns.At, s.Columns.Loved = "Timestamp", loved
			s.Columns.Frustrating = "Which part frustrates you most?"
			s.Columns.Reason = "What is the main reason for your score?"
			s.Features = []fact.FeatureQuestion{{Feature: "buildpacks", Question: "How satisfied are you with Buildpacks?", Reasons: "Why? (Buildpacks)"}}
			s.Items = []fact.SurveyItem{{ID: "docs", Question: "Docs are clear"}}
			s.Codes = []fact.ReasonCode{{Name: "too complex", Match: []string{"complex", "complicated"}}}
		}},
		{"microsoft-forms", func(s *fact.Survey) { s.Columns.Loved, s.DayFirst = loved, &dayFirst }},
		{"typeform", func(s *fact.Survey) { s.Columns.Loved = "GitOps" }},
		{"surveymonkey", func(s *fact.Survey) { s.Columns.Loved = loved }},
		{"qualtrics", func(s *fact.Survey) { s.Columns.Loved, s.Timezone = loved, "America/Denver" }},
		{"limesurvey", func(s *fact.Survey) { s.Columns.Loved = loved }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := wave()
			tt.edit(&s)
			path := filepath.Join("testdata", tt.name+".csv")
			e, err := collectFile(t, s, tabular.File{Path: s.File, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", tt.name+".golden.json"), struct {
				Answers []fact.Answer
				Imports []fact.Import
			}{e.Answers, e.Imports})
		})
	}
}

func golden(t *testing.T, path string, v any) {
	t.Helper()
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
	for _, private := range []string{"@example.org", "203.0.113"} {
		if strings.Contains(got.String(), private) {
			t.Errorf("%s holds an address", path)
		}
	}
}

// TestBlankIsNoScore holds the mistake that turns a skipped question into a detractor.
func TestBlankIsNoScore(t *testing.T) {
	s := wave()
	s.Columns.Team = ""
	e, err := collectFile(t, s, inMemory(nps+",Team\n,checkout\n0,checkout\n10,checkout\n-1,x\n7.5,x\n7-8,x\n"))
	if err != nil {
		t.Fatal(err)
	}
	var scores []int
	for _, a := range e.Answers {
		if (a.Score == nil) != (len(a.Unclear) == 1) || a.Team != "" {
			t.Fatalf("answer %+v", a)
		}
		if a.Score == nil {
			continue
		}
		scores = append(scores, *a.Score)
	}
	if diff := cmp.Diff([]int{0, 10}, scores); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
	want := []fact.Rejected{
		{Reason: "no answer given", Count: 1, Line: 2, Class: fact.ByRule},
		{Reason: "no answer in it was understood", Count: 3, Line: 5, Class: fact.NotUnderstood},
	}
	if diff := cmp.Diff(want, e.Imports[0].Rejected); diff != "" {
		t.Errorf("rejected (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"3 of 5 answers to the NPS question were not understood, first on line 5: a score is a whole number " +
		"from 0 to 10: correct nps in surveys/2024-10.toml if it names another question"}, e.Imports[0].Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

func TestErrors(t *testing.T) {
	e, err := collectFile(t, wave(), inMemory("Timestamp,How likely are you to recommend the platform?\n"))
	if err == nil || !strings.Contains(err.Error(), "near misses") || len(e.Gaps) != 1 {
		t.Errorf("gaps %v, error %v", e.Gaps, err)
	}
	_, err = collectFile(t, wave(), tabular.File{Path: "x.csv", Open: func() (io.ReadCloser, error) { return nil, fs.ErrNotExist }})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	s := wave()
	s.Timezone = "Europe/Atlantis"
	if _, err := New(s, inMemory(""), tabular.Options{}, nil); err == nil {
		t.Error("an unknown time zone is no error")
	}
	s = wave()
	s.Codes = []fact.ReasonCode{{Name: "x", Match: []string{"("}}}
	if _, err := New(s, inMemory(""), tabular.Options{}, nil); err == nil {
		t.Error("a broken pattern is no error")
	}
}

// FuzzSurvey holds that scores stay in range, and every row is used or counted.
func FuzzSurvey(f *testing.F) {
	f.Add("Timestamp," + nps + "\n2024-10-15T09:00:00Z,9\n,\n")
	f.Add("Q1\n" + nps + "\n\"{\"\"ImportId\"\":1}\"\n10\n")
	f.Add("[{\"" + nps + "\":\"10 - Extremely likely\",\"finished\":false}]")
	f.Fuzz(func(t *testing.T, in string) {
		s := wave()
		s.Columns.Team = ""
		e, err := collectFile(t, s, inMemory(in))
		if err != nil {
			return
		}
		im := e.Imports[0]
		sum := im.Used
		for _, r := range im.Rejected {
			sum += r.Count
		}
		understood := 0
		for i := range e.Answers {
			if isUnderstood(&e.Answers[i]) {
				understood++
			}
		}
		if sum != im.Read || im.Used != understood {
			t.Errorf("import %+v with %d answers", im, len(e.Answers))
		}
		for _, a := range e.Answers {
			if a.Score != nil && (*a.Score < 0 || *a.Score > 10) {
				t.Errorf("score %d", *a.Score)
			}
		}
	})
}

func BenchmarkAnswer(b *testing.B) {
	const rows = 10_000
	s := wave()
	s.Columns.Loved = "loved"
	file := "Timestamp," + nps + ",loved,Which team or group are you in?\n" +
		strings.Repeat("2024-10-15T09:00:00Z,9,GitOps;Backstage,Payments\n", rows)
	src, err := New(s, inMemory(file), tabular.Options{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += rows {
		if e, err := src.Collect(context.Background(), window); err != nil || len(e.Answers) != rows {
			b.Fatal(len(e.Answers), err)
		}
	}
}
