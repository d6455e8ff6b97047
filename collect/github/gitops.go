package github

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// gitOps is a rule in the form that a run uses.
type gitOps struct {
	GitOpsRule
	path, tag *regexp.Regexp
}

// commitInTag finds a commit at the end of an image's tag: "abc1234", "sha-abc1234",
// "main-42-abc1234".
var commitInTag = regexp.MustCompile(`(?:^|[-_.])(?P<commit>[0-9a-f]{7,40})$`)

func (g *GitOpsRule) compile() (gitOps, error) {
	c := gitOps{GitOpsRule: *g}
	if owner, name, ok := strings.Cut(g.Repository, "/"); !ok || owner == "" || name == "" {
		return c, fmt.Errorf("repository %q is not owner/name", g.Repository)
	}
	if len(g.Images) == 0 {
		return c, fmt.Errorf("no images: say which repository each image is built from")
	}
	var err error
	if c.path, err = regexp.Compile(g.Path); err != nil {
		return c, fmt.Errorf("path: %w", err)
	}
	if g.TagPattern != "" {
		if c.tag, err = regexp.Compile(g.TagPattern); err != nil {
			return c, fmt.Errorf("tag_pattern: %w", err)
		}
	}
	return c, nil
}

// reference is what an image's tag says of the commit it was built from: the name of
// a commit or of a tag. exact says that it is a whole SHA.
func (g *gitOps) reference(tag string) (name string, exact bool) {
	name = tag
	pattern := cmp.Or(g.tag, commitInTag)
	if m := pattern.FindStringSubmatch(tag); m != nil {
		if i := max(slices.Index(pattern.SubexpNames(), "commit"), 1); i < len(m) {
			name = m[i]
		} else {
			name = m[0]
		}
	}
	return name, len(name) == 40 && strings.Trim(name, "0123456789abcdef") == ""
}

// group is what a named group of the rule's path finds in a file's path.
func (g *gitOps) group(file, name string) string {
	m := g.path.FindStringSubmatch(file)
	if i := slices.Index(g.path.SubexpNames(), name); m != nil && i > 0 {
		return m[i]
	}
	return ""
}

// image is an image with its tag, as a line of a patch names it.
type image struct{ name, tag string }

var (
	imageLine = regexp.MustCompile(`^\s*-?\s*["']?image["']?\s*:\s*["']?([^\s"'#,]+)`)
	tagLine   = regexp.MustCompile(`^\s*-?\s*["']?(?:newTag|tag)["']?\s*:\s*["']?([^\s"'#,]+)`)
	nameLine  = regexp.MustCompile(`^\s*-?\s*["']?(?:newName|name|repository)["']?\s*:\s*["']?([^\s"'#,]+)`)
)

// splitImage parts an image from its tag; a digest names no commit and is left out.
func splitImage(s string) image {
	s, _, _ = strings.Cut(s, "@")
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, '/') {
		return image{s[:i], s[i+1:]}
	}
	return image{name: s}
}

// changedImages are the images whose tags a unified diff sets. A tag may stand in
// the line "image: name:tag", or apart from the name, as Kustomize and Helm have it:
// then the name is that of the nearest line before it in the same hunk, else after.
func changedImages(patch string) []image {
	var set, unset []image
	for hunk := range strings.SplitSeq(patch, "\n@@") {
		lines := strings.Split(hunk, "\n")
		for i, line := range lines {
			if line == "" || line[0] != '+' && line[0] != '-' || strings.HasPrefix(line, "+++") ||
				strings.HasPrefix(line, "---") {
				continue
			}
			var found image
			if m := imageLine.FindStringSubmatch(line[1:]); m != nil {
				found = splitImage(m[1])
			} else if m := tagLine.FindStringSubmatch(line[1:]); m != nil {
				found = image{nearestName(lines, i, line[0]), m[1]}
			}
			switch {
			case found.name == "" || found.tag == "":
			case line[0] == '+':
				set = append(set, found)
			default:
				unset = append(unset, found)
			}
		}
	}
	// A line that only moved, or was set anew in its file, changes nothing twice.
	set = slices.DeleteFunc(set, func(i image) bool { return slices.Contains(unset, i) })
	var once []image
	for _, i := range set {
		if !slices.Contains(once, i) {
			once = append(once, i)
		}
	}
	return once
}

// nearestName is the image named nearest to line i, on that side of the diff.
func nearestName(lines []string, i int, side byte) string {
	at := func(j int) string {
		line := lines[j]
		if line == "" || line[0] != ' ' && line[0] != side {
			return ""
		}
		if m := nameLine.FindStringSubmatch(line[1:]); m != nil {
			return splitImage(m[1]).name
		}
		return ""
	}
	for j := i - 1; j >= 0; j-- {
		if name := at(j); name != "" {
			return name
		}
	}
	for j := i + 1; j < len(lines); j++ {
		if name := at(j); name != "" {
			return name
		}
	}
	return ""
}

// configures is the rule for which a repository is the configuration repository.
func (r *run) configures(t *target) []*gitOps {
	var found []*gitOps
	for i := range r.f.rules.gitops {
		if g := &r.f.rules.gitops[i]; strings.EqualFold(g.Repository, t.repo.Name) ||
			slices.ContainsFunc(t.repo.Former, func(n string) bool { return strings.EqualFold(n, g.Repository) }) {
			found = append(found, g)
		}
	}
	return found
}

// gitops reads the deployments that the new commits of a configuration repository
// stand for. Only the chain of first parents counts: what a merge brought in took
// effect with the merge.
func (r *run) gitops(ctx context.Context, t *target) error {
	rules := r.configures(t)
	if len(rules) == 0 || t.spans[collect.Commits].err != nil {
		return nil
	}
	rows := make(map[string]*fact.Commit, len(t.batch.Commits))
	for i := range t.batch.Commits {
		rows[t.batch.Commits[i].ID] = &t.batch.Commits[i].Fact
	}
	for c := rows[t.head]; c != nil; {
		files, err := r.files(ctx, t, c.SHA)
		if err != nil {
			return err
		}
		for _, g := range rules {
			if err := r.rolledOut(ctx, t, g, c, files); err != nil {
				return err
			}
		}
		if len(c.Parents) == 0 {
			break
		}
		c = rows[c.Parents[0]]
	}
	return nil
}

// files are the changes of a commit, of which GitHub shows 300 a page.
func (r *run) files(ctx context.Context, t *target, sha string) ([]rFile, error) {
	var all []rFile
	address, page := "repos/"+t.repo.Name+"/commits/"+sha, 1
	for path := address; ; path = fmt.Sprintf("%s?page=%d", address, page) {
		var full rCommit
		resp, err := r.client.get(ctx, path, &full)
		if err != nil {
			return nil, err
		}
		all = append(all, full.Files...)
		if resp.NextPage <= page {
			return all, nil
		}
		page = resp.NextPage
	}
}

// rolledOut adds the deployments that one commit stands for: one for each image
// and environment, however many files name them.
func (r *run) rolledOut(ctx context.Context, t *target, g *gitOps, c *fact.Commit, files []rFile) error {
	seen := map[string]bool{}
	for _, f := range files {
		if !g.path.MatchString(f.Filename) {
			continue
		}
		environment := cmp.Or(g.group(f.Filename, "environment"), g.Environment, defaultEnvironment)
		for _, i := range changedImages(f.Patch) {
			d := fact.Deployment{
				ID: strings.Join([]string{"gitops", c.SHA, environment, i.name}, "-"), URL: pageOf(t.repo.URL, "commit", c.SHA),
				Service: g.group(f.Filename, "service"), Environment: environment, Ref: i.tag, Creator: c.Author, Created: c.CommitTime,
				Statuses: []fact.Status{{State: fact.Success, At: c.CommitTime}},
			}
			repo, err := r.builtFrom(ctx, t, g, i, &d)
			if err != nil {
				return err
			}
			if key := formatNumber(repo) + d.ID; !seen[key] {
				seen[key] = true
				if d.Unmapped {
					d.Commit = c.SHA
				}
				t.batch.Deployments = append(t.batch.Deployments, keepDeployment(repo, d, false))
			}
		}
	}
	return nil
}

// builtFrom finds the repository and the commit that an image was built from. What
// no rule maps, or whose commit cannot be found, is unmapped.
func (r *run) builtFrom(ctx context.Context, t *target, g *gitOps, i image, d *fact.Deployment) (repo int64,
	err error,
) {
	source := r.named(g.Images[i.name])
	if source == nil {
		d.Unmapped = true
		return t.repo.ID, nil
	}
	name, exact := g.reference(i.tag)
	if d.Commit = name; exact {
		return source.repo.ID, nil
	}
	d.Commit, err = r.resolve(ctx, source.repo.Name, name)
	if err == nil && d.Commit == "" && name != i.tag {
		d.Commit, err = r.resolve(ctx, source.repo.Name, i.tag)
	}
	d.Unmapped = d.Commit == ""
	return source.repo.ID, err
}

// named is the repository of that name, among those that are read.
func (r *run) named(name string) *target {
	if name == "" {
		return nil
	}
	for _, t := range r.targets {
		if strings.EqualFold(t.repo.Name, name) {
			return t
		}
	}
	return nil
}

// resolve is the SHA of a shortened SHA or a tag; "" if the repository has neither.
func (r *run) resolve(ctx context.Context, repo, name string) (string, error) {
	key := repo + " " + name
	if sha, ok := r.resolved[key]; ok {
		return sha, nil
	}
	var c rCommit
	_, err := r.client.get(ctx, "repos/"+repo+"/commits/"+escapePath(name), &c)
	switch status(err) {
	case http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusConflict:
		c.SHA, err = "", nil
	}
	if err != nil {
		return "", err
	}
	if r.resolved == nil {
		r.resolved = map[string]string{}
	}
	r.resolved[key] = c.SHA
	return c.SHA, nil
}
