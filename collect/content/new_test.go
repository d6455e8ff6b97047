package content

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestNewFilesReadWithoutProblems(t *testing.T) {
	templates := os.DirFS("../../templates/scaffold/new")
	fsys := fstest.MapFS{"features/builds.md": &fstest.MapFile{Data: []byte(md + md)}}
	for _, kind := range ListKinds() {
		id := "my-" + kind
		if kind == "decision" {
			id = "2024-11-05-builds"
		}
		name, data, err := NewFile(templates, kind, id, date("2024-11-11"))
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: data}
	}
	c, problems := Read(fsys)
	if len(problems) > 0 {
		t.Fatal(problemsText(problems))
	}
	if len(fsys) != len(ListKinds())+1 {
		t.Errorf("%d kinds wrote %d files", len(ListKinds()), len(fsys)-1)
	}
	for i := range c.Features {
		if f := &c.Features[i]; f.ID == "my-feature" && (!f.Draft || f.Title != "My feature") {
			t.Errorf("feature is no draft or has no title: %+v", f)
		}
	}
	if findings := Lint(c, lintOptions); findingsText(findings) != findingsText(only(findings, "features/builds.md")) {
		t.Errorf("samples are linted: %s", findingsText(findings))
	}
	for _, s := range c.Surveys {
		if !s.Draft {
			t.Errorf("survey %s is no draft", s.ID)
		}
	}
}

func only(findings []Finding, file string) []Finding {
	var own []Finding
	for _, f := range findings {
		if f.File == file {
			own = append(own, f)
		}
	}
	return own
}

// Keys in comments are written for people to use: they must exist.
func TestNewFilesNameRealKeysInComments(t *testing.T) {
	templates := os.DirFS("../../templates/scaffold/new")
	for _, kind := range ListKinds() {
		name, data, err := NewFile(templates, kind, "x", date("2024-11-11"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(data), "\n")
		for i, line := range lines {
			text := strings.TrimPrefix(line, "# ")
			if text != line && (strings.Contains(text, " = ") || strings.HasPrefix(text, "[") || strings.HasPrefix(text, "  {") || strings.HasPrefix(text, "]")) {
				lines[i] = text
			}
		}
		_, problems := Read(fstest.MapFS{name: &fstest.MapFile{Data: []byte(strings.Join(lines, "\n"))}})
		for _, p := range problems {
			// What a value means (an ID that is not there) is the writer's.
			if strings.HasPrefix(p.Text, "unknown key") || strings.Contains(p.Text, ": want ") || strings.Contains(p.Text, "value ") {
				t.Errorf("%s: %v", kind, p)
			}
		}
	}
}

func TestNewRefuses(t *testing.T) {
	templates := os.DirFS("../../templates/scaffold/new")
	for _, test := range []struct{ kind, id, want string }{
		{"featur", "a", `unknown kind "featur"; did you mean "feature"?`},
		{"feature", "My Feature", `"My Feature" is not a valid ID; use lower-case letters, digits and dashes, at most 80: my-feature`},
		{"feature", "../a", `"../a" is not a valid ID; use lower-case letters, digits and dashes, at most 80: a`},
	} {
		t.Run(test.kind, func(t *testing.T) {
			if _, _, err := NewFile(templates, test.kind, test.id, date("2024-11-11")); err == nil || err.Error() != test.want {
				t.Errorf("New(%q, %q) = %v, want %s", test.kind, test.id, err, test.want)
			}
		})
	}
}
