package demo

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// domains name synthetic teams and their services.
var domains = strings.Fields(`accounts ads analytics audit auth basket billing
booking campaigns cards catalogue chat checkout claims content contracts coupons
credit customs delivery devices disputes documents email fraud fulfilment gifts
identity images insights inventory invoices ledger loans logistics loyalty maps
media messaging notifications offers onboarding orders partners payments payouts
pricing profiles promotions quotes ratings recommendations refunds reports
returns rewards routing search settlements shipping stock subscriptions support
tax tracking transfers treasury vouchers wallet warehouse`)

var parts = strings.Fields("api worker web gateway jobs stream admin sync")

var groups = strings.Fields("commerce finance supply customers insight foundations")

// teamName returns the ID of the i-th synthetic team.
func teamName(i int) string {
	if i < len(domains) {
		return domains[i]
	}
	return domains[i%len(domains)] + "-" + strconv.Itoa(i/len(domains)+1)
}

// GenerateTeams generates the synthetic teams of an organisation: TeamCount teams in six
// groups. Every tenth team shares a monorepo with its neighbour. Teams keep their services and
// sizes when TeamCount grows in proportion with ServiceCount and Developers.
func GenerateTeams(o Options) []fact.Team {
	if o.TeamCount <= 0 {
		o.TeamCount = 60
	}
	if o.ServiceCount <= 0 {
		o.ServiceCount = (o.TeamCount*115 + 30) / 60
	}
	if o.Developers <= 0 {
		o.Developers = (o.TeamCount*250 + 30) / 60
	}
	if o.Organisation == "" {
		o.Organisation = "fawkes"
	}
	out := make([]fact.Team, o.TeamCount)
	for i := range out {
		name := teamName(i)
		r := newRand(o.Seed, "team", name)
		out[i] = fact.Team{
			ID: name, Title: formatTitle(name), Group: groups[i%len(groups)],
			Developers: evenShare(o.Developers, o.TeamCount, i),
			Owns:       drawOwnerships(r, o.Organisation, name, i, evenShare(o.ServiceCount, o.TeamCount, i)),
		}
	}
	return out
}

// evenShare returns the i-th of n even shares of a total.
func evenShare(total, n, i int) int { return (i+1)*total/n - i*total/n }

func drawOwnerships(r *rand.Rand, organisation, team string, i, n int) []fact.Ownership {
	mono := i%10 == 3 || i%10 == 4
	first := r.IntN(len(parts))
	own := make([]fact.Ownership, 0, n)
	for k := range n {
		name := team + "-" + parts[(first+k)%len(parts)]
		if k >= len(parts) {
			name += "-" + strconv.Itoa(k/len(parts)+1)
		}
		o := fact.Ownership{Repository: organisation + "/" + name}
		if mono {
			o = fact.Ownership{
				Repository: fmt.Sprintf("%s/mono-%d", organisation, i/10+1),
				Paths:      []string{"services/" + name + "/**"}, Service: name,
			}
		}
		own = append(own, o)
	}
	return own
}

func formatTitle(id string) string {
	return strings.ToUpper(id[:1]) + strings.ReplaceAll(id[1:], "-", " ")
}

// WriteTeams writes teams and the groups that they name as a teams.toml.
func WriteTeams(w io.Writer, teams []fact.Team) error {
	var b strings.Builder
	seen := map[string]bool{}
	for _, t := range teams {
		if t.Group == "" || seen[t.Group] {
			continue
		}
		seen[t.Group] = true
		fmt.Fprintf(&b, "[[group]]\nid = %q\n\n", t.Group)
	}
	for _, t := range teams {
		fmt.Fprintf(&b, "[[team]]\nid = %q\n", t.ID)
		if t.Title != "" {
			fmt.Fprintf(&b, "title = %q\n", t.Title)
		}
		if t.Group != "" {
			fmt.Fprintf(&b, "group = %q\n", t.Group)
		}
		fmt.Fprintf(&b, "developers = %d\n", t.Developers)
		for _, o := range t.Owns {
			writeOwnership(&b, o)
		}
		b.WriteString("\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write teams.toml: %w", err)
	}
	return nil
}

func writeOwnership(b *strings.Builder, o fact.Ownership) {
	fmt.Fprintf(b, "[[team.owns]]\nrepository = %q\n", o.Repository)
	if len(o.Paths) > 0 {
		fmt.Fprintf(b, "paths = [%s]\n", quoteAll(o.Paths))
	}
	if o.Service != "" {
		fmt.Fprintf(b, "service = %q\n", o.Service)
	}
	if !o.From.IsZero() {
		fmt.Fprintf(b, "from = %s\n", o.From.Format(time.DateOnly))
	}
	if !o.Until.IsZero() {
		fmt.Fprintf(b, "until = %s\n", o.Until.Format(time.DateOnly))
	}
}

func quoteAll(xs []string) string {
	q := make([]string, len(xs))
	for i, x := range xs {
		q[i] = strconv.Quote(x)
	}
	return strings.Join(q, ", ")
}
