package dora

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// listEvidence lists the events behind the numbers of a scope, and the events left out.
func (m *measurer) listEvidence(p *pool) []metric.Evidence {
	deployments := selectWithin(p.deliveries, finishTime, m.now)
	return []metric.Evidence{
		m.newDeploymentEvidence(p, deployments),
		m.newChangeEvidence(p, deployments),
		m.newIncidentEvidence(p),
	}
}

// newTeamEvidence returns the evidence of an organisation with teams, or of a group: the
// contribution of each team. The evidence of a team lists the events.
func (m *measurer) newTeamEvidence(whole *pool, ps []*pool) []metric.Evidence {
	counted := m.newEvidence(whole, evDeploy, "What each team contributed", "Team", "Deployments", "Changes", "Failed",
		"Incidents")
	small := 0
	for _, p := range ps {
		if p.hidden != "" {
			small++
			continue
		}
		s := m.withoutBreaksOf(p, "").newSample(m.now, m.org.Calendar.AsOf)
		counted.Rows = append(counted.Rows, metric.Row{Team: p.scope.ID, Cells: []string{
			p.scope.Title, strconv.Itoa(s.deployments), strconv.Itoa(len(s.leads)),
			strconv.Itoa(s.failed), strconv.Itoa(len(s.restore.seconds)),
		}})
	}
	of := "the organisation's"
	if whole.scope.Kind == metric.Group {
		of = "the group's"
		small = len(whole.teams) - len(counted.Rows) // the others are left out of the group
	}
	if small > 0 {
		counted.LeftOut = append(counted.LeftOut, metric.LeftOut{
			What: "teams", Reason: "too small to show; they count in " + of + " numbers", N: small,
		})
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

func (m *measurer) newDeploymentEvidence(p *pool, ds []*Delivery) metric.Evidence {
	e := m.newEvidence(p, evDeploy, "Deployments",
		"Finished, UTC", "Service", "Environment", "Commit", "Changes", "Changes found", "Failed", "Restored, UTC", "Fix")
	for _, d := range ds {
		failed, restored := describeVerdict(d)
		e.Rows = append(e.Rows, metric.Row{URL: d.URL, Cells: []string{
			formatTime(d.Finished), m.org.Services[d.Service].ID, d.Environment, nameDelivery(d), strconv.Itoa(len(d.Changes)),
			m.describeMethod(d), failed, restored, fixWords[d.FixOf],
		}})
	}
	if p.all != nil {
		if n := countInBreaks(m, p.all.deliveries, p.deliveries, finishTime); n > 0 {
			e.LeftOut = append(e.LeftOut, metric.LeftOut{What: evDeploy, Reason: inBreaks, N: n})
		}
	}
	if n := len(selectWithin(p.automated, finishTime, m.now)); n > 0 {
		e.LeftOut = append(e.LeftOut, metric.LeftOut{
			What: evDeploy, Reason: "every change by automation, in these weeks",
			N: n,
		})
	}
	if n := len(selectWithin(p.unfinished, identityTime, m.now)); n > 0 {
		e.LeftOut = append(e.LeftOut, metric.LeftOut{What: evDeploy, Reason: "never succeeded, in these weeks", N: n})
	}
	return e
}

// fixWords are the words for each kind of unplanned fix.
var fixWords = map[Evidence]string{Rollback: "rollback", Revert: "revert", Hotfix: "hotfix"}

// describeVerdict returns the evidence that a deployment failed, or the reason why it did not,
// and the time when service was restored.
func describeVerdict(d *Delivery) (failed, restored string) {
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
		restored = "not recorded"
	case f.Restored.IsZero():
		restored = "not yet"
	default:
		restored = formatTime(f.Restored)
	}
	if d.Suspected {
		failed = "suspected only: an incident began soon after or during it"
	}
	return failed, restored
}

// describeMethod returns how the changes of a delivery were found. It describes the contents of
// a delivery without changes, and names carriers and copies.
func (m *measurer) describeMethod(d *Delivery) string {
	if d.Baseline {
		return "first known deployment: a baseline"
	}
	text := string(d.Method)
	if len(d.Changes)+len(d.unmeasured) == 0 {
		text += ": " + m.describeContents(d)
	}
	if names := formatRequests(d.Carriers); names != "" {
		text += "; carried by " + names
	}
	if names := formatRequests(d.Copies); names != "" {
		text += "; copies of changes, which count with their originals: " + names
	}
	return text
}

// describeContents describes a delivery without a change of its own.
func (m *measurer) describeContents(d *Delivery) string {
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
		return formatCount(d.fresh, "new commit") + "; no change is complete"
	}
	return "only changes that were in an earlier deployment"
}

func formatCount(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// formatRequests lists a few requests with their branches: "20 (develop → main)".
func formatRequests(list []*org.Change) string {
	const most = 3
	var names []string
	for i, c := range list {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(list)-most))
			break
		}
		name := shortenSHA(c.ID)
		if route := c.Route(); route != "" {
			name += " (" + route + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// nameDelivery returns the short commit, or the tag of a release.
func nameDelivery(d *Delivery) string {
	if d.Release && d.Ref != "" {
		return d.Ref
	}
	return shortenSHA(d.Commit)
}

func shortenSHA(sha string) string {
	if len(sha) > 10 {
		return sha[:10]
	}
	return sha
}

func (m *measurer) newChangeEvidence(p *pool, ds []*Delivery) metric.Evidence {
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
				formatTime(d.Finished), m.org.Services[d.Service].ID, shortenSHA(l.Change.ID),
				l.boundPrefix("before ") + formatTime(d.Finished.Add(-time.Duration(l.Seconds*float64(time.Second)))),
				formatTime(l.Change.Merged),
				l.boundPrefix("≥ ") + formatMinutes(&l.Seconds), l.boundPrefix("≥ ") +
					formatMinutes(l.Coding), formatMinutes(l.Pickup), formatMinutes(l.Review), formatMinutes(l.Deploy),
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
	waiting := selectWithin(p.waiting, func(c *org.Change) time.Time { return c.Merged }, metric.Window{To: m.cut})
	if len(waiting) > 0 {
		e.LeftOut = append(e.LeftOut, metric.LeftOut{
			What: evChange, Reason: "merged, in no production deployment yet",
			N: len(waiting),
		})
	}
	return e
}

// boundPrefix returns word if the figure is a lower bound, else "".
func (l *Lead) boundPrefix(word string) string {
	if l.Clamped {
		return word
	}
	return ""
}

func (m *measurer) newIncidentEvidence(p *pool) metric.Evidence {
	columns := []string{"Opened, UTC", "Service", "Incident", "Resolved, UTC", "Took, min", "Names"}
	if m.Titles {
		columns = append(columns, "Title")
	}
	e := m.newEvidence(p, evIncident, "Incidents", columns...)
	for _, in := range selectWithin(p.incidents, openingTime, m.now) {
		service, resolved, took := "", "still open", ""
		if in.Service >= 0 {
			service = m.org.Services[in.Service].ID
		}
		switch {
		case in.Open():
		case in.Resolved.Before(in.Opened):
			resolved, took = formatTime(in.Resolved), "resolved before it was opened: left out"
		default:
			s := in.Resolved.Sub(in.Opened).Seconds()
			resolved, took = formatTime(in.Resolved), formatMinutes(&s)
		}
		cells := []string{formatTime(in.Opened), service, in.ID, resolved, took, formatNamed(in)}
		if m.Titles {
			cells = append(cells, in.Title)
		}
		e.Rows = append(e.Rows, metric.Row{URL: in.URL, Cells: cells})
	}
	if p.all != nil {
		if n := countInBreaks(m, p.all.incidents, p.incidents, openingTime); n > 0 {
			e.LeftOut = append(e.LeftOut, metric.LeftOut{What: evIncident, Reason: inBreaks, N: n})
		}
	}
	return e
}

// inBreaks is the reason for leaving out events in weeks of the calendar.
const inBreaks = "in weeks of the calendar, which windows leave out"

// formatNamed lists the deployment, commit and change that an incident names.
func formatNamed(in *org.Incident) string {
	var parts []string
	for _, x := range [][2]string{
		{"deployment ", in.Deployment},
		{"commit ", shortenSHA(in.Commit)},
		{"change ", in.Change},
	} {
		if x[1] != "" {
			parts = append(parts, x[0]+x[1])
		}
	}
	return strings.Join(parts, ", ")
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// formatMinutes prints seconds as minutes with one decimal; "" for a phase that did not take
// place.
func formatMinutes(s *float64) string {
	if s == nil {
		return ""
	}
	return strconv.FormatFloat(*s/60, 'f', 1, 64)
}
