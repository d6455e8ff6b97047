package dora

import (
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/org"
)

// deliveryIndex finds the delivery that an incident names. It holds only names that incidents
// use.
type deliveryIndex struct {
	a              *attribution
	ds             []Delivery
	byID, byCommit nameIndex
	others         map[string]bool // deployments that are not deliveries; nil before the first use
}

// nameIndex maps names to deliveries, or to noDelivery.
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
			case text.DeploymentMention:
				x.byID.addName(m.ID)
			case text.CommitMention:
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

// findNamed returns the delivery that an incident names, or noDelivery if it names none that
// counts.
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

// findMentioned returns the latest delivery that the text of an incident refers to and that
// began before the incident. Later ones fixed it or are related in another way. A later request
// that reverts a change refers to that change.
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
		case text.DeploymentMention:
			i, _ := x.findDeployment(m.ID)
			see(i)
		case text.CommitMention:
			if i, _ := x.findCommit(m.ID); !see(i) {
				see(x.findReverted(x.a.findChange(x.a.expandSHA(m.ID))))
			}
		case text.ChangeMention:
			if i, _ := x.findChange(m.ID); !see(i) {
				k, ok := x.a.byID[m.ID]
				see(x.findReverted(k, ok))
			}
		}
	}
	return found
}

// findReverted returns the delivery of the change that change k reverts.
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

// findDeployment finds a delivery by its ID or the ID of a further attempt. For a deployment to
// another environment, or one that never succeeded, it returns noDelivery and true.
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

// findCommit finds the delivery of a commit, or of its change.
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

// findShipped returns the delivery that brought change i to production. The changes of a
// baseline may have been in production before.
func (x *deliveryIndex) findShipped(i int) int {
	if k := x.a.shipped[i]; k != noDelivery && !x.ds[k].Baseline {
		return k
	}
	return noDelivery
}
