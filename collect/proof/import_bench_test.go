package proof_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	imported "github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/survey"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/tickets"
	"github.com/ip3dp/ip3dp/collect/usage"
)

// benchmarked is an export of one kind for a benchmark.
type benchmarked struct {
	kind, header string
	row          func(i int) string
	open         func(tabular.File) (collect.Source, error)
}

// listExports returns exports with the columns, and the lengths of cells, of real tools.
func listExports() []benchmarked {
	day := func(i int) string {
		return time.Date(2023, 11, 13, 8, 0, 0, 0, time.UTC).Add(time.Duration(i%520_000) * time.Minute).Format(time.RFC3339)
	}
	salt := []byte("0123456789abcdef")
	return []benchmarked{
		{
			"tickets", "id,opened,resolved,title,team,component,labels,priority,status,resolution,reopened",
			func(i int) string {
				return fmt.Sprintf("PLAT-%d,%s,%s,Build of %s is slow since %d,team-%d,CI,build;slow,High,Done,Fixed,%d", i, day(i),
					day(i+300), "checkout", i%31, i%40, i%2)
			},
			func(f tabular.File) (collect.Source, error) {
				return tickets.New("support", f, tickets.Options{}), nil
			},
		},
		{
			"usage", "feature,part,user,team,date,count,browser",
			func(i int) string {
				return fmt.Sprintf("backstage,docs,developer-%d,team-%d,%s,%d,Firefox", i%900, i%40, day(i)[:10], 1+i%9)
			},
			func(f tabular.File) (collect.Source, error) {
				return usage.New("logs", f, usage.Options{Salt: salt})
			},
		},
		{
			"deployments", "repository,service,id,environment,commit,ref,created,finished,status,creator,url",
			func(i int) string {
				return fmt.Sprintf("fawkes/mono,checkout,%d,production,%040d,main,%s,%s,success,bot,https://ci.example.org/%d", i, i,
					day(i), day(i+5), i)
			},
			func(f tabular.File) (collect.Source, error) {
				return imported.New("ci", imported.Deployments, f, imported.Options{})
			},
		},
		{
			"changes", "repository,id,url,title,author,branch,first_commit,opened,first_review,merged,merge_commit,head",
			func(i int) string {
				return fmt.Sprintf("fawkes/mono,%d,https://example.org/%d,Fix,ann,main,%s,%s,%s,%s,%040d,%040d", i, i, day(i), day(i+9),
					day(i+20), day(i+40), i, i)
			},
			func(f tabular.File) (collect.Source, error) {
				return imported.New("ci", imported.Changes, f, imported.Options{})
			},
		},
		{
			"incidents", "id,service,severity,opened,resolved,deployment",
			func(i int) string {
				return fmt.Sprintf("%d,checkout,high,%s,%s,%d", i, day(i), day(i+90), i)
			},
			func(f tabular.File) (collect.Source, error) {
				return imported.New("pager", imported.Incidents, f, imported.Options{})
			},
		},
		surveyExport(day, salt),
	}
}

// surveyExport returns a survey of 20 columns: six are read as items and two as opinions of a
// feature.
func surveyExport(day func(int) string, salt []byte) benchmarked {
	wave := fact.Survey{ID: "2024-q4", File: "2024-q4.csv", NPS: "How likely are you to recommend us?", Timezone: "UTC"}
	wave.Columns.Team, wave.Columns.Reason, wave.Columns.Loved = "Team", "Why?", "Loved"
	header := "Timestamp,ID," + wave.NPS + ",Why?,Loved,Team"
	for _, id := range []string{"flow", "load", "feedback", "docs", "focus", "tools"} {
		wave.Items = append(wave.Items, fact.SurveyItem{ID: id, Question: "I am happy with my " + id})
		header += ",I am happy with my " + id
	}
	for _, id := range []string{"buildpacks", "gitops"} {
		q := fact.FeatureQuestion{Feature: id, Question: "How is " + id + "?"}
		wave.Features = append(wave.Features, q)
		header += "," + q.Question
	}
	header += ",Browser,Seconds,Language,Role,Office,Started"
	return benchmarked{
		"survey", header,
		func(i int) string {
			return fmt.Sprintf("%s,%d,%d,It is fast and it works,GitOps;Backstage,team-%d,%d,%d,4,3,5,2,Satisfied,Satisfied,Firefox,%d,en,Dev,Zurich,%s",
				day(i), i, i%11, i%40, 1+i%5, 1+i%4, i%600, day(i))
		},
		func(f tabular.File) (collect.Source, error) { return survey.New(wave, f, tabular.Options{}, salt) },
	}
}

func (x benchmarked) write(rows int) string {
	var b strings.Builder
	b.WriteString(x.header + "\n")
	for i := range rows {
		b.WriteString(x.row(i) + "\n")
	}
	return b.String()
}

// BenchmarkImport compares the import of each kind with the splitting of the same file by
// encoding/csv, which reuses its record. The unit is one row; MB/s are of the file. cpu-ns/row
// includes the collection of garbage, and other work on the machine does not change it much.
func BenchmarkImport(b *testing.B) {
	const rows = 50_000
	for _, x := range listExports() {
		text := x.write(rows)
		perRow := func(b *testing.B, read func()) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)) / rows)
			b.ResetTimer()
			used := cpuTime()
			for done := 0; done < b.N; done += rows {
				read()
			}
			b.ReportMetric(float64((cpuTime()-used).Nanoseconds())/float64(max(b.N, rows)), "cpu-ns/row")
		}
		b.Run(x.kind+"/csv", func(b *testing.B) {
			perRow(b, func() {
				r := csv.NewReader(strings.NewReader(text))
				r.ReuseRecord = true
				for {
					if _, err := r.Read(); errors.Is(err, io.EOF) {
						return
					} else if err != nil {
						b.Fatal(err)
					}
				}
			})
		})
		b.Run(x.kind+"/import", func(b *testing.B) {
			s, err := x.open(tabular.File{Path: x.kind + ".csv", Open: func() (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader(text)), nil
			}})
			if err != nil {
				b.Fatal(err)
			}
			perRow(b, func() {
				e, err := s.Collect(b.Context(), collect.Window{})
				if err != nil || e.Imports[0].Read != rows || e.Imports[0].Used != rows {
					b.Fatalf("%+v, %v", e.Imports, err)
				}
			})
		})
	}
}
