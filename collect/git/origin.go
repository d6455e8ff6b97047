package git

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
)

// origin is the branch that a merge comes from, by its message. Missing parts are "".
type origin struct {
	head string // merged branch
	base string // branch that it was merged into
	// from is the repository of the head: "owner" or "owner/name" of a forge, or the address or
	// remote in a subject of git.
	from string
	kind originKind
	// project is the repository that numbered the request, if the message has it.
	project string
	rollup  bool // bors merged it into a branch that is merged as a whole
}

// originKind is the form of origin.from.
type originKind byte

const (
	unknownOrigin  originKind = iota
	sameRepository            // the head is a branch of the same repository
	ownerOnly                 // from is the owner of a repository of the same name
	repository                // from is "owner/name"
	address                   // from is the address of a repository
	remote                    // from is the name of a remote
)

var (
	fromGitHub    = regexp.MustCompile(`^Merge pull request #\d+ from ([^/\s]+)/(\S+)$`)
	fromGitea     = regexp.MustCompile(`^Merge pull request '.*' \(#\d+\) from (\S+?)(?: into (\S+))?$`)
	fromBitbucket = regexp.MustCompile(`^Merged in (\S+) \(pull request #\d+\)$`)
	// Bitbucket Data Center
	fromServer      = regexp.MustCompile(`(?m)^(?:Merge pull request #\d+|Merge) in (\S+) from (\S+) to (\S+?)\r?$`)
	fromBors        = regexp.MustCompile(`^(?:Auto merge|Rollup merge) of #\d+ - ([^:\s]+):([^,\s]+)`)
	fromGit         = regexp.MustCompile(`^Merge (remote-tracking )?branch '([^']+)'(?: of (\S+))?(?: into '?([^'\s]+)'?)?$`)
	gitLabReference = regexp.MustCompile(`(?m)^See merge request (\S+)!\d+\r?$`)
)

// parseOrigin reads the origin of a merge from the subjects of GitHub, GitLab, Bitbucket, Gitea
// and Forgejo, bors and git itself.
func parseOrigin(message []byte) (o origin) {
	message = bytes.TrimLeft(message, "\r\n\t ")
	subject, body := cutLine(message)
	if bytes.Contains(body, []byte("See merge request ")) {
		if f := gitLabReference.FindSubmatch(body); f != nil {
			o.project = string(f[1])
		}
	}
	switch {
	case bytes.HasPrefix(subject, []byte("Merge")):
		o.readMerge(subject)
	case bytes.HasPrefix(subject, []byte("Auto merge of")), bytes.HasPrefix(subject, []byte("Rollup merge of")):
		if f := fromBors.FindSubmatch(subject); f != nil {
			o.from, o.kind, o.head = toValidUTF8(f[1]), ownerOnly, toValidUTF8(f[2])
			o.rollup = subject[0] == 'R'
		}
	}
	if o.head == "" && (bytes.HasPrefix(subject, []byte("Merge pull request #")) ||
		bytes.Contains(body, []byte("Merge in "))) {
		if f := fromServer.FindSubmatch(message); f != nil {
			o.project, o.base = toValidUTF8(f[1]), toValidUTF8(f[3])
			o.readHead(toValidUTF8(f[2]))
		}
	}
	return o
}

// readMerge reads a subject that begins with "Merge".
func (o *origin) readMerge(subject []byte) {
	if f := fromGitHub.FindSubmatch(subject); f != nil {
		o.from, o.kind, o.head = toValidUTF8(f[1]), ownerOnly, toValidUTF8(f[2])
	} else if f := fromGitea.FindSubmatch(subject); f != nil {
		o.base = toValidUTF8(f[2])
		o.readHead(toValidUTF8(f[1]))
	} else if f := fromBitbucket.FindSubmatch(subject); f != nil {
		o.readHead(toValidUTF8(f[1]))
	} else if f := fromGit.FindSubmatch(subject); f != nil {
		o.head, o.base = toValidUTF8(f[2]), toValidUTF8(f[4])
		switch name, branch, ok := strings.Cut(strings.TrimPrefix(o.head, "refs/remotes/"), "/"); {
		case len(f[3]) > 0:
			o.from, o.kind = toValidUTF8(f[3]), address
		case len(f[1]) > 0 && ok:
			o.from, o.kind, o.head = name, remote, branch
		}
		o.head = strings.TrimPrefix(o.head, "refs/heads/")
	}
}

// readHead reads a branch with or without its repository before it: "user:branch",
// "owner/name:branch".
func (o *origin) readHead(head string) {
	o.head, o.kind = head, sameRepository
	from, branch, ok := strings.Cut(head, ":")
	if !ok {
		return
	}
	o.from, o.kind, o.head = strings.TrimPrefix(from, "~"), ownerOnly, branch
	if strings.Contains(from, "/") {
		o.kind = repository
	}
}

// kinship is the relation of a merged branch to this repository.
type kinship int

const (
	unknown kinship = iota
	own             // a branch of this repository
	foreign         // a branch of a fork or of another repository
)

// home distinguishes the branches of a repository from those of others.
type home struct {
	owner, name string // of "owner/name"; owner is "" if the repository has none
	branch      string // the default branch; "" if unknown
}

func newHome(repo, branch string) home {
	i := strings.LastIndexByte(repo, '/')
	return home{owner: repo[:max(i, 0)], name: repo[i+1:], branch: branch}
}

// fullName returns "owner/name" of a repository with this name.
func (h home) fullName(owner string) string { return owner + "/" + h.name }

// resolveOrigin returns the relation and the repository ("" if unknown) of an origin's branch,
// and removes an owner before the branch.
func (h home) resolveOrigin(o *origin) (whose kinship, repo string) {
	switch o.kind {
	case remote:
		if o.from == "origin" {
			return own, ""
		}
		return foreign, ""
	case address:
		repo = newForge(o.from).path
		return h.compareRepository(repo), repo
	case ownerOnly:
		if h.owner == "" {
			return unknown, ""
		}
		return h.compareRepository(h.fullName(o.from)), h.fullName(o.from)
	case repository:
		return h.compareRepository(o.from), o.from
	case sameRepository:
		if owner, ok := h.dropOwner(o); ok {
			return h.compareRepository(h.fullName(owner)), h.fullName(owner)
		}
		if h.owner == "" {
			return own, ""
		}
		return own, h.fullName(h.owner)
	}
	if o.head != "" && (o.head == o.base || o.project != "" && o.base == "" && o.head == h.branch) {
		return foreign, "" // a branch cannot be merged into itself: it is a fork's of that name
	}
	return unknown, ""
}

func (h home) compareRepository(repo string) kinship {
	switch {
	case repo == "" || h.owner == "":
		return unknown
	case text.FoldRepository(repo) == text.FoldRepository(h.fullName(h.owner)):
		return own
	}
	return foreign
}

// isOtherProject reports whether another repository numbered a request, by the project in its
// message: "group/name" of GitLab, "KEY/name" of Bitbucket.
func (h home) isOtherProject(project string) bool {
	if i := strings.LastIndexByte(project, '/'); i >= 0 {
		project = project[i+1:]
	}
	return text.Fold(project) != text.Fold(h.name)
}

// topicPrefix matches the first words of ordinary branches of a repository.
var topicPrefix = regexp.MustCompile(`(?i)^(?:hot-?fix|fix|bug-?fix|feat|feature|release|revert|support|chore|docs|test|task|refactor)s?(?:/|-|$)`)

// dropOwner removes an owner, or owner and name, before a branch: older Gitea writes
// "user/branch", Bitbucket Cloud "user/name/branch" for a fork.
func (h home) dropOwner(o *origin) (owner string, ok bool) {
	owner, branch, ok := strings.Cut(o.head, "/")
	if !ok || topicPrefix.MatchString(owner) {
		return "", false
	}
	if name, after, ok := strings.Cut(branch, "/"); ok && text.Fold(name) == text.Fold(h.name) {
		o.head = after
		return owner, true
	}
	if text.Fold(owner) == text.Fold(h.owner) && h.owner != "" || topicPrefix.MatchString(branch) {
		o.head = branch
		return owner, true
	}
	return "", false
}

// longLived matches the usual names of branches that collect many requests and are merged
// themselves. hotfixes matches branches that never do.
var (
	longLived = regexp.MustCompile(`^(?:develop|development|dev|staging|next|release/.*)$`)
	hotfixes  = regexp.MustCompile(`(?i)^hot-?fix(?:/|-|$)`)
)

// isLongLived reports whether a branch of that name carries the work of others to the branch it
// is merged into.
func (h home) isLongLived(branch string) bool {
	return branch != "" && !hotfixes.MatchString(branch) && (branch == h.branch || longLived.MatchString(branch))
}
