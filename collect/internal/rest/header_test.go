package rest

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestRetryAfter(t *testing.T) {
	tests := map[string]struct {
		want time.Duration
		ok   bool
	}{
		"":                               {0, false},
		"0":                              {0, true},
		" 17 ":                           {17 * time.Second, true},
		"-1":                             {0, false},
		"1.5":                            {0, false},
		"soon":                           {0, false},
		"9223372036854775807":            {366 * 24 * time.Hour, true},
		"92233720368547758070":           {0, false},
		"Mon, 02 Mar 2026 12:01:30 GMT":  {90 * time.Second, true},
		"Monday, 02-Mar-26 12:01:30 GMT": {90 * time.Second, true},
		"Mon Mar  2 12:01:30 2026":       {90 * time.Second, true},
		"Mon, 02 Mar 2026 11:00:00 GMT":  {0, true},
	}
	for v, want := range tests {
		t.Run(v, func(t *testing.T) {
			got, ok := retryAfter(http.Header{"Retry-After": {v}}, noon)
			if got != want.want || ok != want.ok {
				t.Errorf("%q: %v %v, want %v %v", v, got, ok, want.want, want.ok)
			}
		})
	}
}

func TestLimitOf(t *testing.T) {
	unix := "1772452800" // noon
	tests := []struct {
		name string
		h    map[string]string
		want limit
		ok   bool
	}{
		{"none", nil, limit{}, false},
		{"GitHub", map[string]string{"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999", "X-RateLimit-Reset": unix}, limit{5000, 4999, noon, false}, true},
		{"GitLab", map[string]string{"RateLimit-Limit": "600", "RateLimit-Remaining": "0", "RateLimit-Reset": unix}, limit{600, 0, noon, true}, true},
		{"seconds", map[string]string{"RateLimit-Remaining": "1", "RateLimit-Reset": "30"}, limit{0, 1, noon.Add(30 * time.Second), true}, true},
		{"no reset", map[string]string{"RateLimit-Remaining": "1"}, limit{0, 1, time.Time{}, true}, true},
		{"words", map[string]string{"X-RateLimit-Remaining": "many"}, limit{}, false},
		{"negative", map[string]string{"X-RateLimit-Remaining": "-1"}, limit{}, false},
		{"odd rest", map[string]string{"X-RateLimit-Remaining": "5", "X-RateLimit-Limit": "x", "X-RateLimit-Reset": "-3"}, limit{0, 5, time.Time{}, false}, true},
		{"far away", map[string]string{"X-RateLimit-Remaining": "5", "X-RateLimit-Reset": "9223372036854775807"}, limit{0, 5, noon.Add(366 * 24 * time.Hour), false}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			for k, v := range tt.h {
				h.Set(k, v)
			}
			got, ok := parseLimit(h, noon)
			if ok != tt.ok || got.limit != tt.want.limit || got.left != tt.want.left || !got.reset.Equal(tt.want.reset) || ok && got.minute != tt.want.minute {
				t.Errorf("%s: %+v %v, want %+v %v", tt.name, got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestNextLinks(t *testing.T) {
	tests := map[string][]string{
		``:                         nil,
		`<a>; rel="next"`:          {"a"},
		`<a>; rel=next`:            {"a"},
		`<a>;REL="NEXT"`:           {"a"},
		`<a>; rel="last next"`:     {"a"},
		`<a>; title="x"; rel=next`: {"a"},
		`<a>; rel="nextish"`:       nil,
		`<a>; rel="prev", <b?c,d;e>; rel="next", <f>; rel="last"`: {"b?c,d;e"},
		`<a>; rel="next", <b>; rel="next"`:                        {"a", "b"},
		`a; rel="next"`:                                           nil,
		`<a; rel="next"`:                                          nil,
		`<>; rel="next"`:                                          {""},
	}
	for v, want := range tests {
		t.Run(v, func(t *testing.T) {
			if got := nextLinks(http.Header{"Link": {v}}); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", v, got, want)
			}
		})
	}
}

// A window's responses may come in any order.
func TestNoteOutOfOrder(t *testing.T) {
	b := newBudget(0, 0)
	for _, l := range []limit{
		{limit: 100, left: 40, reset: noon.Add(time.Hour)},
		{limit: 100, left: 42, reset: noon.Add(time.Hour + time.Second)},
		{limit: 100, left: 3, reset: noon.Add(-time.Second)},
	} {
		b.recordLimit(coreLimit, l, noon)
		if s := b.snapshot(); s.Left != 40 || s.Limit != 100 {
			t.Errorf("after %+v: %+v", l, s)
		}
	}
	b.recordLimit(coreLimit, limit{left: 99, reset: noon.Add(2 * time.Hour)}, noon)
	if s := b.snapshot(); s.Left != 99 || s.Limit != 100 {
		t.Errorf("next window: %+v", s)
	}
	b.recordLimit(graphqlLimit, limit{limit: 1000, left: 10, reset: noon.Add(time.Hour)}, noon)
	if s := b.snapshot(); s.Left != 10 || s.Limit != 1000 {
		t.Errorf("tightest: %+v", s)
	}
}

func FuzzHeaders(f *testing.F) {
	for _, seed := range []string{"", "1", "-1", "99999999999999999999", "1772452800", "Mon, 02 Mar 2026 12:01:30 GMT", `<https://a.example/x?page=2>; rel="next", <b>; rel=last`, `<`, `>;rel=next`, `<<>>;rel="next`} {
		f.Add(seed)
	}
	base := &url.URL{Scheme: "https", Host: "forge.example"}
	f.Fuzz(func(t *testing.T, v string) {
		h := http.Header{"Retry-After": {v}, "Link": {v}, "X-Ratelimit-Remaining": {v}, "X-Ratelimit-Limit": {v}, "X-Ratelimit-Reset": {v}}
		const year = 366 * 24 * time.Hour
		if wait, ok := retryAfter(h, noon); wait < 0 || wait > year && !ok {
			t.Errorf("wait %v", wait)
		}
		if l, ok := parseLimit(h, noon); ok && (l.left < 0 || l.limit < 0 || l.reset.Sub(noon) > year) {
			t.Errorf("limit %+v", l)
		}
		tr := &Transport{o: Options{Base: base}, origin: formatOrigin(base)}
		for _, link := range nextLinks(h) {
			if u, err := base.Parse(link); err == nil && tr.SameHost(link) == nil && (u.Scheme != "https" || u.Hostname() == "") {
				t.Errorf("%q counts as the same host", link)
			}
		}
		dropLimits(h)
		if len(h) != 2 {
			t.Errorf("headers %v", h)
		}
	})
}
