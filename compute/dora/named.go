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
	byID, byCommit nameIndex
	others         map[string]bool // deployments that are no delivery; nil until asked for
}

// nameIndex maps names to deliveries, nowhere until one is found.
type nameIndex map[string]int

func (w nameIndex) addName(name string) {
	if name != "" {
		w[name] = noDelivery
	}
}

func (w nameIndex) setLast(name string, i int) {
	if _, ok := w[name]; ok {
		w[name] = i
	}
}

func (w nameIndex) setFirst(name string, i int) {
	if at, ok := w[name]; ok && at == noDelivery {
		w[name] = i
	}
}

func (a *attribution) indexDeliveries(ds []Delivery, incidents []*org.Incident) *deliveryIndex {
	x := &deliveryIndex{a: a, ds: ds, byID: nameIndex{}, byCommit: nameIndex{}}
	for _, in := range incidents {
		x.byID.addName(in.Deployment)
		x.byCommit.addName(a.expandSHA(in.Commit))
		for _, m := range in.Mentions {
			switch m.Kind {
			case text.OfDeployment:
				x.byID.addName(m.ID)
			case text.OfCommit:
				x.byCommit.addName(a.expandSHA(m.ID))
			}
		}
	}
	for i := range ds {
		x.byID.setLast(ds[i].ID, i)
		for _, id := range ds[i].retries {
			x.byID.setLast(id, i)
		}
		x.byCommit.setFirst(a.expandSHA(ds[i].Commit), i)
	}
	return x
}

// findNamed returns the delivery that an incident names; nowhere if it names none that
// is counted.
func (x *deliveryIndex) findNamed(in *org.Incident) (int, claim) {
	says := namesNothing
	for _, look := range [...]struct {
		name string
		at   func(string) (int, bool)
	}{{in.Deployment, x.findDeployment}, {in.Commit, x.findCommit}, {in.Change, x.findChange}} {
		if look.name == "" {
			continue
		}
		i, known := look.at(look.name)
		switch {
		case known && i != noDelivery:
			return i, namesKnown
		case known:
			says = namesKnown
		default:
			says = max(says, namesUnknown)
		}
	}
	if i := x.findMentioned(in); i != noDelivery {
		return i, namesKnown
	}
	return noDelivery, says
}

// findMentioned is the latest delivery begun before the incident that its text refers
// to: what it refers to that came later mended it, or has to do with it otherwise.
// A request that came later and takes another back stands for that one.
func (x *deliveryIndex) findMentioned(in *org.Incident) int {
	found := noDelivery
	see := func(i int) bool {
		if i == noDelivery || x.ds[i].Created.After(in.Opened) {
			return false
		}
		if found == noDelivery || i > found {
			found = i
		}
		return true
	}
	for _, m := range in.Mentions {
		if m.Repository != "" && text.FoldRepository(m.Repository) != text.FoldRepository(x.a.s.Repository) {
			continue
		}
		switch m.Kind {
		case text.OfDeployment:
			i, _ := x.findDeployment(m.ID)
			see(i)
		case text.OfCommit:
			if i, _ := x.findCommit(m.ID); !see(i) {
				see(x.findReverted(x.a.findChange(x.a.expandSHA(m.ID))))
			}
		case text.OfChange:
			if i, _ := x.findChange(m.ID); !see(i) {
				k, ok := x.a.byID[m.ID]
				see(x.findReverted(k, ok))
			}
		}
	}
	return found
}

// findReverted is the delivery of what change k reverts.
func (x *deliveryIndex) findReverted(k int, ok bool) int {
	if !ok || x.a.s.Changes[k].Reverts == "" {
		return noDelivery
	}
	if i, known := x.findChange(x.a.s.Changes[k].Reverts); known {
		return i
	}
	i, _ := x.findCommit(x.a.s.Changes[k].Reverts)
	return i
}

// findDeployment finds a delivery by its ID or that of a further attempt. One to
// another environment, or that never succeeded, is known and none.
func (x *deliveryIndex) findDeployment(id string) (int, bool) {
	if i, ok := x.byID[id]; ok && i != noDelivery {
		return i, true
	}
	if x.others == nil {
		x.others = map[string]bool{}
		for i := range x.a.s.Deployments {
			x.others[x.a.s.Deployments[i].ID] = true
		}
	}
	return noDelivery, x.others[id]
}

// findCommit finds the delivery of a commit, or of the change that it belongs to.
func (x *deliveryIndex) findCommit(sha string) (int, bool) {
	sha = x.a.expandSHA(sha)
	if i, ok := x.byCommit[sha]; ok && i != noDelivery {
		return i, true
	}
	if i, ok := x.a.findChange(sha); ok {
		return x.findShipped(i), true
	}
	_, known := x.a.s.Graph.Node(sha)
	return noDelivery, known
}

// findChange finds the delivery that brought a change to production.
func (x *deliveryIndex) findChange(id string) (int, bool) {
	id = strings.TrimLeft(id, "#!")
	i, ok := x.a.byID[id]
	if !ok {
		i, ok = x.a.byID[x.a.expandSHA(id)] // a commit without a request
	}
	if !ok {
		return noDelivery, false
	}
	return x.findShipped(i), true
}

// findShipped is the delivery that brought change i to production. What the first known
// deployment holds was there before, as far as anyone can tell.
func (x *deliveryIndex) findShipped(i int) int {
	if k := x.a.shipped[i]; k != noDelivery && !x.ds[k].Baseline {
		return k
	}
	return noDelivery
}
