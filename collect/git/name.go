package git

import (
	"context"
	"strings"
)

// RepositoryName returns the default name of a clone's repository: owner/name of its origin, or
// else its folder's name. It fails if path is not the top folder of a clone.
func RepositoryName(ctx context.Context, path string) (string, error) {
	r, err := inspectClone(ctx, path)
	return r.repo.Name, err
}

// ForgeKind returns the kind of forge of a clone's remote by its host's name: "github",
// "gitlab", "bitbucket" or "gitea", or "" if unknown.
func ForgeKind(ctx context.Context, path string) (string, error) {
	r, err := inspectClone(ctx, path)
	if err != nil {
		return "", err
	}
	return r.forge.kind, nil
}

// inspectClone opens a clone with the default options.
func inspectClone(ctx context.Context, path string) (*cloneReader, error) {
	o := Options{Path: path}
	r := &cloneReader{source: &source{o: o}, git: program{dir: path}}
	if err := o.Validate(); err != nil {
		return r, err
	}
	return r, r.openClone(ctx)
}

// Remote is a clone's remote on a forge; "" is what its address does not name.
type Remote struct {
	Kind       string // as ForgeKind returns it
	Host       string // with its port, if the address of the web has one
	Repository string // "owner/name"
}

// FindRemote returns the remote of a clone.
func FindRemote(ctx context.Context, path string) (Remote, error) {
	r, err := inspectClone(ctx, path)
	if err != nil {
		return Remote{}, err
	}
	remote := Remote{Kind: r.forge.kind, Repository: r.forge.path}
	if _, rest, ok := strings.Cut(r.forge.base, "://"); ok {
		remote.Host, _, _ = strings.Cut(rest, "/")
	}
	return remote, nil
}
