package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// smallWorld writes a platform of two teams with an export of every kind, all of
// whose rows match.
func smallWorld(t *testing.T) string {
	dir := t.TempDir()
	files := map[string]string{
		"config.toml": `[platform]
developers = 40
[deploy]
production = "^production$"
exclude = "^preview$"
[dora]
hotfix_branch = "^hotfix/"
`,
		"teams.toml": "[[team]]\nid = \"pay\"\ntitle = \"Payments\"\ndevelopers = 8\nowns = [{ repository = \"acme/pay\" }]\n" +
			"[[team]]\nid = \"web\"\ntitle = \"Web\"\ndevelopers = 9\nowns = [{ repository = \"acme/web\" }]\n",
		"measures.toml":        "[[measure]]\nid = \"build_minutes\"\ntitle = \"Build minutes\"\nunit = \"minutes\"\nbetter = \"down\"\n",
		"features/gitops.md":   "+++\ntitle = \"GitOps\"\nowner = \"platform\"\n[adoption]\nunit = \"developer\"\neligible = 20\neligible_on = 2024-10-01\n+++\n",
		"features/vault.md":    "+++\ntitle = \"Vault\"\nowner = \"platform\"\n[adoption]\nunit = \"team\"\neligible = 2\neligible_on = 2024-10-01\n+++\n",
		"surveys/2024-10.toml": "title = \"Autumn\"\nfile = \"2024-10.csv\"\nsent = 2024-10-15\nclosed = 2024-10-18\nnps = \"How likely\"\n[columns]\nat = \"Timestamp\"\nteam = \"Team\"\nloved = \"Loved\"\n",
	}
	for _, kind := range []string{"deployments", "changes", "incidents"} {
		files["config.toml"] += fmt.Sprintf("[[events]]\nkind = %q\nfile = \"%s.csv\"\ncovers_from = 2024-07-01\ncovers_to = 2024-11-11\n", kind, kind)
	}
	for _, kind := range []string{"usage", "tickets", "measures", "tasks"} {
		files["config.toml"] += fmt.Sprintf("[[%s]]\nfile = \"%s.csv\"\n", kind, kind)
	}
	rows := map[string]*strings.Builder{}
	row := func(file, text string) {
		if rows[file] == nil {
			rows[file] = &strings.Builder{}
		}
		rows[file].WriteString(text + "\n")
	}
	row("deployments.csv", "repository,id,environment,commit,created,finished,status")
	row("changes.csv", "repository,id,author,head_branch,first_commit,opened,merged,merge_commit")
	row("incidents.csv", "id,service,opened,resolved,deployment")
	row("usage.csv", "feature,developer,team,date")
	row("tickets.csv", "id,title,team,opened,resolved")
	row("measures.csv", "measure,date,value,team")
	row("tasks.csv", "task,date,minutes,unaided,team")
	row("surveys/2024-10.csv", "Timestamp,Team,How likely,Loved")
	first := time.Date(2024, 7, 2, 10, 0, 0, 0, time.UTC)
	for week := range 18 {
		for i, team := range []string{"pay", "web"} {
			at := first.AddDate(0, 0, 7*week+i)
			stamp := func(hours int) string { return at.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339) }
			n := 2*week + i
			branch := fmt.Sprint("feature/", n)
			if n%6 == 1 {
				branch = fmt.Sprint("hotfix/", n)
			}
			row("deployments.csv", fmt.Sprintf("acme/%s,%d,production,%040d,%s,%s,success", team, n, n, stamp(0), stamp(1)))
			row("deployments.csv", fmt.Sprintf("acme/%s,p%d,preview,%040d,%s,%s,success", team, n, n, stamp(-2), stamp(-1)))
			row("changes.csv", fmt.Sprintf("acme/%s,%d,dev%d,%s,%s,%s,%s,%040d", team, n, n%5, branch, stamp(-30), stamp(-20), stamp(-3), n))
			row("usage.csv", fmt.Sprintf("gitops,dev%d,%s,%s", n%9, team, stamp(0)[:10]))
			row("usage.csv", fmt.Sprintf("vault,,%s,%s", team, stamp(0)[:10]))
			row("tickets.csv", fmt.Sprintf("T-%d,slow build,%s,%s,%s", n, team, stamp(0), stamp(9)))
			row("measures.csv", fmt.Sprintf("build_minutes,%s,%d,%s", stamp(0)[:10], 5+n%3, team))
			row("tasks.csv", fmt.Sprintf("deploy,%s,%d,yes,%s", stamp(0)[:10], 10+n%5, team))
			if n%5 == 0 {
				row("incidents.csv", fmt.Sprintf("I-%d,acme/%s,%s,%s,%d", n, team, stamp(2), stamp(4), n))
			}
		}
	}
	for i := range 24 {
		row("surveys/2024-10.csv", fmt.Sprintf("2024-10-15T09:%02d:00Z,%s,%d,%s", i, []string{"Payments", "Web"}[i%2], 6+i%5, []string{"GitOps", "Vault"}[i%2]))
	}
	for name, text := range files {
		put(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	for name, text := range rows {
		put(t, filepath.Join(dir, filepath.FromSlash(name)), text.String())
	}
	return dir
}

// outcome is what a build gave, as far as a sweep compares it.
type outcome struct {
	exit    exit.Code
	values  map[string]string // state and value of every metric
	doubted map[string]bool   // metrics that are not plain numbers
	remarks string            // what the data page says beside numbers
	log     string
}

func builtOutcome(t *testing.T, dir string) outcome {
	t.Helper()
	var log bytes.Buffer
	if err := os.RemoveAll(filepath.Join(dir, ".ip3dp")); err != nil { // history would remember the world before
		t.Fatal(err)
	}
	out := outcome{values: map[string]string{}, doubted: map[string]bool{}}
	out.exit = start([]string{"build", "--config", filepath.Join(dir, "config.toml"), "--now", "2024-11-11", "--new-history"}, nil, nil, &log, &log)
	out.log = log.String()
	if out.exit != exit.Complete {
		return out
	}
	var m compute.Measured
	if err := readJSON(filepath.Join(dir, "public", "data", "measured.json"), &m); err != nil {
		t.Fatal(err)
	}
	for i := range m.Sections {
		for k := range m.Sections[i].Metrics {
			mt := &m.Sections[i].Metrics[k]
			key := fmt.Sprint(mt.ID, " ", mt.Scope.Kind, " ", mt.Scope.ID)
			value := string(mt.State)
			if mt.Value != nil {
				value += fmt.Sprintf(" %.6g", *mt.Value)
			}
			out.values[key] = value
			out.doubted[key] = mt.State != metric.OK || len(mt.Warnings) > 0
		}
	}
	out.remarks = fmt.Sprint(m.Unmatched, m.Doubts)
	return out
}

// mutation breaks a pattern or a key in one file.
type mutation struct{ name, file, old, now string }

// everyMutation breaks each pattern and each key that joins two files.
var everyMutation = []mutation{
	{"deploy.production matches nothing", "config.toml", `production = "^production$"`, `production = "^produktion$"`},
	{"deploy.production is in capitals", "config.toml", `production = "^production$"`, `production = "^PRODUCTION$"`},
	{"deploy.exclude takes all", "config.toml", `exclude = "^preview$"`, `exclude = "pr"`},
	{"hotfix_branch matches nothing", "config.toml", `hotfix_branch = "^hotfix/"`, `hotfix_branch = "^fix/"`},
	{"environment of one team is another", "deployments.csv", "production,", "prd,"},
	{"deployments are inactive only", "deployments.csv", "success", "inactive"},
	{"repository of deployments", "deployments.csv", "acme/pay", "acme/pya"},
	{"repository of changes", "changes.csv", "acme/pay", "acme/pya"},
	{"commit of changes", "changes.csv", ",0000000000000000000", ",1111111111111111111"},
	{"repository of a team", "teams.toml", "acme/pay", "acme/pya"},
	{"service of incidents", "incidents.csv", "acme/pay", "payment-svc"},
	{"service and deployment of incidents", "incidents.csv", ",acme/pay,", ",pay-svc,"},
	{"deployment of incidents", "incidents.csv", "Z,", "Z,X-"},
	{"feature of usage", "usage.csv", "gitops", "git-ops"},
	{"another feature of usage", "usage.csv", "gitops", "argo"},
	{"team of usage", "usage.csv", "vault,,pay", "vault,,paay"},
	{"ID of a measure", "measures.csv", "build_minutes", "build-minutes"},
	{"team of a measure", "measures.csv", ",pay", ",paay"},
	{"task", "tasks.csv", "minutes,", "mins,"},
	{"question of a survey", "surveys/2024-10.csv", "How likely", "Recommend"},
	{"column of teams in a survey", "surveys/2024-10.csv", "Team", "Squad"},
	{"column of what is loved", "surveys/2024-10.csv", "Loved", "Best"},
}

// sweep breaks a world in each way: a number that is another then has a remark, on
// the metric itself or on the page of data, or the build is not complete.
func sweep(t *testing.T, dir string, mutations []mutation) {
	base := builtOutcome(t, dir)
	if base.exit != exit.Complete {
		t.Fatalf("the world itself: exit %d\n%s", base.exit, base.log)
	}
	for _, x := range mutations {
		t.Run(x.name, func(t *testing.T) {
			file := filepath.Join(dir, filepath.FromSlash(x.file))
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			whole := string(data)
			broken := strings.ReplaceAll(whole, x.old, x.now)
			if broken == whole {
				t.Fatalf("%s has no %q", x.file, x.old)
			}
			put(t, file, broken)
			defer put(t, file, whole)
			got := builtOutcome(t, dir)
			if got.exit != exit.Complete {
				return
			}
			for key, was := range base.values {
				now, still := got.values[key]
				if now == was || still && got.doubted[key] || got.remarks != base.remarks {
					continue
				}
				t.Errorf("%s: %s was %s, is %q, and nothing says why", x.name, key, was, now)
			}
		})
	}
}

func TestWhatMatchesNothingIsRemarked(t *testing.T) {
	sweep(t, smallWorld(t), everyMutation)
}
