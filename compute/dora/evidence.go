package dora

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// evidence lists the events behind a scope's numbers and what they leave out.
func (m *measurer) evidence(p *pool) []metric.Evidence {
	deployments := within(p.deliveries, finishOf, m.now)
	return []metric.Evidence{
		m.deploymentRows(p, deployments),
		m.changeRows(p, deployments),
		m.incidentRows(p),
	}
}

// teamRows are the evidence of an organisation of teams: what each contributed.
// The teams' own evidence lists the events.
func (m *measurer) teamRows(whole *pool, ps []*pool) []metric.Evidence {
	counted := m.newEvidence(whole, evDeploy, "What each team contributed", "Team", "Deployments", "Changes", "Failed",
		"Incidents")
	small := 0
	for _, p := range ps {
		if p.hidden != "" {
			small++
			continue
		}
		s := p.sample(m.now, m.org.Calendar.AsOf)
		counted.Rows = append(counted.Rows, metric.Row{Team: p.scope.ID, Cells: []string{
			p.scope.Title, strconv.Itoa(s.deployments), strconv.Itoa(len(s.leads)), strconv.Itoa(s.failed), strconv.Itoa(len(s.restore.seconds)),
		}})
	}
	if small > 0 {
		counted.LeftOut = append(counted.LeftOut, metric.LeftOut{What: "teams", Reason: "too small to show; they " +
			"count in the organisation's numbers", N: small})
	}
	for _, l := range whole.leftOut.list {
		if l.What != evDeploy {
			counted.LeftOut = append(counted.LeftOut, l)
		}
	}
	return []metric.Evidence{counted}
}

func (m *measurer) newEvidence(p *pool, id, title string, columns ...string) metric.Evidence {
	e := metric.Evidence{ID: id, Title: title, Scope: p.scope, Window: m.now, Columns: columns}
	for _, l := range p.leftOut.list {
		if l.What == id {
			e.LeftOut = append(e.LeftOut, l)
		}
	}
	return e
}

func (m *measurer) deploymentRows(p *pool, ds []*Delivery) metric.Evidence {
	e := m.newEvidence(p, evDeploy, "Deployments",
		"Finished, UTC", "Service", "Environment", "Commit", "Changes", "Changes found", "Failed", "Restored, UTC", "Fix")
	for _, d := range ds {
		failed, restored := verdictOn(d)
		e.Rows = append(e.Rows, metric.Row{URL: d.URL, Cells: []string{
			stamp(d.Finished), m.org.Services[d.Service].ID, d.Environment, name(d), strconv.Itoa(len(d.Changes)), m.how(d), failed, restored, fixWords[d.FixOf],
		}})
	}
	if n := len(within(p.automated, finishOf, m.now)); n > 0 {
		e.LeftOut = append(e.LeftOut, metric.LeftOut{
			What: evDeploy, Reason: "every change by automation, in these weeks",
			N: n,
		})
	}
	if n := len(within(p.unfinished, itself, m.now)); n > 0 {
		e.LeftOut = append(e.LeftOut, metric.LeftOut{What: evDeploy, Reason: "never succeeded, in these weeks", N: n})
	}
	return e
}

// fixWords say what kind of unplanned fix a deployment is.
var fixWords = map[Evidence]string{Rollback: "rollback", Revert: "revert", Hotfix: "hotfix"}

// verdictOn says by what evidence a deployment failed, or why it did not, and
// when service was restored.
func verdictOn(d *Delivery) (failed, restored string) {
	if d.Ruling != nil {
		failed = fmt.Sprintf("no: %s: %s", d.Ruling.By, d.Ruling.Reason)
		if *d.Ruling.Failed {
			failed = fmt.Sprintf("%s %s: %s", Override, d.Ruling.By, d.Ruling.Reason)
		}
	} else if d.Failure != nil {
		failed = string(d.Failure.Evidence) + " " + d.Failure.By
	}
	switch f := d.Failure; {
	case f == nil:
	case f.said == "":
		restored = "not said"
	case f.Restored.IsZero():
		restored = "not yet"
	default:
		restored = stamp(f.Restored)
	}
	if d.Suspected {
		failed = "suspected only: an incident began soon after or during it"
	}
	return failed, restored
}

// how returns by what the changes of a delivery were found. One that brought none is
// told by what it holds instead, and carriers and copies are named.
func (m *measurer) how(d *Delivery) string {
	if d.Baseline {
		return "first known deployment: a baseline"
	}
	text := string(d.Method)
	if len(d.Changes)+len(d.unmeasured) == 0 {
		text += ": " + m.holds(d)
	}
	if names := requestNames(d.Carriers); names != "" {
		text += "; carried by " + names
	}
	if names := requestNames(d.Copies); names != "" {
		text += "; copies of changes, which count with their originals: " + names
	}
	return text
}

// holds returns what a delivery without a change of its own consists of.
func (m *measurer) holds(d *Delivery) string {
	switch s := &m.org.Services[d.Service]; {
	case d.unmapped:
		return "a commit of configuration without a rule that maps it to source code"
	case d.Method == Unknown && d.Commit == "":
		return "the source names no commit"
	case d.Method == Unknown && s.Graph != nil:
		return "its commit is not in the history that was read: older, or of another branch"
	case d.Method == Unknown:
		return "no change of the repository was collected"
	case d.Method == Ancestry && d.fresh == 0:
		return "nothing new: its commit was in an earlier deployment"
	case d.Method == Ancestry && len(d.Copies) == 0:
		return format(d.fresh, "new commit") + ", none of which completes a change"
	}
	return "only changes that were in an earlier deployment"
}

func format(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// requestNames lists a few requests with their branches: "20 (develop → main)".
func requestNames(list []*org.Change) string {
	const most = 3
	var names []string
	for i, c := range list {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(list)-most))
			break
		}
		name := short(c.ID)
		if route := c.Route(); route != "" {
			name += " (" + route + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// name is the commit in short form, or the release's tag.
func name(d *Delivery) string {
	if d.Release && d.Ref != "" {
		return d.Ref
	}
	return short(d.Commit)
}

func short(sha string) string {
	if len(sha) > 10 {
		return sha[:10]
	}
	return sha
}

func (m *measurer) changeRows(p *pool, ds []*Delivery) metric.Evidence {
	columns := []string{
		"Deployed, UTC", "Service", "Change", "First commit, UTC", "Merged, UTC", "Lead time, min",
		"Coding, min", "Pickup, min", "Review, min", "Deploy, min",
	}
	if m.Titles {
		columns = append(columns, "Title")
	}
	e := m.newEvidence(p, evChange, "Changes", columns...)
	bots := 0
	for _, d := range ds {
		for i := range d.Changes {
			l := &d.Changes[i]
			if l.Change.Lane == org.Automation {
				bots++
				continue
			}
			cells := []string{
				stamp(d.Finished), m.org.Services[d.Service].ID, short(l.Change.ID),
				l.moved("before ") + stamp(d.Finished.Add(-time.Duration(l.Seconds*float64(time.Second)))), stamp(l.Change.Merged),
				l.moved("≥ ") + minutes(&l.Seconds), l.moved("≥ ") +
					minutes(l.Coding), minutes(l.Pickup), minutes(l.Review), minutes(l.Deploy),
			}
			if m.Titles {
				cells = append(cells, l.Change.Title)
			}
			e.Rows = append(e.Rows, metric.Row{URL: l.Change.URL, Cells: cells})
		}
	}
	if bots > 0 {
		e.LeftOut = append(e.LeftOut, metric.LeftOut{
			What:   evChange,
			Reason: "by automation, shipped along with people's, in these weeks", N: bots,
		})
	}
	waiting := within(p.waiting, func(c *org.Change) time.Time { return c.Merged }, metric.Window{To: m.cut})
	if len(waiting) > 0 {
		e.LeftOut = append(e.LeftOut, metric.LeftOut{
			What: evChange, Reason: "merged, in no production deployment yet",
			N: len(waiting),
		})
	}
	return e
}

// moved is what stands before a figure that is a bound, "" before a measured one.
func (l *Lead) moved(word string) string {
	if l.Clamped {
		return word
	}
	return ""
}

func (m *measurer) incidentRows(p *pool) metric.Evidence {
	columns := []string{"Opened, UTC", "Service", "Incident", "Resolved, UTC", "Took, min", "Names"}
	if m.Titles {
		columns = append(columns, "Title")
	}
	e := m.newEvidence(p, evIncident, "Incidents", columns...)
	for _, in := range within(p.incidents, openingOf, m.now) {
		service, resolved, took := "", "still open", ""
		if in.Service >= 0 {
			service = m.org.Services[in.Service].ID
		}
		switch {
		case in.Open():
		case in.Resolved.Before(in.Opened):
			resolved, took = stamp(in.Resolved), "resolved before it was opened: left out"
		default:
			s := in.Resolved.Sub(in.Opened).Seconds()
			resolved, took = stamp(in.Resolved), minutes(&s)
		}
		cells := []string{stamp(in.Opened), service, in.ID, resolved, took, names(in)}
		if m.Titles {
			cells = append(cells, in.Title)
		}
		e.Rows = append(e.Rows, metric.Row{URL: in.URL, Cells: cells})
	}
	return e
}

// names says what an incident blames.
func names(in *org.Incident) string {
	var parts []string
	for _, x := range [][2]string{{"deployment ", in.Deployment}, {"commit ", short(in.Commit)}, {"change ", in.Change}} {
		if x[1] != "" {
			parts = append(parts, x[0]+x[1])
		}
	}
	return strings.Join(parts, ", ")
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// minutes prints seconds as minutes with one decimal; "" for a phase that did
// not happen.
func minutes(s *float64) string {
	if s == nil {
		return ""
	}
	return strconv.FormatFloat(*s/60, 'f', 1, 64)
}
