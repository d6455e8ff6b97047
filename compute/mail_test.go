package compute

import (
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestEvidenceHasNoMail(t *testing.T) {
	e := []metric.Evidence{{Rows: []metric.Row{{Cells: []string{"INC-1", "ann@acme.example"}, URL: "https://desk.example/?by=ann@acme.example"}}}}
	maskMails(e)
	if r := e[0].Rows[0]; r.Cells[0] != "INC-1" || r.Cells[1] != "[e-mail]" || r.URL != "https://desk.example/?by=[e-mail]" {
		t.Errorf("%+v", r)
	}
}
