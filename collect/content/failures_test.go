package content

import (
	"testing"
	"time"
)

func TestFailures(t *testing.T) {
	files := map[string]string{"failures.toml": `# reviewed
[[failure]]
deployment = "42"
repository = "fawkes/checkout"
failed = false
reason = "planned switch back"
by = "on-call engineer"
on = 2024-10-07
[[failure]]
deployment = "43"
failed = true
restored = 2024-10-07T11:00:00Z
reason = "reported by phone"
by = "on-call engineer"
on = 2024-10-08
`}
	c, problems := Read(mapFS(files))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(c.Failures) != 2 {
		t.Fatalf("got %+v, want two", c.Failures)
	}
	a, b := c.Failures[0], c.Failures[1]
	if a.Deployment != "42" || *a.Failed || a.Repository != "fawkes/checkout" || a.Line != 2 || a.File != "failures.toml" || !a.On.Equal(date("2024-10-07")) {
		t.Errorf("first: %+v", a)
	}
	if !*b.Failed || !b.Restored.Equal(time.Date(2024, 10, 7, 11, 0, 0, 0, time.UTC)) || b.Reason != "reported by phone" || b.By != "on-call engineer" {
		t.Errorf("second: %+v", b)
	}
}
