package base

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
)

// TestNumbersOfTheBase: where numbers are is said by the base, never by what is
// looked at, and a base that nobody named is asked for no address.
func TestNumbersOfTheBase(t *testing.T) {
	dir := t.TempDir()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path != "/"+measuredFile {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, numbersOf(t, "web"))
	}))
	defer server.Close()
	site := server.URL + "/"
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := rooted.FindTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := &workspace.Workspace{Root: dir, Tree: tree, Config: config.Default()}
	w.Config.History.From, w.Config.Site.BaseURL, w.Config.Site.Out = site, site, "theirs"
	put(filepath.Join(dir, "theirs", "data", "measured.json"), numbersOf(t, "theirs"))
	at := func(name, from, out, address string, own bool, want string) {
		t.Helper()
		b := &Base{Root: dir, Unnamed: own, Config: config.Default()}
		b.Config.History.From, b.Config.Site.Out, b.Config.Site.BaseURL = from, out, address
		quiet := console.New(io.Discard, nil)
		m, missing, err := ReadNumbers(t.Context(), &state.Reader{Out: quiet, Err: quiet}, w, "", b)
		if got := m.Platform.Name + missing; err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	elsewhere := t.TempDir()
	put(filepath.Join(elsewhere, "data", "measured.json"), numbersOf(t, "elsewhere"))
	at("nothing", "", "public", "", false, "nothing measured is at hand")
	at("nothing, not named", "", "public", site, true, "only if it is that of a base which was named")
	at("a folder elsewhere, not named", "", elsewhere, "", true, "lies outside")
	if asked != 0 {
		t.Errorf("%d requests", asked)
	}
	at("the published site", "", "public", site, false, "web")
	at("a folder elsewhere", elsewhere, "public", "", false, "elsewhere")
	put(filepath.Join(dir, "public", "data", "measured.json"), numbersOf(t, "built"))
	at("the last build", "", "public", site, false, "built")
	at("the last build, not named", site, "public", site, true, "built")
	at("a folder before an address", site, "public", "", false, "built")
	at("history.from", site, "none", "", false, "web")
	put(filepath.Join(dir, "last.json"), numbersOf(t, "last"))
	at("a file", "last.json", "public", "", false, "last")
	at("a file that is not there", "next.json", "none", "", false, "there is no next.json")
	at("the place after it", "next.json", "none", site, false, "web")
}

// numbersOf returns a measured.json with the name of its platform.
func numbersOf(t *testing.T, name string) string {
	t.Helper()
	day := time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)
	m := compute.Measured{Version: state.MeasuredForm.Bare, AsOf: day, CutOff: day, Platform: compute.Platform{Name: name}}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestConfigKeys(t *testing.T) {
	data := []byte("[rice]\nimpact = { low = 0.5 }\n[people]\nbots = [\"^somebody$\"]\n[[git]]\npath = \"secret-place\"\n")
	c, _ := config.Parse("config.toml", data)
	found := map[string]bool{}
	for _, k := range ListKeys("config.toml", data, &c) {
		found[k.Key] = true
		if table, _, _ := strings.Cut(k.Key, "."); !slices.Contains(decideTables, table) && !diff.HasRule(k) {
			t.Errorf("which numbers depend on %s?", k.Key)
		}
		if k.Forge != slices.Contains([]string{"github", "gitlab"}, k.Key) {
			t.Errorf("is %s the table of a forge?", k.Key)
		}
		if strings.Contains(k.Value, "somebody") || strings.Contains(k.Value, "secret-place") {
			t.Errorf("%s shows %q", k.Key, k.Value)
		}
		if k.Key == "rice.impact.low" && (k.Value != "0.5" || k.Line != 2 || k.Nightly) {
			t.Errorf("%+v", k)
		}
	}
	for _, key := range []string{"rice.impact.low", "decision.satisfied", "dora.window_hours", "people.bots", "git", "calendar"} {
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
