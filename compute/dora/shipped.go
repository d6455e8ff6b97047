package dora

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Shipped counts and dates the deployments of a scope as facts of its repositories: of
// automation, too, of every week, and of any number of people.
type Shipped struct {
	Scope metric.Scope `json:"scope"`
	// Releases is true if each of them is a tag; pages then call them releases.
	Releases bool      `json:"releases"`
	N        int       `json:"n"`
	First    time.Time `json:"first,omitzero"`
	// Latest are the newest, up to three, newest first.
	Latest []Shipment `json:"latest,omitempty"`
	// Recent counts the deployments of the 28 days up to the as-of time. Automated counts those
	// of them that have only changes of automation. After counts the deployments since the
	// cut-off.
	Recent    int `json:"recent"`
	Automated int `json:"automated"`
	After     int `json:"after"`
	// Current and Before count the deployments in the two windows of the metrics.
	Current int `json:"current"`
	Before  int `json:"before"`
	// Unowned counts the recent deployments of services without an owner; no other number here
	// contains them.
	Unowned int `json:"unowned,omitempty"`
	// Merged is the time when the latest change reached a branch, or zero.
	Merged time.Time `json:"merged,omitzero"`
}

// Shipment is one deployment: the time of its finish, and the tag of a release.
type Shipment struct {
	At   time.Time `json:"at"`
	Name string    `json:"name,omitempty"`
}

// mostLatest is the number of newest deployments that are listed.
const mostLatest = 3

// listShipped counts the deployments of the organisation, of every team and of every group.
func (m *measurer) listShipped(linked []Linked) []Shipped {
	out := make([]Shipped, 1, len(m.org.Teams)+len(m.org.Groups)+1)
	out[0] = Shipped{Scope: metric.Scope{Kind: metric.Organisation}, Releases: true}
	byTeam := map[string]int{}
	for i := range m.org.Teams {
		t := &m.org.Teams[i]
		byTeam[t.ID] = len(out)
		out = append(out, Shipped{Scope: metric.Scope{Kind: metric.Team, ID: t.ID, Title: t.Title}, Releases: true})
	}
	above := m.indexGroups(&out)
	once := map[rollOutKey]bool{}
	for i := range linked {
		s := &m.org.Services[linked[i].Service]
		var in []int
		owners := func(t time.Time) []int {
			in = in[:0]
			for k := range s.Owners {
				team, known := byTeam[s.Owners[k].Team]
				if known && s.OwnedBy(s.Owners[k].Team, t) && !slices.Contains(in, team) {
					in = append(in, team)
				}
			}
			for i := range len(in) { // teams; groups follow
				for _, group := range above[in[i]] {
					if !slices.Contains(in, group) {
						in = append(in, group)
					}
				}
			}
			return in
		}
		for n := range linked[i].Deliveries {
			d := &linked[i].Deliveries[n]
			in := owners(d.Finished)
			if len(m.org.Teams) > 0 && len(in) == 0 {
				if m.isRecent(d.Finished) {
					out[0].Unowned++
				}
				continue
			}
			for _, scope := range append(in, 0) {
				if !m.org.Shared(s.Repository) || d.ID == "" {
					m.addShipment(&out[scope], d)
					continue
				}
				k := rollOutKey{
					owners: out[scope].Scope.ID, repository: s.Repository, id: d.ID, environment: d.Environment, finished: d.Finished,
				}
				if !once[k] {
					once[k] = true
					m.addShipment(&out[scope], d)
				}
			}
		}
		for k := range s.Changes {
			at := s.Changes[k].Merged
			for _, team := range append(owners(at), 0) {
				out[team].Merged = laterTime(out[team].Merged, at)
			}
		}
	}
	for i := range out {
		out[i].Releases = out[i].Releases && out[i].N > 0
	}
	return out
}

// indexGroups appends the groups to a list of scopes that has the teams from index 1 on. It
// returns the indices of the groups that a team is in, by its index.
func (m *measurer) indexGroups(out *[]Shipped) map[int][]int {
	parents, at := map[string]string{}, map[string]int{}
	for _, g := range m.org.Groups {
		parents[g.ID], at[g.ID] = g.Parent, len(*out)
		*out = append(*out, Shipped{Scope: metric.Scope{Kind: metric.Group, ID: g.ID, Title: g.Title}, Releases: true})
	}
	above := map[int][]int{}
	for i := range m.org.Teams {
		for id := m.org.Teams[i].Group; at[id] != 0; id = parents[id] {
			above[i+1] = append(above[i+1], at[id])
		}
	}
	return above
}

// recentDays is the length of "the last four weeks" up to the as-of time.
const recentDays = 28

func (m *measurer) isRecent(t time.Time) bool {
	asOf := m.org.Calendar.AsOf
	return t.After(asOf.AddDate(0, 0, -recentDays)) && !t.After(asOf)
}

// addShipment adds a delivery to the counts of a scope.
func (m *measurer) addShipment(s *Shipped, d *Delivery) {
	if d.Finished.After(m.org.Calendar.AsOf) {
		return
	}
	s.N++
	s.Releases = s.Releases && d.Release
	s.First = org.Earlier(s.First, d.Finished)
	if m.isRecent(d.Finished) {
		s.Recent++
		if d.Lane == org.Automation {
			s.Automated++
		}
	}
	switch {
	case !d.Finished.Before(m.cut):
		s.After++
	case m.now.Contains(d.Finished):
		s.Current++
	case m.before.Contains(d.Finished):
		s.Before++
	}
	x := Shipment{At: d.Finished}
	if d.Release {
		x.Name = d.Ref
	}
	at := len(s.Latest)
	for at > 0 && (s.Latest[at-1].At.Before(x.At) || s.Latest[at-1].At.Equal(x.At) && s.Latest[at-1].Name < x.Name) {
		at--
	}
	if at == mostLatest {
		return
	}
	s.Latest = slices.Insert(s.Latest, at, x)
	s.Latest = s.Latest[:min(len(s.Latest), mostLatest)]
}
