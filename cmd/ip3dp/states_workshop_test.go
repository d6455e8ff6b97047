package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/demo"
)

// stateWorkshop is the folder of one state's platform, before its build.
type stateWorkshop struct{ dir string }

func (w *stateWorkshop) path(name string) string {
	return filepath.Join(w.dir, filepath.FromSlash(name))
}

func (w *stateWorkshop) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(w.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func (w *stateWorkshop) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (w *stateWorkshop) remove(t *testing.T, name string) {
	t.Helper()
	if err := os.RemoveAll(w.path(name)); err != nil {
		t.Fatal(err)
	}
}

// replace replaces a text that the file must have.
func (w *stateWorkshop) replace(t *testing.T, name, old, by string) {
	t.Helper()
	text := w.read(t, name)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q", name, old)
	}
	w.write(t, name, strings.Replace(text, old, by, 1))
}

// historyLine is the key of the example's configuration with the history that demo writes.
var historyLine = regexp.MustCompile(`(?m)^history = .*\n`)

// copySite copies the configuration and the content of the example, without its history.
func (w *stateWorkshop) copySite(t *testing.T) {
	t.Helper()
	if err := os.CopyFS(w.path("site"), os.DirFS("../../site")); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, "config.toml", historyLine.ReplaceAllString(string(data), ""))
}

// example makes the example platform with its exports.
func (w *stateWorkshop) example(t *testing.T) {
	t.Helper()
	w.copySite(t)
	w.run(t, "demo", "--config", w.path("config.toml"))
}

// writeExports writes exports with other levels than the example's. They are of the
// example's teams, whose names the surveys have.
func (w *stateWorkshop) writeExports(t *testing.T, o demo.Options) {
	t.Helper()
	c, problems := content.Read(os.DirFS(w.path("site")))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	o.Teams = c.Teams
	if err := os.MkdirAll(w.path(".ip3dp/demo"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.WriteFolder(w.path(".ip3dp/demo"), o); err != nil {
		t.Fatal(err)
	}
}

// synthetic makes a platform of synthetic teams without content.
func (w *stateWorkshop) synthetic(t *testing.T, flags ...string) {
	t.Helper()
	w.run(t, append([]string{"demo", "--out", w.dir}, flags...)...)
}

func (w *stateWorkshop) run(t *testing.T, args ...string) {
	t.Helper()
	var out bytes.Buffer
	if code := start(args, nil, strings.NewReader(""), &out, &out); code != 0 {
		t.Fatalf("%q: %d\n%s", args, code, out.String())
	}
}

func (w *stateWorkshop) build(t *testing.T, now string) (public string) {
	t.Helper()
	args := []string{"build", "--config", w.path("config.toml"), "--out", w.path("public")}
	if now != "" {
		args = append(args, "--now", now)
	}
	var out bytes.Buffer
	// Exit code 3 is a site with incomplete sources.
	if code := start(args, nil, strings.NewReader(""), &out, &out); code != 0 && code != 3 {
		t.Fatalf("%q: %d\n%s", args, code, out.String())
	}
	return w.path("public")
}

// timeColumns are the columns that date a row of an export, the first that a table has.
var timeColumns = []string{"Timestamp", "finished", "merged", "opened", "date"}

// keepFrom leaves out the rows of all exports before a day, keepUntil those after it.
func (w *stateWorkshop) keepFrom(t *testing.T, day string) {
	w.eachExport(t, func(row map[string]string) bool { return dateOf(row) >= day })
	w.remove(t, "site/surveys/2024-09.toml")
	w.replace(t, "config.toml", "# covers_from = 2023-08-14 ", "covers_from = "+day+" ")
}

func (w *stateWorkshop) keepUntil(t *testing.T, day string) {
	w.eachExport(t, func(row map[string]string) bool { return dateOf(row) < day })
}

func dateOf(row map[string]string) string {
	for _, column := range timeColumns {
		if row[column] != "" {
			return row[column]
		}
	}
	return ""
}

// eachExport rewrites every export with the rows that keep keeps.
func (w *stateWorkshop) eachExport(t *testing.T, keep func(row map[string]string) bool) {
	t.Helper()
	for _, pattern := range []string{".ip3dp/demo/*.csv*", "*.csv*"} {
		files, err := filepath.Glob(w.path(pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			filterRows(t, file, keep)
		}
	}
}

func (w *stateWorkshop) filter(t *testing.T, name string, keep func(row map[string]string) bool) {
	t.Helper()
	filterRows(t, w.path(".ip3dp/demo/"+name), keep)
}

// filterRows rewrites a table with the rows that keep keeps and may have changed.
func filterRows(t *testing.T, file string, keep func(row map[string]string) bool) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var from io.Reader = bytes.NewReader(data)
	zipped := strings.HasSuffix(file, ".gz")
	if zipped {
		if from, err = gzip.NewReader(from); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(from).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := records[:1]
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		if !keep(row) {
			continue
		}
		for i, name := range records[0] {
			record[i] = row[name]
		}
		out = append(out, record)
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(slices.Clip(out)); err != nil {
		t.Fatal(err)
	}
	if zipped {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, err = z.Write(b.Bytes())
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		b = packed
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// crowd adds initiatives and features with long names until there are so many, with some use.
func (w *stateWorkshop) crowd(t *testing.T, initiatives, features int) {
	t.Helper()
	long := "a name that a committee has agreed upon after a long debate, with a " + strings.Repeat("word", 12)
	for i := count(t, w, "site/features"); i < features; i++ {
		id := fmt.Sprintf("generated-%d", i)
		w.write(t, "site/features/"+id+".md", fmt.Sprintf("+++\ntitle = \"Feature %d, %s\"\nowner = \"a-team-with-a-long-name\"\n"+
			"[adoption]\nunit = \"team\"\neligible = 60\neligible_on = 2024-10-01\nsource = \"usage\"\n+++\n\nText.\n", i, long))
	}
	for i := count(t, w, "site/roadmap"); i < initiatives; i++ {
		id := fmt.Sprintf("generated-%d", i)
		w.write(t, "site/roadmap/"+id+".md", fmt.Sprintf("+++\ntitle = \"Initiative %d, %s\"\nstatus = \"idea\"\nowner = \"a-team-with-a-long-name\"\n"+
			"requested = 2024-09-02\n[rice]\nreach = %d\nimpact = \"high\"\nconfidence = \"medium\"\neffort = 3\n+++\n\nText.\n", i, long, 50+i))
	}
	usage := w.read(t, ".ip3dp/demo/usage.csv")
	head, _, _ := strings.Cut(usage, "\n")
	var rows strings.Builder
	for i := range features {
		for k, team := range []string{"checkout", "billing", "push", "customs", "routing"} {
			for week := range 20 + k {
				cells := map[string]string{
					"feature": fmt.Sprintf("generated-%d", i), "unit": team, "team": team, "count": "1",
					"date": day("2024-06-03", 9).AddDate(0, 0, 7*week).Format(time.DateOnly),
				}
				for n, column := range strings.Split(head, ",") {
					if n > 0 {
						rows.WriteByte(',')
					}
					rows.WriteString(cells[column])
				}
				rows.WriteByte('\n')
			}
		}
	}
	w.write(t, ".ip3dp/demo/usage.csv", usage+rows.String())
}

// count returns the number of files in a folder.
func count(t *testing.T, w *stateWorkshop, folder string) int {
	t.Helper()
	list, err := os.ReadDir(w.path(folder))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
