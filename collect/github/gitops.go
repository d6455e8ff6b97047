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

func (g *GitOpsRule) compileRule() (gitOps, error) {
	c := gitOps{GitOpsRule: *g}
	if owner, name, ok := strings.Cut(g.Repository, "/"); !ok || owner == "" || name == "" {
		return c, fmt.Errorf("repository %q is not owner/name", g.Repository)
	}
	if len(g.Images) == 0 {
		return c, fmt.Errorf("no images: give the repository that each image is built from")
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

// findReference returns the name of the commit or tag that an image was built from, as found in
// the image's tag. exact means that it is a whole SHA.
func (g *gitOps) findReference(tag string) (name string, exact bool) {
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

// matchGroup returns the text that a named group of the rule's path matches in a file's path.
func (g *gitOps) matchGroup(file, name string) string {
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

// splitImage splits an image into name and tag. A digest does not lead to a commit and is left out.
func splitImage(s string) image {
	s, _, _ = strings.Cut(s, "@")
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, '/') {
		return image{s[:i], s[i+1:]}
	}
	return image{name: s}
}

// changedImages returns the images whose tags a unified diff sets. A tag may be in the line
// "image: name:tag", or apart from the name, as in Kustomize and Helm: then the name is that of
// the nearest line before it in the same hunk, else after it.
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
	// A line that only moved, or was written again in its file, changes nothing.
	set = slices.DeleteFunc(set, func(i image) bool { return slices.Contains(unset, i) })
	var once []image
	for _, i := range set {
		if !slices.Contains(once, i) {
			once = append(once, i)
		}
	}
	return once
}

// nearestName returns the image named nearest to line i, on that side of the diff.
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

// configurationRules returns the rules for which a repository is the configuration repository.
func (r *syncer) configurationRules(t *repository) []*gitOps {
	var found []*gitOps
	for i := range r.f.rules.gitops {
		if g := &r.f.rules.gitops[i]; strings.EqualFold(g.Repository, t.repo.Name) ||
			slices.ContainsFunc(t.repo.Former, func(n string) bool { return strings.EqualFold(n, g.Repository) }) {
			found = append(found, g)
		}
	}
	return found
}

// readGitOps reads deployments from the new commits of a configuration repository. Only the
// chain of first parents counts, because commits of a merged branch take effect with the merge.
func (r *syncer) readGitOps(ctx context.Context, t *repository) error {
	rules := r.configurationRules(t)
	if len(rules) == 0 || t.spans[collect.Commits].err != nil {
		return nil
	}
	rows := make(map[string]*fact.Commit, len(t.batch.Commits))
	for i := range t.batch.Commits {
		rows[t.batch.Commits[i].ID] = &t.batch.Commits[i].Fact
	}
	for c := rows[t.head]; c != nil; {
		files, err := r.readFiles(ctx, t, c.SHA)
		if err != nil {
			return err
		}
		for _, g := range rules {
			if err := r.addRollOuts(ctx, t, g, c, files); err != nil {
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

// readFiles returns the changed files of a commit. GitHub shows 300 a page.
func (r *syncer) readFiles(ctx context.Context, t *repository, sha string) ([]rFile, error) {
	var all []rFile
	address, page := "repos/"+t.repo.Name+"/commits/"+sha, 1
	for path := address; ; path = fmt.Sprintf("%s?page=%d", address, page) {
		var full rCommit
		resp, err := r.client.getObject(ctx, path, &full)
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

// addRollOuts adds the deployments of one commit: one for each image and environment, however
// many files name them.
func (r *syncer) addRollOuts(ctx context.Context, t *repository, g *gitOps, c *fact.Commit, files []rFile) error {
	seen := map[string]bool{}
	for _, f := range files {
		if !g.path.MatchString(f.Filename) {
			continue
		}
		environment := cmp.Or(g.matchGroup(f.Filename, "environment"), g.Environment, defaultEnvironment)
		for _, i := range changedImages(f.Patch) {
			d := fact.Deployment{
				ID: strings.Join([]string{"gitops", c.SHA, environment, i.name}, "-"), URL: pageOf(t.repo.URL, "commit", c.SHA),
				Service: g.matchGroup(f.Filename, "service"), Environment: environment, Ref: i.tag, Creator: c.Author,
				Created:  c.CommitTime,
				Statuses: []fact.Status{{State: fact.Success, At: c.CommitTime}},
			}
			repo, err := r.findSource(ctx, t, g, i, &d)
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

// findSource finds the repository and the commit that an image was built from. What
// no rule maps, or whose commit cannot be found, is unmapped.
func (r *syncer) findSource(ctx context.Context, t *repository, g *gitOps, i image, d *fact.Deployment) (repo int64,
	err error,
) {
	source := r.findRepository(g.Images[i.name])
	if source == nil {
		d.Unmapped = true
		return t.repo.ID, nil
	}
	name, exact := g.findReference(i.tag)
	if d.Commit = name; exact {
		return source.repo.ID, nil
	}
	d.Commit, err = r.resolveCommit(ctx, source.repo.Name, name)
	if err == nil && d.Commit == "" && name != i.tag {
		d.Commit, err = r.resolveCommit(ctx, source.repo.Name, i.tag)
	}
	d.Unmapped = d.Commit == ""
	return source.repo.ID, err
}

// findRepository returns the repository of that name among those that are read, or nil.
func (r *syncer) findRepository(name string) *repository {
	if name == "" {
		return nil
	}
	for _, t := range r.repositories {
		if strings.EqualFold(t.repo.Name, name) {
			return t
		}
	}
	return nil
}

// resolveCommit returns the SHA of a shortened SHA or a tag; "" if the repository has neither.
func (r *syncer) resolveCommit(ctx context.Context, repo, name string) (string, error) {
	key := repo + " " + name
	if sha, ok := r.resolved[key]; ok {
		return sha, nil
	}
	var c rCommit
	_, err := r.client.getObject(ctx, "repos/"+repo+"/commits/"+escapePath(name), &c)
	switch statusOf(err) {
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
