package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// TestGapsAreToldOnce: a reason is one line, whoever tells it first; --verbose has a
// line for each repository.
func TestGapsAreToldOnce(t *testing.T) {
	var list []fact.Gap
	for i := range 37 {
		list = append(list, fact.Gap{Repository: fmt.Sprintf("acme/r%02d", i), Reason: "changes could not be read: 403 Forbidden", Next: "ask"})
	}
	for _, verbose := range []bool{false, true} {
		var log bytes.Buffer
		p := newProgram(nil, strings.NewReader(""), &log, &log)
		p.verbose = verbose
		p.warnGaps("forge", list)
		p.warnGaps("forge", list) // as a run does that collects and builds
		want := "warning: source forge: changes of 37 repositories could not be read: 403 Forbidden; ask; --verbose lists them\n"
		if verbose {
			want = ""
			for _, g := range list {
				want += "warning: source forge: " + g.Repository + ": changes could not be read: 403 Forbidden; ask\n"
			}
		}
		if log.String() != want {
			t.Errorf("verbose %v:\n%s", verbose, log.String())
		}
	}
}
