// Package gitlab reads the facts of a GitLab, gitlab.com or one's own, through its
// REST API v4. docs/gitlab.md says by which rules.
//
// What GitLab lists for a whole group (projects, merge requests, incidents) is asked
// for once; projects are asked one by one only for what has no such list
// (deployments, every night) and for what moved (commits).
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
	r, err := o.compile()
	if err != nil {
		return nil, fmt.Errorf("gitlab %s: %w", name, err)
	}
	return &Forge{name: name, o: o, rules: r}, nil
}

// Name is the name in config.toml.
func (f *Forge) Name() string { return f.name }

// ready makes the client of one run.
func (f *Forge) ready() (*client, error) {
	if err := kindOf(f.o.Token).usable(); err != nil {
		return nil, fmt.Errorf("gitlab %s: %w: %w", f.name, collect.ErrCredentials, err)
	}
	c, err := newClient(&f.o)
	if err != nil {
		return nil, fmt.Errorf("gitlab %s: %w", f.name, err)
	}
	return c, nil
}
