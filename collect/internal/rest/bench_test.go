package rest_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// canned answers everything from memory.
type canned struct {
	body    []byte
	headers http.Header
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, Header: c.headers.Clone(), Request: r,
		Body: io.NopCloser(bytes.NewReader(c.body)), ContentLength: int64(len(c.body)),
	}, nil
}

// BenchmarkRoundTrip is what the transport adds to a request for a page of 50 kB.
func BenchmarkRoundTrip(b *testing.B) {
	page := []byte("[" + string(bytes.Repeat([]byte(`{"id":123456,"name":"checkout","updated_at":"2026-03-02T03:00:00Z"},`), 750)) + "0]")
	for name, next := range map[string]canned{
		"plain": {page, http.Header{}},
		"gzip":  {zipped(page), http.Header{"Content-Encoding": {"gzip"}}},
	} {
		b.Run(name, func(b *testing.B) {
			next.headers.Set("Content-Type", "application/json")
			next.headers.Set("X-RateLimit-Limit", "5000")
			next.headers.Set("X-RateLimit-Remaining", "4999")
			next.headers.Set("X-RateLimit-Reset", "1")
			base := &url.URL{Scheme: "https", Host: "forge.example"}
			tr, err := rest.New(rest.Options{Base: base, Next: next, Now: time.Now, Authorize: func(_ context.Context, r *http.Request) error {
				r.Header.Set("Authorization", "Bearer "+canary)
				return nil
			}})
			if err != nil {
				b.Fatal(err)
			}
			r, err := http.NewRequestWithContext(rest.WithShape(b.Context(), rest.Array), http.MethodGet, base.String()+"/x", nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(page)))
			for b.Loop() {
				resp, err := tr.RoundTrip(r)
				if err != nil {
					b.Fatal(err)
				}
				resp.Body.Close()
			}
		})
	}
}

// BenchmarkWalk is what the proof costs for each of 10,000 items.
func BenchmarkWalk(b *testing.B) {
	items := make([]int, 10_000)
	keys := make([]string, len(items))
	for i := range items {
		items[i], keys[i] = i, strconv.Itoa(i)
	}
	l := rest.List[int]{
		Name: "numbers", PerPage: 100,
		Key:   func(v int) string { return keys[v] },
		Order: func(a, b int) int { return a - b },
		Fetch: func(_ context.Context, next string) (rest.Page[int], error) {
			from, _ := strconv.Atoi(next)
			p := rest.Page[int]{Items: items[from : from+100], Total: len(items)}
			if from+100 < len(items) {
				p.Next = keys[from+100]
			}
			return p, nil
		},
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rest.Walk(b.Context(), l); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(items)), "ns/item")
}
