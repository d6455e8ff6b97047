package testkit

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// lister has one list of seven numbers, by pages of three, in REST and in GraphQL.
func lister() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := 1
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(r.URL.RawQuery+string(body), "page=2") || strings.Contains(string(body), `after: \"bmV4dG5leHQ=\"`) {
			page = 2
		}
		list := []int{1, 2, 3}
		if page == 2 {
			list = []int{4, 5, 6}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Date", "Sat, 01 Mar 2025 09:00:00 GMT")
		if r.URL.Path == "/graphql" {
			_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"list": map[string]any{
				"totalCount": 7, "nodes": list, "pageInfo": map[string]any{"hasNextPage": true, "endCursor": "bmV4dG5leHQ="},
			}}})
			return
		}
		w.Header().Set("Link", fmt.Sprintf(`<http://%s/list?page=%d>; rel="next", <http://%s/list?page=3>; rel="last"`, r.Host, page+1, r.Host))
		_ = json.NewEncoder(w).Encode(list)
	})
}

// exchangeOf asks for the two pages, and returns what came of the second.
func exchangeOf(t *testing.T, f Fault, graphQL bool) (i *Injection, res *http.Response, body string, err error) {
	t.Helper()
	when := Once(1)
	if f.Name != "repeated page" {
		when = Once(2)
	}
	i = f.Inject(when)
	s := httptest.NewServer(i.Wrap(lister()))
	t.Cleanup(s.Close)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	if f.Waits { // a deadline that is over soon after the fault began, however slow the machine
		go func() {
			for i.Fired() == 0 && ctx.Err() == nil {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(20 * time.Millisecond)
			cancel()
		}()
	}
	for page := 1; page <= 2; page++ {
		method, address, query := http.MethodGet, s.URL+"/list?page="+fmt.Sprint(page), ""
		if graphQL {
			method, address, query = http.MethodPost, s.URL+"/graphql", `{"query": "{ list(first: 3) { nodes } }"}`
			if page == 2 {
				query = `{"query": "{ list(first: 3, after: \"bmV4dG5leHQ=\") { nodes } }"}`
			}
		}
		var req *http.Request
		if req, err = http.NewRequestWithContext(ctx, method, address, strings.NewReader(query)); err != nil {
			t.Fatal(err)
		}
		client := http.Client{
			Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		if res, err = client.Do(req); err != nil {
			return i, nil, "", err
		}
		b, bad := io.ReadAll(res.Body)
		_ = res.Body.Close()
		body, err = string(b), bad
	}
	return i, res, body, err
}

// TestFaults: every fault happens, once, and its answer is not the right one.
func TestFaults(t *testing.T) {
	stranger := NewStranger()
	defer stranger.Close()
	names := map[string]bool{}
	for _, f := range Faults(stranger.URL) {
		if names[f.Name] {
			t.Errorf("%s: twice", f.Name)
		}
		names[f.Name] = true
		t.Run(f.Name, func(t *testing.T) {
			graphQL := strings.HasPrefix(f.Name, "GraphQL")
			i, res, body, err := exchangeOf(t, f, graphQL)
			if i.Fired() != 1 {
				t.Fatalf("happened %d times", i.Fired())
			}
			right := err == nil && res.StatusCode == http.StatusOK && strings.Contains(body, "[4,5,6]") &&
				strings.Contains(res.Header.Get("Link"), `rel="next"`) && !strings.Contains(res.Header.Get("Link"), stranger.URL)
			if right != f.Harmless {
				t.Errorf("right answer: %v, %v, %.100s, %v", right, res, body, err)
			}
		})
	}
	if len(names) < 30 {
		t.Errorf("only %d faults", len(names))
	}
	if _, ok := FaultNamed("502 html", ""); !ok {
		t.Error("a fault is not found by its name")
	}
}

func TestPageFaultsOfGraphQL(t *testing.T) {
	for name, want := range map[string]string{
		"empty list instead of the page": `{"data":{"list":{"nodes":[],"pageInfo":{"endCursor":"bmV4dG5leHQ=","hasNextPage":true},"totalCount":7}}}`,
		"short page":                     `{"data":{"list":{"nodes":[4,5],"pageInfo":{"endCursor":"bmV4dG5leHQ=","hasNextPage":true},"totalCount":7}}}`,
		"lost next link":                 `{"data":{"list":{"nodes":[4,5,6],"pageInfo":{"endCursor":"bmV4dG5leHQ=","hasNextPage":false},"totalCount":7}}}`,
		"repeated page":                  `{"data":{"list":{"nodes":[1,2,3],"pageInfo":{"endCursor":"bmV4dG5leHQ=","hasNextPage":true},"totalCount":7}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			f, ok := FaultNamed(name, "")
			if !ok {
				t.Fatal(name)
			}
			i, _, body, err := exchangeOf(t, f, true)
			if err != nil || i.Fired() != 1 || strings.TrimSpace(body) != want {
				t.Errorf("%s: %s, %v", name, body, err)
			}
		})
	}
}

func TestBomb(t *testing.T) {
	f, _ := FaultNamed("gzip bomb", "")
	_, res, body, err := exchangeOf(t, f, false)
	if err != nil || res.Header.Get("Content-Encoding") != "gzip" || len(body) > BombSize/100 {
		t.Fatalf("%v, %d bytes, %v", res, len(body), err)
	}
	z, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, z); err != nil || n != BombSize {
		t.Errorf("unfolds to %d bytes, %v", n, err)
	}
}

func TestWhen(t *testing.T) {
	for _, tt := range []struct {
		when When
		want []int
	}{
		{Always(), []int{1, 2, 3, 4, 5, 6, 7, 8}},
		{Once(3), []int{3}},
		{When{First: 2, Times: 3}, []int{2, 3, 4}},
		{When{First: 2, Every: 3}, []int{2, 5, 8}},
		{When{Every: 3, Times: 2}, []int{1, 4}},
	} {
		t.Run(fmt.Sprintf("%+v", tt.when), func(t *testing.T) {
			var got []int
			for n := 1; n <= 8; n++ {
				if tt.when.isHit(n) {
					got = append(got, n)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%+v: %v, want %v", tt.when, got, tt.want)
			}
		})
	}
}
