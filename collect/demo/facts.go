package demo

import (
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// batch has the facts of one block.
type batch struct {
	deployments []fact.Deployment
	changes     []fact.Change
	incidents   []fact.Incident
}

// addFacts turns a plan into changes and deployments; factor scales lead times.
func (p *plan) addFacts(out *batch, sp span, factor float64) {
	before := p.commit // the version before the one in service
	for i := range p.slots {
		s := &p.slots[i]
		switch s.kind {
		case rollback:
			p.commit = before
		case again:
		default:
			before = p.commit
			p.commit = p.addChanges(out, sp, s, factor)
		}
		p.addDeployment(out, s)
		p.created, p.finished = s.at+s.retry, s.finishedAt()
	}
}

// addChanges adds the changes of a deployment and returns the commit to deploy, which is the
// merge of the newest change. All of them merge after the previous deployment began, so that
// this deployment is the first that contains them.
func (p *plan) addChanges(out *batch, sp span, s *slot, factor float64) string {
	wait := drawBetween(p.r, 20, 110)
	if p.staging {
		wait += 240
	}
	earliest := max(p.created+1, sp.from)
	newest := max(s.at-wait, earliest)
	var tip string
	for k, lead := range s.leads {
		total := p.stretchLead(s, sp, lead*factor)
		merged := newest
		if k > 0 {
			merged = drawBetween(p.r, max(earliest, s.finishedAt()-total*4/5), newest-int64(30*k))
			merged = min(max(merged, earliest), newest-1)
		}
		total = max(total, s.finishedAt()-merged+drawBetween(p.r, 60, 240))
		c := p.newChange(merged, s.finishedAt()-total)
		if k == 0 {
			tip = c.MergeCommit
		} else if p.r.IntN(12) == 0 {
			p.addStillborn(out, s, c.MergeCommit, merged)
		}
		out.changes = append(out.changes, c)
	}
	for k := range s.bots {
		c := p.newBotChange(min(max(newest-int64(90*k)-15, earliest), newest-1))
		if s.kind == automatic && k == 0 {
			c.Merged = timeAt(newest)
			tip = c.MergeCommit
		}
		out.changes = append(out.changes, c)
	}
	if p.staging {
		d := p.newDeployment(tip, newest+10, drawBetween(p.r, 90, 150), fact.Success)
		d.Environment = "staging"
		out.deployments = append(out.deployments, d)
	}
	return tip
}

// addStillborn adds a roll-out of an older change that never succeeds, if there is time for it
// before the deployment.
func (p *plan) addStillborn(out *batch, s *slot, commit string, merged int64) {
	begin, took := merged+drawBetween(p.r, 20, 60), drawBetween(p.r, 60, 200)
	if begin+took < s.at-60 {
		out.deployments = append(out.deployments, p.newDeployment(commit, begin, took, fact.Failure))
	}
}

// addDeployment adds the roll-out of a slot, with a failed attempt before it if one was
// planned, and now and then a needless repetition after it.
func (p *plan) addDeployment(out *batch, s *slot) {
	if s.retry > 0 {
		out.deployments = append(out.deployments, p.newDeployment(p.commit, s.at, s.took, fact.Failure))
	}
	d := p.newDeployment(p.commit, s.at+s.retry, s.took, fact.Success)
	out.deployments = append(out.deployments, d)
	p.addIncidents(out, s, d.ID)
	if s.kind == ordinary && !s.failed && s.retry == 0 && p.r.IntN(100) == 0 {
		out.deployments = append(out.deployments, p.newDeployment(p.commit, s.finishedAt()+90, s.took, fact.Success))
	}
}

func (p *plan) newDeployment(commit string, begin, took int64, state fact.State) fact.Deployment {
	p.deployments++
	id := p.name + "-" + strconv.Itoa(p.deployments)
	creator := "deploy[bot]" // a pipeline starts it; the creator never decides the lane
	if p.r.IntN(8) == 0 {
		creator = p.drawPerson()
	}
	return fact.Deployment{
		Source: source, Repository: p.repository, Service: p.id, ID: id,
		URL: p.formatURL("deployments", id), Environment: p.env, Commit: commit, Ref: "main", Creator: creator,
		Created: timeAt(begin), Statuses: []fact.Status{{State: state, At: timeAt(begin + took)}},
	}
}

// newChange returns a merged change of a person that began at first. Its milestones are between
// the two times, in order.
func (p *plan) newChange(merged, first int64) fact.Change {
	c := p.newRequest(first)
	span := float64(merged - first)
	opened := first + int64(span*(.25+.4*p.r.Float64()))
	ready := opened
	if p.r.IntN(5) == 0 {
		ready = drawBetween(p.r, opened, opened+(merged-opened)/2)
		c.Ready = timeAt(ready)
	}
	if p.r.IntN(7) > 0 {
		c.FirstReview = timeAt(drawBetween(p.r, ready+(merged-ready)/5, ready+(merged-ready)*4/5))
	}
	c.Opened, c.Merged = timeAt(opened), timeAt(merged)
	c.MergeCommit, c.Head = drawSHA(p.r), drawSHA(p.r)
	c.Author = p.drawPerson()
	c.Authors = []string{c.Author}
	c.Title = pick(p.r, titles)
	return c
}

func (p *plan) newBotChange(merged int64) fact.Change {
	first := merged - drawBetween(p.r, 20*60, 30*60*60)
	c := p.newRequest(first)
	c.Opened, c.Merged = timeAt(min(first+60, merged)), timeAt(merged)
	c.MergeCommit, c.Head = drawSHA(p.r), drawSHA(p.r)
	c.Author = pick(p.r, bots)
	c.Authors = []string{c.Author}
	c.Title, c.Labels = pick(p.r, updates), []string{"dependencies"}
	return c
}

// newRequest returns the fields that all changes share. The stride makes numbers unique in a
// repository with several services.
func (p *plan) newRequest(first int64) fact.Change {
	p.changes++
	id := strconv.Itoa(p.changes*p.stride + p.slot)
	return fact.Change{
		Source: source, Repository: p.repository, ID: id, URL: p.formatURL("pull", id), Branch: "main",
		FirstCommit: timeAt(first), Paths: p.drawFiles(),
	}
}

// drawFiles draws the files of a change. Only a monorepo needs them, to find the owner of the
// change.
func (p *plan) drawFiles() []string {
	if p.stride == 1 && p.scope == "" {
		return nil
	}
	folder := p.scope
	if folder == "" {
		folder = "shared"
	}
	files := []string{folder + "/" + pick(p.r, fileNames)}
	if p.r.IntN(3) == 0 {
		files = append(files, folder+"/README.md")
	}
	return files
}

func (p *plan) drawPerson() string {
	return p.team.id + "-dev-" + strconv.Itoa(1+p.r.IntN(p.team.developers))
}

func (p *plan) formatURL(kind, id string) string {
	return "https://git.example/" + p.repository + "/" + kind + "/" + id
}

// addOpen adds requests that never reach production: closed requests, drafts, and at the end of
// the events some that are merged but not yet deployed.
func (p *plan) addOpen(out *batch, sp span, end bool) {
	for range len(p.slots) / 25 {
		first := drawBetween(p.r, sp.from, sp.to-day-1)
		c := p.newRequest(first)
		c.Opened = timeAt(drawBetween(p.r, first, first+day/2))
		c.Closed = timeAt(c.Opened.Unix() + drawBetween(p.r, 600, day/2))
		c.Author, c.Title, c.Head = p.drawPerson(), pick(p.r, titles), drawSHA(p.r)
		out.changes = append(out.changes, c)
	}
	if !end || len(p.slots) == 0 {
		return
	}
	c := p.newRequest(drawBetween(p.r, sp.to-3*day, sp.to-day))
	c.Opened, c.Draft = c.FirstCommit.Add(time.Hour), p.r.IntN(2) == 0
	c.Author, c.Title, c.Head = p.drawPerson(), pick(p.r, titles), drawSHA(p.r)
	out.changes = append(out.changes, c)
	if p.r.IntN(5) < 2 {
		merged := drawBetween(p.r, p.created+60, sp.to-1)
		out.changes = append(out.changes, p.newChange(merged, merged-drawBetween(p.r, 1200, 20000)))
	}
}
