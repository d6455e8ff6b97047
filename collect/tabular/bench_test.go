package tabular

import (
	"fmt"
	"strings"
	"testing"
)

// wide is a row as deployments have it.
type wide struct {
	Repository  string `csv:"repository" tabular:"required"`
	Service     string `csv:"service"`
	ID          string `csv:"id"`
	Environment string `csv:"environment"`
	Commit      string `csv:"commit"`
	Ref         string `csv:"ref"`
	Created     Time   `csv:"created"`
	Started     Time   `csv:"started"`
	Finished    Time   `csv:"finished"`
	Status      string `csv:"status"`
	Creator     string `csv:"creator" tabular:"identity"`
	URL         string `csv:"url"`
	Changes     List   `csv:"changes" tabular:"words"`
	Commits     List   `csv:"commits" tabular:"words"`
}

func wideFile(n int, comma, zone string) string {
	var b strings.Builder
	header := []string{"repository", "service", "id", "environment", "commit", "ref", "created", "started", "finished", "status", "creator", "url", "changes", "commits"}
	fmt.Fprintln(&b, strings.Join(header, comma))
	for i := range n {
		cells := []string{
			"fawkes/mono", "checkout", fmt.Sprint(i), "production", "0123456789abcdef0123456789abcdef01234567", "main",
			"2024-10-15T09:30:00" + zone, "2024-10-15T09:31:00" + zone, "2024-10-15T09:35:00" + zone, "success", "deploy-bot", fmt.Sprint("https://ci.example.org/job/", i), "", "",
		}
		fmt.Fprintln(&b, strings.Join(cells, comma))
	}
	return b.String()
}

func benchmarkRead(b *testing.B, file string, rows int) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += rows {
		im, err := Read(strings.NewReader(file), "file", Options{}, func(int, *wide) error { return nil })
		if err != nil || im.Used != rows {
			b.Fatalf("used %d of %d rows: %v", im.Used, rows, err)
		}
	}
}

// The unit of these benchmarks is one row of 14 columns.
func BenchmarkRow(b *testing.B) {
	const rows = 10_000
	b.Run("plain", func(b *testing.B) { benchmarkRead(b, wideFile(rows, ",", "Z"), rows) })
	b.Run("semicolon", func(b *testing.B) { benchmarkRead(b, wideFile(rows, ";", " +0200"), rows) })
	b.Run("gzip", func(b *testing.B) { benchmarkRead(b, gzipped(wideFile(rows, ",", "Z")), rows) })
	b.Run("jsonl", func(b *testing.B) { benchmarkRead(b, wideLines(rows), rows) })
}

func wideLines(n int) string {
	return strings.Repeat(`{"repository":"fawkes/mono","service":"checkout","id":"17","environment":"production",`+
		`"commit":"0123456789abcdef0123456789abcdef01234567","created":"2024-10-15T09:30:00Z","finished":"2024-10-15T09:35:00Z","status":"success"}`+"\n", n)
}
