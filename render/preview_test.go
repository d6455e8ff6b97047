package render

import (
	"strings"
	"testing"
)

// TestPreview: a preview has no evidence of its own, yet no link of it is dead,
// and no page of it can be taken for the published one.
func TestPreview(t *testing.T) {
	r, c, ev := small(t)
	published := tree(t, options, r, c, ev)
	o := options
	o.Preview = true
	preview := tree(t, o, r, c, nil)
	const banner = "Preview of a proposed change."
	for path, page := range published {
		if !strings.HasSuffix(path, ".html") {
			continue
		}
		if strings.Contains(page, banner) {
			t.Errorf("%s: the published page calls itself a preview", path)
		}
		other, ok := preview[path]
		if !ok {
			t.Errorf("%s is not in the preview", path)
		} else if !strings.Contains(other, banner) {
			t.Errorf("%s: the preview does not say that it is one", path)
		}
	}
	if page := preview["delivery/evidence/index.html"]; !strings.Contains(page, "not part of a preview") {
		t.Errorf("the evidence page of a preview does not say where the evidence is:\n%s", page)
	}
}
