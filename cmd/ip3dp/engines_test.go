//go:build engines && unix

package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/collect/testkit/engine"
)

// TestDevLake fills the tables of Apache DevLake with the facts of the small example, on each
// engine, and builds a site with the queries of templates/scaffold/devlake. Its numbers of
// delivery are those of a site from the files.
func TestDevLake(t *testing.T) {
	facts := readSmall(t)
	want := facts.buildFiles(t)
	for _, id := range []string{"deployment_frequency", "lead_time", "recovery_time", "restore_time"} {
		if !strings.Contains(want, "dora."+id+`" {"kind":"organisation"}: "ok"`) {
			t.Fatalf("the site from files has no %s:\n%.2000s", id, want)
		}
	}
	for _, name := range []string{"postgresql", "mysql"} {
		t.Run(name, func(t *testing.T) {
			s := engine.Start(t, name)
			loadDevLake(t, s, facts)
			got, site := facts.buildQueries(t, s, "")
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("numbers of delivery (-files +queries):\n%.6000s", diff)
			}
			// The same rows in the other order give the same bytes.
			_, again := facts.buildQueries(t, s, "ORDER BY 3 DESC, 2 DESC")
			if diff := cmp.Diff(site, again); diff != "" {
				t.Errorf("rows in another order give another site:\n%.3000s", diff)
			}
		})
	}
}

// small has the files of the small example, without repositories of several services.
type small struct {
	dir   string
	files map[string][][]string // by kind, with the header
}

func readSmall(t *testing.T) small {
	t.Helper()
	x := small{dir: t.TempDir(), files: map[string][][]string{}}
	if err := os.CopyFS(x.dir, os.DirFS("../../examples/small")); err != nil {
		t.Fatal(err)
	}
	runProgram(t, x.dir, nil, "demo", "--small", "--config", filepath.Join(x.dir, "config.toml"))
	if err := os.RemoveAll(filepath.Join(x.dir, "surveys")); err != nil {
		t.Fatal(err)
	}
	teams, err := os.ReadFile(filepath.Join(x.dir, "teams.toml"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := slices.DeleteFunc(strings.Split(string(teams), "\n[[team]]\n"), func(block string) bool {
		return strings.Contains(block, "/mono-")
	})
	writeFile(t, filepath.Join(x.dir, "teams.toml"), strings.Join(blocks, "\n[[team]]\n"))
	for _, kind := range []string{"deployments", "changes", "incidents"} {
		f, err := os.Open(filepath.Join(x.dir, ".ip3dp/demo", kind+".csv.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(z).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		at := columnsOf(rows[0])
		x.files[kind] = slices.DeleteFunc(rows, func(row []string) bool {
			return strings.Contains(row[at["repository"]], "/mono-")
		})
		for _, row := range x.files[kind][1:] {
			for _, name := range []string{"deployment", "ready"} { // DevLake does not have these
				if i, ok := at[name]; ok {
					row[i] = ""
				}
			}
		}
	}
	return x
}

func columnsOf(header []string) map[string]int {
	at := map[string]int{}
	for i, name := range header {
		at[name] = i
	}
	return at
}

// smallConfig is the configuration without sources.
const smallConfig = `[platform]
name = "Acme"
developers = 80
as_of = 2024-11-11
[site]
audience = "organisation"
`

// buildFiles returns the numbers of a site from the files.
func (x small) buildFiles(t *testing.T) string {
	t.Helper()
	config := smallConfig
	for kind, rows := range x.files {
		var b bytes.Buffer
		if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(x.dir, kind+".csv"), b.String())
		config += fmt.Sprintf("[[events]]\nkind = %q\nfile = %q\nenvironment = \"production\"\n", kind, kind+".csv")
	}
	numbers, _ := x.build(t, config, nil)
	return numbers
}

// buildQueries returns the numbers and the files of a site from the queries.
func (x small) buildQueries(t *testing.T, s *engine.Server, order string) (string, map[string]string) {
	t.Helper()
	config := smallConfig
	for kind := range x.files {
		query, err := os.ReadFile(filepath.Join("../../templates/scaffold/devlake", s.Name, kind+".sql"))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(x.dir, kind+".sql"), string(query)+order)
		config += fmt.Sprintf("[[sql]]\nkind = %q\nquery = %q\ndsn_env = \"IP3DP_DSN\"\ntimezone = \"UTC\"\n", kind, kind+".sql")
	}
	return x.build(t, config, []string{"IP3DP_DSN=" + s.DSN})
}

// build returns the numbers of delivery and all files of a site, and looks for the password in
// everything that was printed, kept and published.
func (x small) build(t *testing.T, config string, env []string) (string, map[string]string) {
	t.Helper()
	writeFile(t, filepath.Join(x.dir, "config.toml"), config)
	for _, folder := range []string{"public", ".ip3dp"} {
		if err := os.RemoveAll(filepath.Join(x.dir, folder)); err != nil {
			t.Fatal(err)
		}
	}
	printed := runProgram(t, x.dir, env, "build", "--config", filepath.Join(x.dir, "config.toml"))
	files := map[string]string{}
	err := filepath.WalkDir(x.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if strings.Contains(string(data), engine.Password) {
			t.Errorf("%s has the password", name)
		}
		if rel, ok := strings.CutPrefix(name, filepath.Join(x.dir, "public")+"/"); ok && rel != "data/run.json" && rel != "data/manifest.json" {
			files[rel] = string(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(printed, engine.Password) {
		t.Errorf("the password was printed:\n%s", printed)
	}
	var measured struct {
		Sections []struct {
			Metrics []map[string]json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(files["data/measured.json"]), &measured); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, section := range measured.Sections {
		for _, m := range section.Metrics {
			if bytes.HasPrefix(m["id"], []byte(`"dora.`)) {
				lines = append(lines, fmt.Sprintf("%s %s: %s %s (%s … %s) of %s", m["id"], m["scope"], m["state"], m["value"],
					m["lo"], m["hi"], m["n"]))
			}
		}
	}
	return strings.Join(lines, "\n"), files
}

func writeFile(t *testing.T, name, data string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

// runProgram runs a command, which must not fail, and returns what it printed.
func runProgram(t *testing.T, _ string, env []string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if code := start(args, append([]string{"NO_COLOR=1"}, env...), strings.NewReader(""), &out, &out); code != exit.Complete {
		t.Fatalf("ip3dp %q ended with %d:\n%s", args, code, out.String())
	}
	return out.String()
}

// table is a table to fill.
type table struct {
	name, columns string
	rows          [][]any
}

// loadDevLake writes the facts as DevLake would: a project and a board for each repository.
func loadDevLake(t *testing.T, s *engine.Server, x small) {
	t.Helper()
	schema, err := os.ReadFile("testdata/devlake/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	types := strings.NewReplacer(" TIME", " timestamptz", " DOUBLE", " double precision", " TEXT", " text", "`", `"`)
	if s.Name == "mysql" {
		types = strings.NewReplacer(" TIME", " datetime(3) NULL", " TEXT", " longtext")
	}
	types = strings.NewReplacer("ORIGIN", types.Replace("created_at TIME, updated_at TIME, _raw_data_params varchar(255), "+
		"_raw_data_table varchar(255), _raw_data_id bigint, _raw_data_remark TEXT"), " TIME", types.Replace(" TIME"),
		" DOUBLE", types.Replace(" DOUBLE"), " TEXT", types.Replace(" TEXT"), "`", types.Replace("`"))
	_, statements, _ := strings.Cut(string(schema), "CREATE")
	for statement := range strings.SplitSeq("CREATE"+statements, ";\n") {
		if strings.TrimSpace(statement) != "" {
			s.Exec(t, types.Replace(statement))
		}
	}
	for _, x := range x.tables(t) {
		s.Insert(t, x.name, x.columns, x.rows)
	}
}

// tables returns the rows of DevLake's tables.
func (x small) tables(t *testing.T) []table {
	t.Helper()
	moment := func(text string) any {
		if text == "" {
			return nil
		}
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.UTC().Format("2006-01-02 15:04:05") // PostgreSQL's administrator has UTC, as DevLake has
	}
	const web = "https://git.example/"
	quote := "`table`"
	repos := table{name: "repos", columns: "id, name, url"}
	projects := table{name: "project_mapping", columns: "project_name, " + quote + ", row_id"}
	requests := table{name: "pull_requests", columns: "id, base_repo_id, head_repo_id, title, url, author_name, author_id, " +
		"pull_request_key, created_date, merged_date, closed_date, merge_commit_sha, base_ref, head_commit_sha, is_draft"}
	labels := table{name: "pull_request_labels", columns: "pull_request_id, label_name"}
	commits := table{name: "pull_request_commits", columns: "commit_sha, pull_request_id, commit_authored_date"}
	comments := table{name: "pull_request_comments", columns: "id, pull_request_id, account_id, created_date, type"}
	accounts := table{name: "accounts", columns: "id, user_name"}
	incidents := table{name: "incidents", columns: "id, url, title, severity, created_date, resolution_date, " + quote + ", scope_id"}
	deployments := table{name: "cicd_deployment_commits", columns: "id, cicd_scope_id, cicd_deployment_id, url, result, " +
		"status, environment, created_date, finished_date, commit_sha, ref_name, repo_id, repo_url, " +
		"prev_success_deployment_commit_id"}
	diffs := table{name: "commits_diffs", columns: "new_commit_sha, old_commit_sha, commit_sha"}

	seen := map[string]bool{}
	changes, at := x.files["changes"], columnsOf(x.files["changes"][0])
	for _, row := range changes[1:] {
		cell := func(name string) string { return row[at[name]] }
		repository := cell("repository")
		if !seen[repository] {
			seen[repository] = true
			repos.rows = append(repos.rows, []any{"r:" + repository, repository, web + repository})
			for _, kind := range []string{"repos", "cicd_scopes", "boards"} {
				projects.rows = append(projects.rows, []any{"project " + repository, kind, "r:" + repository})
			}
		}
		author, id := cell("author"), "pr:"+repository+":"+cell("id")
		if !seen["@"+author] {
			seen["@"+author] = true
			accounts.rows = append(accounts.rows, []any{"a:" + author, author})
		}
		requests.rows = append(requests.rows, []any{
			id, "r:" + repository, "r:" + repository, cell("title"), cell("url"), author, "a:" + author,
			cell("id"), moment(cell("opened")), moment(cell("merged")), moment(cell("closed")), cell("merge_commit"),
			cell("branch"), cell("head"), cell("draft") == "true",
		})
		for label := range strings.SplitSeq(cell("labels"), ";") {
			if label != "" {
				labels.rows = append(labels.rows, []any{id, label})
			}
		}
		commits.rows = append(commits.rows, []any{cell("head"), id, moment(cell("first_commit"))})
		if first := moment(cell("first_review")); first != nil {
			comments.rows = append(comments.rows, []any{"c:" + id, id, "a:reviewer", first, "REVIEW"},
				[]any{"n:" + id, id, "a:reviewer", moment(cell("opened")), "NORMAL"})
		}
	}
	list, at := x.files["deployments"], columnsOf(x.files["deployments"][0])
	// The successful deployment before, by repository and environment: ID and commit.
	previous := map[string][]string{}
	merged := map[string][][2]string{} // time and commit of merges by repository, in order
	for _, row := range changes[1:] {
		if c := columnsOf(changes[0]); row[c["merged"]] != "" {
			merged[row[c["repository"]]] = append(merged[row[c["repository"]]], [2]string{row[c["merged"]], row[c["merge_commit"]]})
		}
	}
	for _, list := range merged {
		slices.SortFunc(list, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	}
	for _, row := range list[1:] {
		cell := func(name string) string { return row[at[name]] }
		repository := cell("repository")
		place := repository + " " + cell("environment")
		before := previous[place]
		if before == nil {
			before = []string{"", ""}
		}
		placeOf := func(sha string) int {
			return slices.IndexFunc(merged[repository], func(m [2]string) bool { return m[1] == sha })
		}
		if from, to := placeOf(before[1]), placeOf(cell("commit")); from >= 0 && from < to && !seen[before[1]+cell("commit")] {
			seen[before[1]+cell("commit")] = true
			for _, m := range merged[repository][from+1 : to+1] {
				diffs.rows = append(diffs.rows, []any{cell("commit"), before[1], m[1]})
			}
		}
		result := map[string]string{"success": "SUCCESS", "failure": "FAILURE"}[cell("status")]
		deployments.rows = append(deployments.rows, []any{
			"d:" + cell("id"), "r:" + repository, cell("id"), cell("url"), result, "DONE", strings.ToUpper(cell("environment")),
			moment(cell("created")), moment(cell("finished")), cell("commit"), cell("ref"), "r:" + repository, web + repository,
			before[0],
		})
		if result == "SUCCESS" {
			previous[place] = []string{"d:" + cell("id"), cell("commit")}
		}
	}
	list, at = x.files["incidents"], columnsOf(x.files["incidents"][0])
	for _, row := range list[1:] {
		cell := func(name string) string { return row[at[name]] }
		incidents.rows = append(incidents.rows, []any{
			cell("id"), cell("url"), cell("title"), cell("severity"), moment(cell("opened")), moment(cell("resolved")),
			"boards", "r:" + cell("repository"),
		})
	}
	return []table{repos, accounts, projects, requests, labels, commits, comments, deployments, diffs, incidents}
}
