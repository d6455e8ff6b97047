package git

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
)

// origin is where the commits of a merge come from, as its message names it. What
// the message leaves out is "".
type origin struct {
	head string // branch that was merged
	base string // branch it was merged into
	// from is where the head is: "owner" or "owner/name" of a forge, or the address
	// or the remote that git names.
	from string
	kind place
	// project is the repository that numbered the request, where the message has it.
	project string
	rollup  bool // bors merged it into a branch that is merged whole
}

// place is what origin.from is.
type place byte

const (
	unsaid     place = iota
	here             // the head is a branch of the repository that was merged into
	ownerOnly        // from is the owner of a repository of the same name
	repository       // from is "owner/name"
	address          // from is the address of a repository
	remote           // from is the name of a remote
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

// parseOrigin reads where a merge comes from: the subjects of GitHub, GitLab,
// Bitbucket, Gitea and Forgejo, bors and git itself.
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
			o.from, o.kind, o.head = clean(f[1]), ownerOnly, clean(f[2])
			o.rollup = subject[0] == 'R'
		}
	}
	if o.head == "" && (bytes.HasPrefix(subject, []byte("Merge pull request #")) ||
		bytes.Contains(body, []byte("Merge in "))) {
		if f := fromServer.FindSubmatch(message); f != nil {
			o.project, o.base = clean(f[1]), clean(f[3])
			o.readHead(clean(f[2]))
		}
	}
	return o
}

// readMerge reads a subject that begins with "Merge".
func (o *origin) readMerge(subject []byte) {
	if f := fromGitHub.FindSubmatch(subject); f != nil {
		o.from, o.kind, o.head = clean(f[1]), ownerOnly, clean(f[2])
	} else if f := fromGitea.FindSubmatch(subject); f != nil {
		o.base = clean(f[2])
		o.readHead(clean(f[1]))
	} else if f := fromBitbucket.FindSubmatch(subject); f != nil {
		o.readHead(clean(f[1]))
	} else if f := fromGit.FindSubmatch(subject); f != nil {
		o.head, o.base = clean(f[2]), clean(f[4])
		switch name, branch, ok := strings.Cut(strings.TrimPrefix(o.head, "refs/remotes/"), "/"); {
		case len(f[3]) > 0:
			o.from, o.kind = clean(f[3]), address
		case len(f[1]) > 0 && ok:
			o.from, o.kind, o.head = name, remote, branch
		}
		o.head = strings.TrimPrefix(o.head, "refs/heads/")
	}
}

// readHead reads a branch before which its repository may stand: "user:branch",
// "owner/name:branch".
func (o *origin) readHead(head string) {
	o.head, o.kind = head, here
	from, branch, ok := strings.Cut(head, ":")
	if !ok {
		return
	}
	o.from, o.kind, o.head = strings.TrimPrefix(from, "~"), ownerOnly, branch
	if strings.Contains(from, "/") {
		o.kind = repository
	}
}

// kinship is whose branch was merged.
type kinship int

const (
	unknown kinship = iota
	own             // a branch of this repository
	foreign         // a branch of a fork or of another repository
)

// home tells the branches of a repository from those of others.
type home struct {
	owner, name string // of "owner/name"; owner is "" if the repository has none
	branch      string // the default branch; "" if unknown
}

func newHome(repo, branch string) home {
	i := strings.LastIndexByte(repo, '/')
	return home{owner: repo[:max(i, 0)], name: repo[i+1:], branch: branch}
}

// full is "owner/name" of a repository.
func (h home) full(owner string) string { return owner + "/" + h.name }

// settle tells whose branch an origin names, in which repository ("" if unknown),
// and drops an owner that stands before the branch.
func (h home) settle(o *origin) (whose kinship, repo string) {
	switch o.kind {
	case remote:
		if o.from == "origin" {
			return own, ""
		}
		return foreign, ""
	case address:
		repo = newForge(o.from).path
		return h.compare(repo), repo
	case ownerOnly:
		if h.owner == "" {
			return unknown, ""
		}
		return h.compare(h.full(o.from)), h.full(o.from)
	case repository:
		return h.compare(o.from), o.from
	case here:
		if owner, ok := h.dropOwner(o); ok {
			return h.compare(h.full(owner)), h.full(owner)
		}
		if h.owner == "" {
			return own, ""
		}
		return own, h.full(h.owner)
	}
	if o.head != "" && (o.head == o.base || o.project != "" && o.base == "" && o.head == h.branch) {
		return foreign, "" // a branch can not be merged into itself: it is a fork's of that name
	}
	return unknown, ""
}

func (h home) compare(repo string) kinship {
	switch {
	case repo == "" || h.owner == "":
		return unknown
	case text.FoldRepository(repo) == text.FoldRepository(h.full(h.owner)):
		return own
	}
	return foreign
}

// other reports whether a request was numbered by another repository, as its
// message names it: "group/name" of GitLab, "KEY/name" of Bitbucket.
func (h home) other(project string) bool {
	if i := strings.LastIndexByte(project, '/'); i >= 0 {
		project = project[i+1:]
	}
	return text.Fold(project) != text.Fold(h.name)
}

// usual are the first words of branches of one's own.
var usual = regexp.MustCompile(`(?i)^(?:hot-?fix|fix|bug-?fix|feat|feature|release|revert|support|chore|docs|test|task|refactor)s?(?:/|-|$)`)

// dropOwner finds an owner, or owner and name, before a branch: older Gitea writes
// "user/branch", Bitbucket Cloud "user/name/branch" of a fork.
func (h home) dropOwner(o *origin) (owner string, ok bool) {
	owner, branch, ok := strings.Cut(o.head, "/")
	if !ok || usual.MatchString(owner) {
		return "", false
	}
	if name, after, ok := strings.Cut(branch, "/"); ok && text.Fold(name) == text.Fold(h.name) {
		o.head = after
		return owner, true
	}
	if text.Fold(owner) == text.Fold(h.owner) && h.owner != "" || usual.MatchString(branch) {
		o.head = branch
		return owner, true
	}
	return "", false
}

// longLived are the usual names of branches that many requests are merged into and
// that are merged themselves, and hotfixes, which are none whatever they are called.
var (
	longLived = regexp.MustCompile(`^(?:develop|development|dev|staging|next|release/.*)$`)
	hotfixes  = regexp.MustCompile(`(?i)^hot-?fix(?:/|-|$)`)
)

// carries reports whether a branch of that name is one that carries the work of
// others to the branch it is merged into.
func (h home) carries(branch string) bool {
	return branch != "" && !hotfixes.MatchString(branch) && (branch == h.branch || longLived.MatchString(branch))
}
