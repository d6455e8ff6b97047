package demo

import (
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// batch is the facts of one block.
type batch struct {
	deployments []fact.Deployment
	changes     []fact.Change
	incidents   []fact.Incident
}

// place turns a plan into changes and deployments; factor scales lead times.
func (p *plan) place(out *batch, sp span, factor float64) {
	before := p.commit // the version before the one in service
	for i := range p.slots {
		s := &p.slots[i]
		switch s.kind {
		case rollback:
			p.commit = before
		case again:
		default:
			before = p.commit
			p.commit = p.placeChanges(out, sp, s, factor)
		}
		p.placeDeployment(out, s)
		p.created, p.finished = s.at+s.retry, s.finished()
	}
}

// placeChanges makes the changes of a deployment and returns the commit to
// deploy: the merge of the newest. All merge after the previous deployment was
// begun, so that this is the first one that contains them.
func (p *plan) placeChanges(out *batch, sp span, s *slot, factor float64) string {
	wait := between(p.r, 20, 110)
	if p.staging {
		wait += 240
	}
	earliest := max(p.created+1, sp.from)
	newest := max(s.at-wait, earliest)
	var tip string
	for k, lead := range s.leads {
		total := p.stretch(s, sp, lead*factor)
		merged := newest
		if k > 0 {
			merged = between(p.r, max(earliest, s.finished()-total*4/5), newest-int64(30*k))
			merged = min(max(merged, earliest), newest-1)
		}
		total = max(total, s.finished()-merged+between(p.r, 60, 240))
		c := p.change(merged, s.finished()-total)
		if k == 0 {
			tip = c.MergeCommit
		} else if p.r.IntN(12) == 0 {
			p.placeStillborn(out, s, c.MergeCommit, merged)
		}
		out.changes = append(out.changes, c)
	}
	for k := range s.bots {
		c := p.botChange(min(max(newest-int64(90*k)-15, earliest), newest-1))
		if s.kind == automatic && k == 0 {
			c.Merged = at(newest)
			tip = c.MergeCommit
		}
		out.changes = append(out.changes, c)
	}
	if p.staging {
		d := p.deployment(tip, newest+10, between(p.r, 90, 150), fact.Success)
		d.Environment = "staging"
		out.deployments = append(out.deployments, d)
	}
	return tip
}

// placeStillborn makes a roll-out of an older change that never succeeds, if
// there is time for it before the deployment.
func (p *plan) placeStillborn(out *batch, s *slot, commit string, merged int64) {
	begin, took := merged+between(p.r, 20, 60), between(p.r, 60, 200)
	if begin+took < s.at-60 {
		out.deployments = append(out.deployments, p.deployment(commit, begin, took, fact.Failure))
	}
}

// placeDeployment makes the roll-out of a slot, with a failed attempt before it
// where one was planned and now and then a needless repetition after it.
func (p *plan) placeDeployment(out *batch, s *slot) {
	if s.retry > 0 {
		out.deployments = append(out.deployments, p.deployment(p.commit, s.at, s.took, fact.Failure))
	}
	d := p.deployment(p.commit, s.at+s.retry, s.took, fact.Success)
	out.deployments = append(out.deployments, d)
	p.placeIncidents(out, s, d.ID)
	if s.kind == ordinary && !s.failed && s.retry == 0 && p.r.IntN(100) == 0 {
		out.deployments = append(out.deployments, p.deployment(p.commit, s.finished()+90, s.took, fact.Success))
	}
}

func (p *plan) deployment(commit string, begin, took int64, state fact.State) fact.Deployment {
	p.deployments++
	id := p.name + "-" + strconv.Itoa(p.deployments)
	creator := "deploy[bot]" // a pipeline presses the button; it never decides the lane
	if p.r.IntN(8) == 0 {
		creator = p.person()
	}
	return fact.Deployment{
		Source: source, Repository: p.repository, Service: p.id, ID: id,
		URL: p.url("deployments", id), Environment: p.env, Commit: commit, Ref: "main", Creator: creator,
		Created: at(begin), Statuses: []fact.Status{{State: state, At: at(begin + took)}},
	}
}

// change makes a merged change of a person that was begun at first. Its
// milestones lie between the two in order.
func (p *plan) change(merged, first int64) fact.Change {
	c := p.request(first)
	span := float64(merged - first)
	opened := first + int64(span*(.25+.4*p.r.Float64()))
	ready := opened
	if p.r.IntN(5) == 0 {
		ready = between(p.r, opened, opened+(merged-opened)/2)
		c.Ready = at(ready)
	}
	if p.r.IntN(7) > 0 {
		c.FirstReview = at(between(p.r, ready+(merged-ready)/5, ready+(merged-ready)*4/5))
	}
	c.Opened, c.Merged = at(opened), at(merged)
	c.MergeCommit, c.Head = sha(p.r), sha(p.r)
	c.Author = p.person()
	c.Authors = []string{c.Author}
	c.Title = pick(p.r, titles)
	return c
}

func (p *plan) botChange(merged int64) fact.Change {
	first := merged - between(p.r, 20*60, 30*60*60)
	c := p.request(first)
	c.Opened, c.Merged = at(min(first+60, merged)), at(merged)
	c.MergeCommit, c.Head = sha(p.r), sha(p.r)
	c.Author = pick(p.r, bots)
	c.Authors = []string{c.Author}
	c.Title, c.Labels = pick(p.r, updates), []string{"dependencies"}
	return c
}

// request makes what every change has. Numbers are unique in the repository
// without asking the services beside this one.
func (p *plan) request(first int64) fact.Change {
	p.changes++
	id := strconv.Itoa(p.changes*p.stride + p.slot)
	return fact.Change{
		Source: source, Repository: p.repository, ID: id, URL: p.url("pull", id), Branch: "main",
		FirstCommit: at(first), Paths: p.files(),
	}
}

// files are what a change touched: only a monorepo needs them, to tell whose it is.
func (p *plan) files() []string {
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

func (p *plan) person() string {
	return p.team.id + "-dev-" + strconv.Itoa(1+p.r.IntN(p.team.developers))
}

func (p *plan) url(kind, id string) string {
	return "https://git.example/" + p.repository + "/" + kind + "/" + id
}

// placeOpen makes requests that never reach production: closed ones, drafts, and
// at the end of the events some that are merged but not deployed yet.
func (p *plan) placeOpen(out *batch, sp span, end bool) {
	for range len(p.slots) / 25 {
		first := between(p.r, sp.from, sp.to-day-1)
		c := p.request(first)
		c.Opened = at(between(p.r, first, first+day/2))
		c.Closed = at(c.Opened.Unix() + between(p.r, 600, day/2))
		c.Author, c.Title, c.Head = p.person(), pick(p.r, titles), sha(p.r)
		out.changes = append(out.changes, c)
	}
	if !end || len(p.slots) == 0 {
		return
	}
	c := p.request(between(p.r, sp.to-3*day, sp.to-day))
	c.Opened, c.Draft = c.FirstCommit.Add(time.Hour), p.r.IntN(2) == 0
	c.Author, c.Title, c.Head = p.person(), pick(p.r, titles), sha(p.r)
	out.changes = append(out.changes, c)
	if p.r.IntN(5) < 2 {
		merged := between(p.r, p.created+60, sp.to-1)
		out.changes = append(out.changes, p.change(merged, merged-between(p.r, 1200, 20000)))
	}
}
