package sources

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
)

// exportPlan is a random export: the rows of each thing and their true account.
type exportPlan struct {
	rows   []string
	copies []string // rows that may occur again in another file
	want   compute.RowCounts
}

// addRow adds a row, and counts it.
func (p *exportPlan) addRow(class *int, format string, values ...any) {
	p.rows = append(p.rows, fmt.Sprintf(format, values...))
	*class++
	p.want.Read++
}

const (
	deploymentHeader = "id,repository,service,environment,created,finished,status"
	usageHeader      = "row_id,date,feature,unit,count"
)

// planDeployments returns rows of deployments: in one state or two, to production or not, of known,
// unowned and unknown things, and rows that are not usable.
func planDeployments(r *rand.Rand) *exportPlan {
	p := &exportPlan{}
	for i := range 5 + r.IntN(25) {
		created := time.Date(2024, 10, 1, 0, i, 0, 0, time.UTC)
		at, end := created.Format(time.RFC3339), created.Add(time.Hour).Format(time.RFC3339)
		place, class := "acme/shop,", &p.want.Counted
		environment := "production"
		switch r.IntN(8) {
		case 0:
			place, class = "acme/mono,shopp", &p.want.Nobody
		case 1:
			place = "acme/unowned,"
		case 2:
			place, class, environment = []string{"acme/shop,", "acme/mono,shopp"}[r.IntN(2)], &p.want.Environments, "staging"
		case 3:
			place = "acme/mono,api"
		}
		done := fmt.Sprintf("d%d,%s,%s,%s,%s,success", i, place, environment, at, end)
		switch r.IntN(9) {
		case 0:
			p.addRow(&p.want.Rejected, "d%d,%s,%s,,,", i, place, environment)
		case 1:
			p.addRow(&p.want.NotUnderstood, "d%d,%s,%s,%s,%s,somehow", i, place, environment, at, end)
		case 2:
			p.addRow(&p.want.ByRule, "d%d,%s,%s,2025-10-01T00:00:00Z,,", i, place, environment)
		case 3:
			p.addRow(&p.want.ByRule, ",,,,,,")
		case 4, 5:
			p.addRow(&p.want.Updates, "d%d,%s,%s,%s,,in_progress", i, place, environment, at)
			fallthrough
		default:
			p.addRow(class, "%s", done)
			p.copies = append(p.copies, done)
		}
	}
	return p
}

// planUsage returns rows of usage.
func planUsage(r *rand.Rand) *exportPlan {
	p := &exportPlan{}
	for i := range 5 + r.IntN(25) {
		day := time.Date(2024, 10, 1+i%28, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		feature, class := "pipelines", &p.want.Counted
		if r.IntN(4) == 0 {
			feature, class = []string{"pipline", "maria likes it a lot", "other"}[r.IntN(3)], &p.want.Nobody
		}
		row := fmt.Sprintf("u%d,%s,%s,dev%d,9", i, day, feature, i%5)
		switch r.IntN(8) {
		case 0:
			p.addRow(&p.want.Rejected, "u%d,,%s,dev,1", i, feature)
		case 1:
			p.addRow(&p.want.ByRule, "u%d,%s,%s,dev,0", i, day, feature)
		case 2:
			p.addRow(&p.want.ByRule, "u%d,2025-01-01,%s,dev,1", i, feature)
		case 3:
			p.addRow(class, "%s", row)
			p.addRow(&p.want.Updates, "u%d,%s,%s,dev%d,3", i, day, feature, i%5)
		default:
			p.addRow(class, "%s", row)
			p.copies = append(p.copies, row)
		}
	}
	return p
}

// write writes the rows in random order to some files, and some of them again to others.
func (p *exportPlan) write(t *testing.T, r *rand.Rand, dir, name, header string) {
	for _, row := range p.copies {
		if r.IntN(4) == 0 {
			p.addRow(&p.want.Repeats, "%s", row)
		}
	}
	r.Shuffle(len(p.rows), func(i, k int) { p.rows[i], p.rows[k] = p.rows[k], p.rows[i] })
	files := make([][]string, 1+r.IntN(4))
	for _, row := range p.rows {
		i := r.IntN(len(files))
		files[i] = append(files[i], row)
	}
	for i, rows := range files {
		text := strings.Join(append([]string{header}, rows...), "\n") + "\n"
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.csv", name, i)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAccount holds the account of random exports to the truth: each row has the class that it was
// made for, whatever the files and the order are, and the sum is exact for each file.
func TestAccount(t *testing.T) {
	c, problems := config.Parse("config.toml", []byte(`
[[events]]
name = "deployments"
kind = "deployments"
file = "dep-*.csv"
[[usage]]
name = "usage"
file = "use-*.csv"
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	content := fact.Content{
		Teams: []fact.Team{{ID: "web", Owns: []fact.Ownership{
			{Service: "shop", Repository: "acme/shop"}, {Service: "api", Repository: "acme/mono", Paths: []string{"api/**"}},
		}}},
		Features: []fact.Feature{{Item: fact.Item{ID: "pipelines", Title: "Pipelines"}}},
	}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 15))
		dir := t.TempDir()
		deployments, usage := planDeployments(r), planUsage(r)
		deployments.write(t, r, dir, "dep", deploymentHeader)
		usage.write(t, r, dir, "use", usageHeader)
		s := &Setup{Root: dir, Config: &c, Content: &content, AsOf: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)}
		list, err := List(s)
		if err != nil {
			t.Fatal(err)
		}
		read, err := Gather(context.Background(), s, time.Now, list)
		if err != nil {
			t.Fatal(err)
		}
		Merge(s, read, true)
		want := []Account{{"deployments", deployments.want}, {"usage", usage.want}}
		if diff := cmp.Diff(want, CountRows(read)); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
		for i := range read {
			rows := compute.CountRows(read[i].Events.Imports)
			sum := rows.Counted
			for _, x := range rows.List() {
				sum += x.N
			}
			if sum != rows.Read {
				t.Fatalf("seed %d: %s", seed, &rows)
			}
			for _, im := range read[i].Events.Imports {
				for _, left := range im.Rejected {
					if strings.Contains(left.Reason, "maria") {
						t.Fatalf("seed %d: text of a person is shown: %s", seed, left.Reason)
					}
				}
			}
		}
	}
}
