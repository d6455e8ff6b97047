package proof_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// canaries makes cells that people may have written, and remembers what is found of
// them wherever they are quoted.
type canaries struct {
	needles [][]byte
	n       int
}

func (c *canaries) cell() string {
	forms := []string{"Zoe Canary%04dq", "canary%04dq@example.com", "too slow for canary%04dq, sorry", "+49 170 55%04dq", "=canary%04dq", "Canary%04dq's team is \u00e9l\u00e8ve"}
	c.n++
	cell := fmt.Sprintf(forms[c.n%len(forms)], c.n)
	c.needles = append(c.needles, fmt.Appendf(nil, "%04dq", c.n))
	return cell
}

func (c *canaries) cells(n int) []string {
	var list []string
	for range n {
		list = append(list, c.cell())
	}
	return list
}

// row is a row of cells in quotes.
func (c *canaries) row(n int) string {
	return `"` + strings.Join(c.cells(n), `","`) + `"` + "\n"
}

// misread are the ways in which a file is not what its table says.
var misread = []struct {
	name string
	file func(c *canaries, columns []string, fixed map[string]string) string
}{
	{"no header", func(c *canaries, columns []string, _ map[string]string) string {
		return c.row(len(columns)) + c.row(len(columns))
	}},
	{"no header, semicolons", func(c *canaries, _ []string, _ map[string]string) string {
		return strings.ReplaceAll(c.row(4)+c.row(4), `","`, `";"`)
	}},
	{"words of people in the header", func(c *canaries, columns []string, _ map[string]string) string {
		return strings.Join(append(c.cells(2), columns[0], "email of "+c.cell()), ";") + "\n"
	}},
	{"wrong types", func(c *canaries, columns []string, fixed map[string]string) string {
		text := strings.Join(columns, ",") + "\n"
		for i := range columns {
			var cells []string
			for j, column := range columns {
				value, ok := fixed[column]
				if value = strings.ReplaceAll(value, "#", "1"); i == j && ok && !thing[column] || !ok && !thing[column] {
					value = c.cell()
				} else if !ok {
					value = "x" + fmt.Sprint(i)
				}
				cells = append(cells, value)
			}
			text += `"` + strings.Join(cells, `","`) + `"` + "\n"
		}
		return text
	}},
	{"a quote that never ends", func(c *canaries, columns []string, _ map[string]string) string {
		return strings.Join(columns, ",") + "\n\"" + strings.Join(c.cells(3), "\n") + "\n" + c.row(2)[1:]
	}},
	{"quotes within cells", func(c *canaries, columns []string, _ map[string]string) string {
		return strings.Join(columns, ",") + "\n" + strings.Join(c.cells(2), `"x,`) + "\n"
	}},
	{"UTF-16 cut in the middle", func(c *canaries, _ []string, _ map[string]string) string {
		text := "\xff\xfe"
		for _, r := range c.row(3) {
			text += string([]byte{byte(r), byte(r >> 8)})
		}
		return text + "x"
	}},
	{"another code page", func(c *canaries, columns []string, _ map[string]string) string {
		return strings.Join(columns, ",") + "\n" + strings.ReplaceAll(c.row(len(columns)), "\u00e9", "\xe9")
	}},
	{"JSON of other things", func(c *canaries, _ []string, _ map[string]string) string {
		return fmt.Sprintf("[{%q: %q}, {%q: {%q: %q}}]", c.cell(), c.cell(), c.cell(), c.cell(), c.cell())
	}},
	{"JSON that breaks off", func(c *canaries, columns []string, _ map[string]string) string {
		return fmt.Sprintf("[{%q: %q, %q: %s", columns[0], c.cell(), c.cell(), c.cell())
	}},
	{"JSON with wrong types", func(c *canaries, columns []string, fixed map[string]string) string {
		var fields []string
		for _, column := range columns {
			if _, ok := fixed[column]; ok {
				fields = append(fields, fmt.Sprintf("%q: [%q, {%q: %q}]", column, c.cell(), c.cell(), c.cell()))
			}
		}
		return "{" + strings.Join(fields, ",") + "}\n{" + c.cell() + "}\n[" + c.cell() + "]\n"
	}},
	{"a list of texts", func(c *canaries, _ []string, _ map[string]string) string {
		return fmt.Sprintf("[%q, %q]", c.cell(), c.cell())
	}},
	{"an ambiguous date", func(c *canaries, columns []string, fixed map[string]string) string {
		var cells []string
		for _, column := range columns {
			value, ok := fixed[column]
			if strings.Contains(value, "2025-") {
				value = "3/4/2025"
			} else if !ok && column == "title" {
				value = c.cell()
			} else if !ok {
				value = "x"
			}
			cells = append(cells, strings.ReplaceAll(value, "#", "1"))
		}
		return strings.Join(columns, ",") + "\n" + strings.Join(cells, ",") + "\n"
	}},
}

// thing are columns that hold names of things and references, which a site shows and
// warnings name.
var thing = map[string]bool{
	"id": true, "environment": true, "team": true, "feature": true, "service": true, "repository": true, "ref": true, "url": true, "part": true,
	"deployment": true, "commit": true, "change": true, "task": true, "labels": true, "severity": true, "tracker": true, "resolution": true,
}

// TestErrorsQuoteNoCell reads exports that are broken in every way by every importer.
// Nothing that stands in them is in what is printed, in the record of the run, in the
// summary of the job or in what is kept.
func TestErrorsQuoteNoCell(t *testing.T) {
	t.Parallel()
	c := &canaries{}
	p := &platform{t: t, folder: t.TempDir(), env: []string{"NO_COLOR=1"}}
	var config strings.Builder
	for i, k := range seededKinds {
		for j, way := range misread {
			file := fmt.Sprintf("exports/%d-%d", i, j)
			p.writeIn(file, way.file(c, k.columns, k.fixed))
			fmt.Fprintf(&config, "[[%s]]\nname = \"s%d-%d\"\nfile = %q\n", k.table, i, j, file)
			if k.kind != "" {
				fmt.Fprintf(&config, "kind = %q\n", k.kind)
			}
		}
	}
	p.writeIn("measures.toml", "[[measure]]\nid = \"uptime\"\ntitle = \"Uptime\"\nunit = \"percent\"\n")
	for j, way := range misread {
		p.writeIn(fmt.Sprintf("surveys/wave%d.toml", j), fmt.Sprintf("title = \"Wave\"\nfile = \"%d\"\nsent = 2025-03-10\nnps = \"Score\"\n[columns]\nat = \"At\"\nreason = \"Why\"\n[[item]]\nid = \"docs\"\nquestion = \"Docs\"\n", j))
		p.writeIn(fmt.Sprintf("surveys/%d", j), way.file(c, []string{"At", "Score", "Why", "Docs"}, map[string]string{"At": "2025-03-11", "Score": "9"}))
	}
	p.writeIn("exports/good.csv", "id,opened\n1,2025-03-20\n")
	p.write("config.toml", config.String()+"[[tickets]]\nname = \"good\"\nfile = \"exports/good.csv\"\n")
	if c.n < 500 {
		t.Fatalf("%d cells", c.n)
	}
	summary := p.file("summary.md")
	p.env = append(p.env, "GITHUB_STEP_SUMMARY="+summary, "GITHUB_OUTPUT="+p.file("output"))
	now := time.Date(2025, 4, 1, 3, 0, 0, 0, time.UTC)
	for _, args := range [][]string{{"build"}, {"check"}, {"doctor"}, {"ci", "summary", "--exit", "3"}} {
		did := p.run(now, args...)
		if args[0] == "build" && did.code != 3 {
			t.Fatalf("exit code %d\n%s", did.code, did.said)
		}
		told(t, args[0], []byte(did.said), c.needles)
	}
	if text, err := os.ReadFile(summary); err != nil {
		t.Error(err)
	} else {
		told(t, "the summary", text, c.needles)
	}
	files := toldIn(t, p.file("public"), c.needles) + toldIn(t, p.file(".ip3dp"), c.needles)
	t.Logf("%d cells, %d files", c.n, files)
}
