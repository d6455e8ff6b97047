package github

import (
	"context"
	"errors"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

var errStub = errors.New("stub")

func (r *run) beyondGraphQL(ctx context.Context, t *target) error { return nil }
func (r *run) asksREST(t *target) bool                            { return false }
func (r *run) rereadREST(ctx context.Context, d openDeployment) error {
	return errStub
}
func (r *run) readREST(ctx context.Context) error { return errStub }
func (r *run) listOrganisationREST(ctx context.Context, d *discovery, org string) error {
	return errStub
}

func (r *run) probeRepositoryREST(ctx context.Context, d *discovery, name string) error {
	return errStub
}

func (r *run) teamsOfREST(ctx context.Context, org string) ([]fact.ForgeTeam, error) {
	return nil, errStub
}
func missingScopes(o *Options, h map[string][]string) []string { return nil }

func (r *run) teamsDue() bool { return true }
func (f *Forge) Inspect(ctx context.Context, o collect.SyncOptions) (collect.Inspection, error) {
	return collect.Inspection{}, errStub
}

type gitOps struct{}

func (g *GitOpsRule) compile() (gitOps, error) { return gitOps{}, nil }
