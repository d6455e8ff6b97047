package content

import (
	"fmt"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func BenchmarkDecode(b *testing.B) {
	doc, bad := splitFrontMatter([]byte(small()["roadmap/auto.md"]))
	if bad != nil {
		b.Fatal(bad)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(doc.head)))
	for b.Loop() {
		var got fact.Initiative
		Decode("a.md", doc.head, &got)
	}
}

// BenchmarkRead1000 reads a thousand initiatives: divide by 1000 for one file.
func BenchmarkRead1000(b *testing.B) {
	files := small()
	one := files["roadmap/auto.md"]
	for i := range 1000 {
		files[fmt.Sprintf("roadmap/copy-%d.md", i)] = one
	}
	fsys := mapFS(files)
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := Read(fsys); len(problems) > 0 {
			b.Fatal(problems[0])
		}
	}
}
