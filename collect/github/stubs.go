package github

import (
	"context"
	"errors"

	"github.com/ip3dp/ip3dp/collect"
)

var errStub = errors.New("stub")

func missingScopes(o *Options, h map[string][]string) []string { return nil }

func (f *Forge) Inspect(ctx context.Context, o collect.SyncOptions) (collect.Inspection, error) {
	return collect.Inspection{}, errStub
}

type gitOps struct{}

func (g *GitOpsRule) compile() (gitOps, error) { return gitOps{}, nil }
