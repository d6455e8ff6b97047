package git

import "context"

// Name is the name that the repository of a clone gets where
// Options.Repository is empty: owner/name of its origin, or its folder's name.
// An error says that path is not the top folder of a clone.
func Name(ctx context.Context, path string) (string, error) {
	o := Options{Path: path}
	if err := o.Validate(); err != nil {
		return "", err
	}
	r := &reading{source: &source{o: o}, git: program{dir: path}}
	err := r.open(ctx)
	return r.repo.Name, err
}

// Forge is the kind of forge that a clone's remote lies on, told by its host's
// name: "github", "gitlab", "bitbucket" or "gitea"; "" if it tells none.
func Forge(ctx context.Context, path string) (string, error) {
	o := Options{Path: path}
	if err := o.Validate(); err != nil {
		return "", err
	}
	r := &reading{source: &source{o: o}, git: program{dir: path}}
	if err := r.open(ctx); err != nil {
		return "", err
	}
	return r.forge.kind, nil
}
