package store

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// realistic is a batch of n deployments of 500 repositories over 30 days, three
// statuses each, as large as those of a forge.
func realistic(n int) collect.Batch {
	var b collect.Batch
	for i := range 500 {
		b.Repositories = append(b.Repositories, repo(int64(90000+i), fmt.Sprintf("acme/service-%03d", i)))
		b.Cursors = append(b.Cursors, collect.Cursor{Repository: int64(90000 + i), Kind: collect.Deployments, From: day(90), To: now})
	}
	for i := range n {
		at := day(29).Add(29 * 24 * time.Hour / time.Duration(n) * time.Duration(i))
		id := fmt.Sprintf("DE_kwDOABCD12%08d", i*7919%n)
		b.Deployments = append(b.Deployments, collect.Kept[fact.Deployment]{
			Repository: int64(90000 + i*31%500), ID: id, At: at,
			Fact: fact.Deployment{
				ID: id, URL: "https://github.com/acme/service/actions/runs/" + id, Environment: "production",
				Commit: fmt.Sprintf("%040x", i), Ref: "main", Creator: "deploy-bot[bot]", Created: at,
				Statuses: []fact.Status{
					{State: fact.Pending, At: at.Add(time.Second)},
					{State: fact.Success, At: at.Add(4 * time.Minute)},
					{State: fact.Inactive, At: at.Add(9 * time.Hour)},
				},
			},
		})
	}
	return b
}

const many = 10_000

func perRow(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/many, "ns/row")
}

func BenchmarkPut(b *testing.B) {
	batch := realistic(many)
	b.ReportAllocs()
	var bytes int64
	for b.Loop() {
		b.StopTimer()
		s, err := Open(b.Context(), Options{File: file(b)})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		put(b, s, batch)
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(s.file)
		if err != nil {
			b.Fatal(err)
		}
		bytes = info.Size()
		b.StartTimer()
	}
	perRow(b)
	b.ReportMetric(float64(bytes), "bytes/10k")
}

// BenchmarkPutAgain saves what is there already, as the overlap of every night.
func BenchmarkPutAgain(b *testing.B) {
	batch := realistic(many)
	s := writable(b)
	put(b, s, batch)
	b.ReportAllocs()
	for b.Loop() {
		put(b, s, batch)
	}
	perRow(b)
}

func BenchmarkCollect(b *testing.B) {
	s := writable(b)
	put(b, s, realistic(many))
	reported(b, s, collect.Report{Until: now})
	b.ReportAllocs()
	for b.Loop() {
		if n := len(collected(b, s).Deployments); n != many {
			b.Fatalf("%d deployments", n)
		}
	}
	perRow(b)
}

// BenchmarkOpen opens a store of 10,000 deployments, which checks all of it.
func BenchmarkOpen(b *testing.B) {
	name := file(b)
	s, err := Open(b.Context(), Options{File: name})
	if err != nil {
		b.Fatal(err)
	}
	put(b, s, realistic(many))
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := Open(b.Context(), Options{File: name, ReadOnly: true})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
