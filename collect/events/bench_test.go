package events

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// The unit of these benchmarks is one row.
func benchmarkKind(b *testing.B, kind Kind, header string, row func(i int) string) {
	b.Helper()
	const rows = 10_000
	var file strings.Builder
	fmt.Fprintln(&file, header)
	for i := range rows {
		fmt.Fprintln(&file, row(i))
	}
	s, err := New("ci", kind, inMemory(file.String()), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += rows {
		e, err := s.Collect(context.Background(), window)
		if err != nil || e.Imports[0].Used != rows {
			b.Fatalf("import %+v, %v", e.Imports, err)
		}
	}
}

func BenchmarkDeployment(b *testing.B) {
	benchmarkKind(b, Deployments, "repository,service,id,environment,commit,ref,created,finished,status,creator,url", func(i int) string {
		return fmt.Sprintf("fawkes/mono,checkout,%d,production,0123456789abcdef0123456789abcdef01234567,main,2024-10-15T09:30:00Z,2024-10-15T09:35:00Z,success,bot,https://ci.example.org/%d", i, i)
	})
}

func BenchmarkChange(b *testing.B) {
	benchmarkKind(b, Changes, "repository,id,url,title,author,branch,first_commit,opened,first_review,merged,merge_commit,head", func(i int) string {
		return fmt.Sprintf("fawkes/mono,%d,https://example.org/%d,Fix,ann,main,2024-10-14T09:30:00Z,2024-10-15T09:30:00Z,2024-10-15T09:31:00Z,2024-10-15T09:35:00Z,%040d,%040d", i, i, i, i)
	})
}

func BenchmarkIncident(b *testing.B) {
	benchmarkKind(b, Incidents, "id,service,severity,opened,resolved,deployment", func(i int) string {
		return fmt.Sprintf("%d,checkout,high,2024-10-15T09:30:00Z,2024-10-15T09:35:00Z,%d", i, i)
	})
}
