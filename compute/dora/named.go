package dora

import (
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/org"
)

// deliveryIndex finds a delivery by what an incident may name. It holds what
// incidents name, which is little beside all that there is.
type deliveryIndex struct {
	a              *attribution
	ds             []Delivery
	byID, byCommit wanted
	others         map[string]bool // deployments that are no delivery; nil until asked for
}

// wanted maps names to deliveries, nowhere until one is found.
type wanted map[string]int

func (w wanted) want(name string) {
	if name != "" {
		w[name] = nowhere
	}
}

func (w wanted) last(name string, i int) {
	if _, ok := w[name]; ok {
		w[name] = i
	}
}

func (w wanted) first(name string, i int) {
	if at, ok := w[name]; ok && at == nowhere {
		w[name] = i
	}
}

func (a *attribution) indexDeliveries(ds []Delivery, incidents []*org.Incident) *deliveryIndex {
	x := &deliveryIndex{a: a, ds: ds, byID: wanted{}, byCommit: wanted{}}
	for _, in := range incidents {
		x.byID.want(in.Deployment)
		x.byCommit.want(a.full(in.Commit))
		for _, m := range in.Mentions {
			switch m.Kind {
			case text.DeploymentMention:
				x.byID.want(m.ID)
			case text.CommitMention:
				x.byCommit.want(a.full(m.ID))
			}
		}
	}
	for i := range ds {
		x.byID.last(ds[i].ID, i)
		for _, id := range ds[i].retries {
			x.byID.last(id, i)
		}
		x.byCommit.first(a.full(ds[i].Commit), i)
	}
	return x
}

// find returns the delivery that an incident names; nowhere if it names none that
// is counted.
func (x *deliveryIndex) find(in *org.Incident) (int, claim) {
	says := namesNothing
	for _, look := range [...]struct {
		name string
		at   func(string) (int, bool)
	}{{in.Deployment, x.deployment}, {in.Commit, x.commit}, {in.Change, x.change}} {
		if look.name == "" {
			continue
		}
		i, known := look.at(look.name)
		switch {
		case known && i != nowhere:
			return i, namesKnown
		case known:
			says = namesKnown
		default:
			says = max(says, namesUnknown)
		}
	}
	if i := x.mentioned(in); i != nowhere {
		return i, namesKnown
	}
	return nowhere, says
}

// mentioned is the latest delivery begun before the incident that its text refers
// to: what it refers to that came later mended it, or has to do with it otherwise.
// A request that came later and takes another back stands for that one.
func (x *deliveryIndex) mentioned(in *org.Incident) int {
	found := nowhere
	see := func(i int) bool {
		if i == nowhere || x.ds[i].Created.After(in.Opened) {
			return false
		}
		if found == nowhere || i > found {
			found = i
		}
		return true
	}
	for _, m := range in.Mentions {
		if m.Repository != "" && text.FoldRepository(m.Repository) != text.FoldRepository(x.a.s.Repository) {
			continue
		}
		switch m.Kind {
		case text.DeploymentMention:
			i, _ := x.deployment(m.ID)
			see(i)
		case text.CommitMention:
			if i, _ := x.commit(m.ID); !see(i) {
				see(x.takenBack(x.a.changeOf(x.a.full(m.ID))))
			}
		case text.ChangeMention:
			if i, _ := x.change(m.ID); !see(i) {
				k, ok := x.a.byID[m.ID]
				see(x.takenBack(k, ok))
			}
		}
	}
	return found
}

// takenBack is the delivery of what change k reverts.
func (x *deliveryIndex) takenBack(k int, ok bool) int {
	if !ok || x.a.s.Changes[k].Reverts == "" {
		return nowhere
	}
	if i, known := x.change(x.a.s.Changes[k].Reverts); known {
		return i
	}
	i, _ := x.commit(x.a.s.Changes[k].Reverts)
	return i
}

// deployment finds a delivery by its ID or that of a further attempt. One to
// another environment, or that never succeeded, is known and none.
func (x *deliveryIndex) deployment(id string) (int, bool) {
	if i, ok := x.byID[id]; ok && i != nowhere {
		return i, true
	}
	if x.others == nil {
		x.others = map[string]bool{}
		for i := range x.a.s.Deployments {
			x.others[x.a.s.Deployments[i].ID] = true
		}
	}
	return nowhere, x.others[id]
}

// commit finds the delivery of a commit, or of the change that it belongs to.
func (x *deliveryIndex) commit(sha string) (int, bool) {
	sha = x.a.full(sha)
	if i, ok := x.byCommit[sha]; ok && i != nowhere {
		return i, true
	}
	if i, ok := x.a.changeOf(sha); ok {
		return x.shipped(i), true
	}
	_, known := x.a.s.Graph.Node(sha)
	return nowhere, known
}

// change finds the delivery that brought a change to production.
func (x *deliveryIndex) change(id string) (int, bool) {
	id = strings.TrimLeft(id, "#!")
	i, ok := x.a.byID[id]
	if !ok {
		i, ok = x.a.byID[x.a.full(id)] // a commit without a request
	}
	if !ok {
		return nowhere, false
	}
	return x.shipped(i), true
}

// shipped is the delivery that brought change i to production. What the first known
// deployment holds was there before, as far as anyone can tell.
func (x *deliveryIndex) shipped(i int) int {
	if k := x.a.shipped[i]; k != nowhere && !x.ds[k].Baseline {
		return k
	}
	return nowhere
}
