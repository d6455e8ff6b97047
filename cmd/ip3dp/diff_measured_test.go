package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"

	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// publishedSite is a site as strangers could serve it.
func publishedSite(t *testing.T, serve http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(serve)
	t.Cleanup(s.Close)
	return s.URL
}

func TestFetchPublished(t *testing.T) {
	elsewhere := publishedSite(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "stolen") })
	good := publishedSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/x/data/measured.json", "/data/other.json":
			io.WriteString(w, "here "+r.UserAgent())
		case "/moved/data/measured.json":
			http.Redirect(w, r, "/x/data/measured.json", http.StatusFound)
		case "/away/data/measured.json":
			http.Redirect(w, r, elsewhere, http.StatusFound)
		case "/round/data/measured.json":
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		case "/endless/data/measured.json":
			for range mostMeasured>>20 + 1 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		default:
			http.NotFound(w, r)
		}
	})
	reader := stateReader{Release: "1"}
	for _, site := range []string{"/x", "/x/", "/moved/", "/data/other.json"} {
		data, err := reader.fetchPublished(t.Context(), good+site, "data/measured.json")
		if err != nil || !strings.HasPrefix(string(data), "here ip3dp/") {
			t.Errorf("%s: %q, %v", site, data, err)
		}
	}
	for site, want := range map[string]string{
		good + "/none/":              "404",
		good + "/away/":              "another host",
		good + "/round/":             "too many redirects",
		good + "/endless/":           "larger than 64 MiB",
		"http://example.com/":        "only https",
		"https://ann:secret@x.test/": "holds a password",
		"https://%zz":                "cannot be read",
		"ftp://127.0.0.1/":           "only https",
	} {
		data, err := reader.fetchPublished(t.Context(), site, "data/measured.json")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %d bytes, %v", site, len(data), err)
		}
	}
}

// TestNumbersOfTheBase: where numbers are is said by the base, never by what is
// looked at, and a base that nobody named is asked for no address.
func TestNumbersOfTheBase(t *testing.T) {
	dir := t.TempDir()
	asked := 0
	site := publishedSite(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		io.WriteString(w, "web")
	}) + "/"
	tree, err := rooted.Around(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := &workspace{root: dir, tree: tree, config: config.Default()}
	w.config.History.From, w.config.Site.BaseURL, w.config.Site.Out = site, site, "theirs"
	put(t, filepath.Join(dir, "theirs", "data", "measured.json"), "theirs")
	at := func(name, from, out, address string, own bool, want string) {
		t.Helper()
		b := &base{root: dir, own: own, config: config.Default()}
		b.config.History.From, b.config.Site.Out, b.config.Site.BaseURL = from, out, address
		var data []byte
		files, err := b.openNumbers(t.Context(), new(stateReader), w)
		if err == nil {
			data, _, err = files(measuredFile)
		}
		if err != nil {
			data = []byte(err.Error())
		}
		if !strings.Contains(string(data), want) {
			t.Errorf("%s: %q, want %q", name, data, want)
		}
	}
	elsewhere := t.TempDir()
	put(t, filepath.Join(elsewhere, "data", "measured.json"), "elsewhere")
	at("nothing", "", "public", "", false, "nothing measured is at hand")
	at("nothing, not named", "", "public", site, true, "only if it is that of a base which was named")
	at("a folder elsewhere, not named", "", elsewhere, "", true, "lies outside")
	if asked != 0 {
		t.Errorf("%d requests", asked)
	}
	at("the published site", "", "public", site, false, "web")
	at("a folder elsewhere", elsewhere, "public", "", false, "elsewhere")
	put(t, filepath.Join(dir, "public", "data", "measured.json"), "built")
	at("the last build", "", "public", site, false, "built")
	at("the last build, not named", site, "public", site, true, "built")
	at("history.from", site, "public", "", false, "web")
	put(t, filepath.Join(dir, "last.json"), "last")
	at("a file", "last.json", "public", "", false, "last")
	at("a file that is not there", "next.json", "public", site, false, "there is no next.json")
}

// measuredOf takes the bytes of a measured.json.
func measuredOf(data []byte) (m compute.Measured, err error) {
	if _, err = measuredForm.Decode(data, &m); err == nil {
		err = plausibleMeasured(&m)
	}
	return m, err
}

// smallMeasured is a measured.json of the version before checksums.
func smallMeasured(tb testing.TB) []byte {
	tb.Helper()
	m := compute.Measured{Version: measuredForm.Bare, AsOf: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC), CutOff: time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)}
	data, err := json.Marshal(m)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func TestDecodeMeasured(t *testing.T) {
	good := string(smallMeasured(t))
	if _, err := measuredOf([]byte(good)); err != nil {
		t.Error(err)
	}
	for name, text := range map[string]string{
		"nothing": "", "no object": "[1]", "another thing": "{}",
		"newer":            strings.Replace(good, `"version":1`, `"version":99`, 1),
		"no time of ours":  strings.Replace(good, `"cut_off":"2024`, `"cut_off":"0001`, 1),
		"a row of no time": strings.Replace(good, `"history":null`, `"history":[{"week":"9999-01-01T00:00:00Z","subject":"","metric":"m","value":1,"lo":null,"hi":null,"n":1,"hash":"h"}]`, 1),
		"a row of nothing": strings.Replace(good, `"history":null`, `"history":[{"week":"2024-11-04T00:00:00Z","subject":"","metric":"","value":1,"lo":null,"hi":null,"n":1,"hash":"h"}]`, 1),
		"a damaged row":    strings.Replace(good, `"history":null`, `"history":[{}]`, 1),
		"a wrong number":   strings.Replace(good, `"services":0`, `"services":1e999`, 1),
		"too deep":         `{"version":1,"sections":` + strings.Repeat("[", 20_000),
	} {
		if _, err := measuredOf([]byte(text)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// What is fetched is anybody's: whatever is taken can be decided on.
func FuzzMeasured(f *testing.F) {
	f.Add(smallMeasured(f))
	odd := compute.Measured{Version: measuredForm.Bare, CutOff: time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)}
	odd.Sections = []metric.Section{{Family: "dora", Metrics: []metric.Metric{{ID: dora.LeadTime, Trend: &metric.Trend{}}}}}
	odd.Adoption.Features = []adoption.Feature{{ID: "helm", Known: true, Active: 9, Eligible: -1}}
	data, err := json.Marshal(odd)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	content := fact.Content{Features: []fact.Feature{{Item: fact.Item{ID: "helm"}, Successor: "x"}}}
	f.Fuzz(func(_ *testing.T, data []byte) {
		if m, err := measuredOf(data); err == nil {
			m.AsOf = time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC) // as diff does
			compute.Decide(compute.DefaultOptions(), content, m)
		}
	})
}

func TestConfigKeys(t *testing.T) {
	data := []byte("[rice]\nimpact = { low = 0.5 }\n[people]\nbots = [\"^somebody$\"]\n[[git]]\npath = \"secret-place\"\n")
	c, _ := config.Parse("config.toml", data)
	found := map[string]bool{}
	for _, k := range configKeys("config.toml", data, &c) {
		found[k.Key] = true
		if strings.Contains(k.Value, "somebody") || strings.Contains(k.Value, "secret-place") {
			t.Errorf("%s shows %q", k.Key, k.Value)
		}
		if k.Key == "rice.impact.low" && (k.Value != "0.5" || k.Line != 2 || k.Nightly) {
			t.Errorf("%+v", k)
		}
	}
	for _, key := range []string{"rice.impact.low", "decision.satisfied", "dora.window_hours", "people.bots", "git", "freeze"} {
		if !found[key] {
			t.Errorf("%s is no key", key)
		}
	}
	for _, key := range []string{"site.out", "content", "history.from", ""} {
		if found[key] {
			t.Errorf("%q moves no number", key)
		}
	}
}

func TestShownFile(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"site/a.md": "site/a.md", "./a.md": "a.md", filepath.Join(here, "b", "c.md"): "b/c.md", "/elsewhere/x.md": "x.md",
	} {
		if got := shownFile(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}
