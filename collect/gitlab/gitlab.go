// Package gitlab reads the facts of a GitLab, gitlab.com or a self-managed one, through its
// REST API v4. docs/gitlab.md has the rules.
//
// Lists that GitLab has for a whole group (projects, merge requests, incidents) are read once.
// Projects are asked one by one only for lists that a group does not have (deployments, every
// night) and for lists that moved (commits).
package gitlab

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect"
)

// Forge is a GitLab.
type Forge struct {
	name  string
	o     Options
	rules rules
}

var _ collect.Forge = (*Forge)(nil)

// New returns a forge by its name in config.toml. The error names every option that
// is wrong.
func New(name string, o Options) (*Forge, error) {
	r, err := o.compileRules()
	if err != nil {
		return nil, fmt.Errorf("gitlab %s: %w", name, err)
	}
	return &Forge{name: name, o: o, rules: r}, nil
}

// Name returns the name in config.toml.
func (f *Forge) Name() string { return f.name }

// newClient makes the client of one run.
func (f *Forge) newClient() (*client, error) {
	if err := kindOf(f.o.Token).checkUsable(); err != nil {
		return nil, fmt.Errorf("gitlab %s: %w: %w", f.name, collect.ErrCredentials, err)
	}
	c, err := newClient(&f.o)
	if err != nil {
		return nil, fmt.Errorf("gitlab %s: %w", f.name, err)
	}
	return c, nil
}
