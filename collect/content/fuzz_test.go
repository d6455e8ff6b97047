package content

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// hostileTime is far above what any input within the limits takes.
const hostileTime = 2 * time.Second

func FuzzDecode(f *testing.F) {
	for _, text := range small() {
		f.Add([]byte(text))
	}
	for _, text := range hostile() {
		if len(text) < 1<<16 {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte("a = \"\"\"\"\"\"\"\"\n'b.c'.\"d\\u0041\" = [{x=1,y=[2]},]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		var got fact.Initiative
		lines, problems := Decode("a.toml", data, &got)
		if d := time.Since(start); d > hostileTime {
			t.Fatalf("took %v", d)
		}
		if lines == nil && len(problems) == 0 {
			t.Error("no lines and no problem")
		}
		for _, p := range problems {
			if p.File != "a.toml" || p.Line < 0 || p.Text == "" {
				t.Errorf("problem without a place: %+v", p)
			}
		}
	})
}

func FuzzFrontMatter(f *testing.F) {
	for name, text := range small() {
		f.Add([]byte(text), len(name) > 20)
	}
	f.Add([]byte("+++\r\ntitle = \"a\"\r\n+++"), true)
	f.Fuzz(func(t *testing.T, data []byte, feature bool) {
		name := "roadmap/a.md"
		if feature {
			name = "features/a.md"
		}
		start := time.Now()
		c, problems := Read(fstest.MapFS{name: &fstest.MapFile{Data: data}})
		Lint(c, lintOptions)
		if d := time.Since(start); d > hostileTime {
			t.Fatalf("took %v", d)
		}
		if len(c.Features)+len(c.Initiatives) != 1 {
			t.Errorf("file was lost: %v", problems)
		}
	})
}
