package dora

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// What an incident's text refers to is what it names, if that was deployed before.
func TestIncidentsWhoseTextNames(t *testing.T) {
	const one, two = "1111111aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "2222222bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	for _, tt := range []struct {
		name, text string
		opened     time.Time
		want       []string
	}{
		{"a deployment", "broke after deployment d1", at(4, 12), []string{"d1: incident_field i, 14T12:00"}},
		{"a request", "since #1 it fails", at(4, 12), []string{"d1: incident_field i, 14T12:00"}},
		{"a request by its address", "https://git.example.com/ACME/shop/pull/1", at(4, 12), []string{"d1: incident_field i, 14T12:00"}},
		{"a commit by its beginning", "1111111 is bad", at(4, 12), []string{"d1: incident_field i, 14T12:00"}},
		{"two: the latest that was there", "either #1 or #2", at(4, 12), []string{"d2: incident_field i, 14T12:00"}},
		{"the mender came later", "caused by #1, mended by #4", at(2, 20), []string{"d1: incident_field i, 14T12:00"}},
		{"the mender takes the cause back", "closed by #3", at(2, 20), []string{"d2: incident_field i, 14T12:00"}},
		{"another repository's request", "acme/till#1", at(4, 12), nil},
		{"an issue of that number", "as in #99", at(4, 12), nil},
		{"an issue of that number, soon after: as if it named nothing", "as in #99", at(3, 12), []string{"d3: window i, 14T12:00"}},
		{"what history begins with", "since #0", at(4, 12), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory()
			h.change(merged("0", "m0", at(0, 8))).deploy("d0", "m0", at(0, 9))
			h.change(merged("1", one, at(1, 8))).deploy("d1", one, at(1, 9))
			h.change(merged("2", two, at(2, 8))).deploy("d2", two, at(2, 9))
			h.change(merged("3", "m3", at(3, 8), reverting("2"))).deploy("d3", "m3", at(3, 9))
			h.change(merged("4", "m4", at(5, 8))).deploy("d4", "m4", at(5, 9))
			h.incident(fact.Incident{ID: "i", Opened: tt.opened, Resolved: at(5, 12), Mentions: text.Mentions(tt.text)})
			l := h.linkWith(t, func(o *Options) { o.Classes = []string{"incident_field", "window"} })
			want(t, tt.name, failures(l), tt.want)
		})
	}
}

// An incident of a repository from which nothing is deployed belongs to the service
// that its text refers to.
func TestIncidentsOfAnotherRepository(t *testing.T) {
	h := newHistory()
	h.change(merged("0", "m0", at(0, 8))).deploy("d0", "m0", at(0, 9))
	h.change(merged("1", "m1", at(1, 8))).deploy("d1", "m1", at(1, 9))
	h.Repositories = append(h.Repositories, fact.Repository{Name: "acme/ops"})
	h.Incidents = append(h.Incidents, fact.Incident{ID: "i", Repository: "acme/ops", Opened: at(3, 12), Resolved: at(3, 13), Mentions: text.Mentions("acme/shop#1")})
	want(t, "failures", failures(h.linkService(t, repo)), []string{"d1: incident_field i, 12T13:00"})
}
