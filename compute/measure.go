package compute

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// Past has the published values of earlier runs, which a run reads back.
type Past struct {
	Rows []Row
	// Looks record the alpha that claims of change have used in a year.
	Looks []trend.Look
	// LooksLost means that looks were published and could not be read back.
	LooksLost bool
	// Columns are the columns of the sources in the builds before.
	Columns []SourceColumns
	// Waves is the ledger of surveys; nil if none was found.
	Waves *Ledger
	// Seen means that earlier runs published a site, with or without rows of history.
	Seen bool
	// Stale means that a later run than the one that wrote Waves may have published surveys.
	Stale bool
	// Readback describes what could not be read back, or where it was read from; nil for a run
	// that continues the one before on its own machine.
	Readback *Readback
}

// Measure computes everything that needs events. The History of the result is the past one plus
// the new rows, as far as it fits into the byte budget. Its Waves are the past ones plus those
// published now. Evidence is returned separately, because it lists events and is not published
// as one file. Errors are about options, about survey answers that could be traced to too few
// people, or, wrapping ErrLedger, about the ledger of surveys.
func Measure(o Options, c fact.Content, e fact.Events, past Past, asOf time.Time) (Measured, []metric.Evidence, error) {
	organisation, e, err := resolveNames(&o, org.Calendar{AsOf: asOf, MaturityDays: o.MaturityDays}, c, e)
	if err != nil {
		return Measured{}, nil, err
	}
	cal := organisation.Calendar
	surveys, err := readWaves(past, c, o.MaturityDays, asOf)
	if err != nil {
		return Measured{}, nil, err
	}
	deliveries, err := dora.Measure(o.DORA, organisation)
	if err != nil {
		return Measured{}, nil, err
	}
	m := Measured{
		Version: MeasuredVersion, AsOf: asOf, CutOff: cal.CutOff(),
		Current: cal.Current(), Before: cal.Before(), Quarter: cal.Quarter(), Calendar: cal.Breaks,
		Platform: o.Platform, Services: len(organisation.Services), Teams: teamInfos(organisation),
		Adoption: adoption.Measure(organisation, c, e, o.Platform.Developers),
		Support: support.Measure(organisation, support.Input{
			Content: c, Tickets: e.Tickets, Words: e.TitleWords, People: listPeople(e),
			Developers: o.Platform.Developers, Sesoi: o.DORA.Sesoi.Ratio,
		}),
		Measures: measures.Measure(organisation, c, e.Measures),
		Copied:   discovery.FindCopiedPipelines(e.Repositories),
		Quality:  gradeSources(e, asOf, past.Columns), Unmatched: organisation.Unmatched, Doubts: deliveries.Doubts,
		Shipped: deliveries.Shipped, Groups: deliveries.Groups, Readback: past.Readback,
	}
	m.Panel = newPanel(o, deliveries.Panel, m.CutOff)
	m.Effects = estimateEffects(o, &m.Adoption, deliveries.Panel, m.Panel, m.CutOff)
	m.addSections(&deliveries.Section, &m.Adoption.Section, &m.Support.Section, &m.Measures.Section)
	if m.Space, err = measureSurvey(o, organisation, c, e, surveys); err != nil {
		return Measured{}, nil, err
	}
	surveys.dropMovingNotes(m.Quality)
	m.addSections(&m.Space.Section)
	m.settleLooks(past)
	m.findSteps()
	m.Space.FillDimensions(m.allMetrics())
	for i := range m.Sections {
		trend.SetChanges(m.Sections[i].Metrics)
	}
	if m.History, err = m.publish(past.Rows, &deliveries, o.HistoryBytes); err != nil {
		return Measured{}, nil, err
	}
	m.Waves, err = surveys.next(m.Space.FindNews())
	maskMails(deliveries.Evidence)
	return m, deliveries.Evidence, err
}

// listPeople lists the logins and addresses of all facts, some of them several times.
func listPeople(e fact.Events) []string {
	if len(e.TitleWords) == 0 {
		return nil
	}
	var people []string
	for i := range e.Commits {
		people = append(people, e.Commits[i].Author)
	}
	for i := range e.Changes {
		people = append(append(append(people, e.Changes[i].Author), e.Changes[i].Authors...), e.Changes[i].CoAuthors...)
	}
	for i := range e.Teams {
		people = append(people, e.Teams[i].Members...)
	}
	return people
}

// maskMails removes e-mail addresses from evidence: an export may have one in place of an ID.
func maskMails(evidence []metric.Evidence) {
	for i := range evidence {
		for k := range evidence[i].Rows {
			r := &evidence[i].Rows[k]
			r.URL = text.MaskMails(r.URL)
			for c := range r.Cells {
				r.Cells[c] = text.MaskMails(r.Cells[c])
			}
		}
	}
}

// resolveNames replaces names in facts and options by one spelling, and attributes facts to
// teams.
func resolveNames(o *Options, cal org.Calendar, c fact.Content, e fact.Events) (*org.Organisation, fact.Events, error) {
	names := org.NewNames(c)
	e, unmatched := names.Canonicalise(c, e)
	var strangers []org.Unmatched
	cal.Breaks, strangers = names.Breaks(o.Breaks, len(c.Teams))
	organisation, err := org.Resolve(org.Options{
		Calendar: cal, Bots: o.Bots, Names: names, LongLived: o.LongLived, HotfixBranch: o.DORA.HotfixBranch,
		CountBots: o.DORA.Bots == dora.Counted, ShowFew: o.ShowFew,
	}, c, e)
	if err != nil {
		return nil, e, err
	}
	organisation.Unmatched = slices.Concat(organisation.Unmatched, unmatched, strangers)
	o.DORA.Overrides = names.Overrides(o.DORA.Overrides)
	return organisation, e, nil
}

// Match returns the facts with unknown names and the input that matched nothing, as Measure
// finds them, without computing metrics. It returns an error for options that are not valid.
func Match(o Options, c fact.Content, e fact.Events, asOf time.Time) (unmatched []org.Unmatched, doubts []string,
	err error,
) {
	organisation, _, err := resolveNames(&o, org.Calendar{AsOf: asOf, MaturityDays: o.MaturityDays}, c, e)
	if err != nil {
		return nil, nil, err
	}
	doubts, err = dora.FindDoubts(o.DORA, organisation)
	return organisation.Unmatched, doubts, err
}

// NeedsTickets reports whether Measure needs the tickets of a week one by one. The argument is any
// time of the week.
func NeedsTickets(cal org.Calendar, week time.Time) bool { return support.NeedsOneByOne(cal, week) }

// MatchThemes returns remarks about the themes of tickets: one that nearly all tickets match, many
// tickets without a theme, and frequent words of these.
func MatchThemes(c fact.Content, e fact.Events) []string {
	return support.DescribeThemes(&c, e.Tickets, e.TitleWords, listPeople(e))
}

// publish rounds the measured values and adds the rows of the recent weeks to history. Metrics
// of survey answers have no revisions: two values that differ by one late answer would reveal
// it.
func (m *Measured) publish(history []Row, deliveries *dora.Result, budget int) ([]Row, error) {
	weeks := recentCutOffs(m.CutOff)
	rows := adoptionRows(m.Section("adoption"), weeks)
	var answers []Row
	for _, cut := range weeks {
		rows = append(rows, rowsOf(cut, deliveries.MeasureOrganisationAt(cut))...)
		answers = append(answers, rowsOf(cut, m.Space.ListMetricsAt(cut))...)
	}
	roundFloats(&rows)
	roundFloats(&answers)
	roundFloats(m)
	history, err := readReleased(history, m.Sections)
	if err != nil {
		return nil, err
	}
	all := appendHistory(history, slices.Concat(rows, answers), m.CutOff)
	noteRevisions(all, rows, m.CutOff)
	return keepHistory(all, budget)
}

// addSections adds the sections of the families to one list.
func (m *Measured) addSections(sections ...*metric.Section) {
	for _, s := range sections {
		m.Sections = append(m.Sections, *s)
		*s = metric.Section{}
	}
}

// declaredPeople returns the declared number of a team's people if it decides whether the team
// is shown; 0 if authors were counted.
func declaredPeople(t *org.Team) int {
	if t.Counted {
		return 0
	}
	return t.People
}

func teamInfos(o *org.Organisation) []TeamInfo {
	out := make([]TeamInfo, 0, len(o.Teams))
	for i := range o.Teams {
		t := &o.Teams[i]
		out = append(out, TeamInfo{
			ID: t.ID, Title: t.Title, Group: t.Group, Developers: t.Developers,
			Services: slices.Clone(t.Services), Shown: t.Shown(),
			Declared: declaredPeople(t),
		})
	}
	return out
}
