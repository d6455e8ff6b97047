package org

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// A tag of one component is a deployment of that component alone, in every form of
// tag and however the part is owned.
func TestComponents(t *testing.T) {
	owns := func(glob, service string) fact.Ownership {
		return fact.Ownership{Repository: "acme/mono", Paths: []string{glob}, Service: service}
	}
	all := []fact.Team{
		{ID: "web-team", Owns: []fact.Ownership{owns("packages/web/**", "")}},
		{ID: "api", Owns: []fact.Ownership{owns("/api/", "")}},
		{ID: "till", Owns: []fact.Ownership{owns("services/pay/**", "payments")}},
	}
	const everybody = "acme/mono:/api/ acme/mono:packages/web payments"
	for _, tt := range []struct{ refs, want string }{
		{"web@1.2.0 web/v1.2.0 web-v1.2.0 web_1.2.0 @acme/web@1.2.0 release/web/v1.2.0 packages/web/v1.2.0 web@2024-01-31 WEB@1.2", "acme/mono:packages/web"},
		{"web-team@1.2.0", "acme/mono:packages/web"},
		{"api@1.2.0 api/1.2 api-1.2.0+build", "acme/mono:/api/"},
		{"payments@1.2.0 pay@1.2.0 till/v1.2.0 services/pay/v1.2.0", "payments"},
		{"v1.2.0 1.2.0 release-1.2.0 release/1.2.0 mono-v1.2.0 mono@1.2.0 main deploy-42 hotfix/1.2.4", everybody},
		{"docs@1.2.0 docs/v1.2.0 docs-v1.2.0 @acme/docs@1.2.0", ""},
	} {
		for ref := range strings.FieldsSeq(tt.refs) {
			t.Run(ref, func(t *testing.T) {
				e := fact.Events{Deployments: []fact.Deployment{
					{Repository: "acme/mono", ID: "1", Ref: ref},
					{Repository: "acme/mono", ID: "2", Ref: "web-v0.9.0"}, // shows that - joins components
				}}
				o, err := Resolve(Options{}, fact.Content{Teams: all}, e)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, s := range o.Services {
					if slices.ContainsFunc(s.Deployments, func(d Deployment) bool { return d.ID == "1" }) {
						got = append(got, s.ID)
					}
				}
				if fmt.Sprint(got) != fmt.Sprint(strings.Fields(tt.want)) {
					t.Errorf("is a deployment of %v, want %s", got, tt.want)
				}
				if lost := len(got) == 0; lost != slices.ContainsFunc(o.LeftOut, func(l metric.LeftOut) bool {
					return l.What == "deployments" && strings.Contains(l.Reason, "docs")
				}) {
					t.Errorf("left out %v", o.LeftOut)
				}
			})
		}
	}
}

// A name joined by a dash is the project's where no part is called so, and a part
// that nobody owns by paths is of whoever owns the whole repository.
func TestComponentsOfNobody(t *testing.T) {
	teams := []fact.Team{{ID: "a", Owns: []fact.Ownership{{Repository: "acme/mono", Paths: []string{"web/**"}}}}}
	count := func(ref string) (n int) {
		o, err := Resolve(Options{}, fact.Content{Teams: teams}, fact.Events{Deployments: []fact.Deployment{{Repository: "acme/mono", ID: "1", Ref: ref}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range o.Services {
			if s.ID != "acme/mono:web" {
				n += 10 * len(s.Deployments)
			} else {
				n += len(s.Deployments)
			}
		}
		return n
	}
	if n := count("curl-8.1.0"); n != 1 {
		t.Errorf("a tag of the project counts %d, want 1", n)
	}
	if n := count("docs@1.0.0"); n != 0 {
		t.Errorf("a tag of another component counts %d, want 0", n)
	}
	teams = append(teams, fact.Team{ID: "rest", Owns: []fact.Ownership{{Repository: "acme/mono"}}})
	if n := count("docs@1.0.0"); n != 10 {
		t.Errorf("a tag of another component counts %d, want it to be of the rest", n)
	}
}
