package main

import (
	"context"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/render/explain"
	"github.com/ip3dp/ip3dp/render/format"
)

// planFlags are the flags of plan.
type planFlags struct {
	teams, others, perPeriod int
	effect                   float64 // percent
	begin, from              string
	json                     bool
}

// planVersion is the version of the JSON form of a plan.
const planVersion = 1

// plannedPeriods is how far a plan looks ahead: two years.
const plannedPeriods = 26

func (p *program) planCommand() *cobra.Command {
	var f planFlags
	c := &cobra.Command{
		Use:   "plan",
		Short: "Estimate when a roll-out will show its effect on lead time",
		Long: `plan simulates a comparison of teams that begin to use something with teams
that do not: for every period of four weeks after the first team began, the chance
that a change of lead time would be found, and the smallest change that would be
found in four of five cases. It rests on how the lead times of these teams move
by themselves, pays for looking every four weeks, and counts fair comparisons that
the checks refuse as not found. It reads the same inputs as build and writes nothing.`,
		Example: `  ip3dp plan --teams 20 --effect -25
  ip3dp plan --teams 30 --per-period 5 --begin 2025-01-06 --from public`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.plan(c.Context(), f, c.Flags().Changed("others"))
		},
	}
	c.Flags().IntVar(&f.teams, "teams", 0, "how many teams will begin (default: half of all)")
	c.Flags().IntVar(&f.others, "others", 0, "how many teams will not (default: all the rest)")
	c.Flags().IntVar(&f.perPeriod, "per-period", 0, "how many teams begin in each period of four weeks (default: "+
		"all at once)")
	c.Flags().Float64Var(&f.effect, "effect", -20, "the change of lead time to find, in `percent`: -20 is a fifth shorter")
	c.Flags().StringVar(&f.begin, "begin", "", "a `day` of the period in which the first teams begin (default: the "+
		"next one)")
	c.Flags().StringVar(&f.from, "from", "", "read a published site's `folder`, or its measured.json, and collect nothing")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
	return c
}

func (p *program) plan(ctx context.Context, f planFlags, othersGiven bool) error {
	if !(f.effect > -100 && f.effect != 0) || math.IsInf(f.effect, 0) {
		return exit.BadInput("give a change above -100 that is not 0: -20 is a fifth shorter", "--effect is %v", f.effect)
	}
	in, err := p.readMetrics(ctx, explainFlags{from: f.from})
	if err != nil {
		return err
	}
	panel := in.Panel
	if panel == nil {
		return exit.BadInput("collect at least three periods of four weeks of two teams with five changes each",
			"there is nothing to plan with: too few lead times were measured")
	}
	out, err := makePlan(panel, f, othersGiven)
	if err != nil {
		return err
	}
	if f.json {
		return p.printJSON(out)
	}
	for _, line := range out.Text() {
		p.out.Printf("%s", line)
	}
	return nil
}

// makePlan checks the flags against the panel.
func makePlan(panel *compute.Panel, f planFlags, othersGiven bool) (*explain.Plan, error) {
	if f.teams == 0 {
		f.teams = panel.Teams / 2
	}
	if !othersGiven {
		f.others = max(0, panel.Teams-f.teams)
	}
	for _, n := range []struct {
		flag  string
		value int
		least int
	}{{"--teams", f.teams, 1}, {"--others", f.others, 0}, {"--per-period", f.perPeriod, 0}} {
		if n.value < n.least || n.value > 100_000 {
			return nil, exit.BadInput("give a number of teams", "%s is %d", n.flag, n.value)
		}
	}
	first := panel.Ends + 1
	if f.begin != "" {
		day, err := time.Parse(time.DateOnly, f.begin)
		if err != nil {
			return nil, exit.BadInput("write it like 2025-01-06", "--begin: %q is not a day", f.begin)
		}
		if first = org.PeriodOf(day); first < panel.Ends || first > panel.Ends+10*plannedPeriods {
			return nil, exit.BadInput("name a day from "+format.ISO(org.PeriodStart(panel.Ends))+" on; what began earlier has "+
				"its forecast on the feature's page",
				"--begin: %s is before what is counted ends, or too far away", f.begin)
		}
	}
	out := &explain.Plan{
		Version: planVersion, Panel: panel, Effect: f.effect / 100, Others: f.others,
		From: org.PeriodStart(first),
	}
	each := f.perPeriod
	if each == 0 {
		each = f.teams
	}
	for left := f.teams; left > 0; left -= each {
		out.Begin = append(out.Begin, min(each, left))
	}
	if len(out.Begin) > 10*plannedPeriods {
		return nil, exit.BadInput("let more teams begin in each period",
			"--per-period: it would take %d periods until all have begun", len(out.Begin))
	}
	out.Looks = panel.Plan(first, out.Begin, out.Others, out.Effect, plannedPeriods)
	for i := range out.Looks {
		if out.Looks[i].Chance >= impact.Found {
			out.At = &out.Looks[i].At
			break
		}
	}
	return out, nil
}
