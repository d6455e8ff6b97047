package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// history is the commit graph of one clone. A commit's slot is its index here; every hash is
// stored once.
type history struct {
	slots     map[string]int32
	sha       []string
	nodes     []node
	edges     []int32 // parents of all nodes, indexed by node.parents
	order     []int32 // slots in the order of git: every parent comes after its children
	authors   interner
	messages  map[int32]messageFacts // facts in commit messages, where there are any
	origins   map[int32]origin       // of merges and requests, if the message has one
	coauthors map[int32][]string     // people in the trailers of a commit
	picked    map[int32]string       // hash of the original of a cherry-picked commit
	paths     map[int32][]string
	shas      arena
	sorted    []string // the hashes in order, built for the first abbreviated one
	// unreadable counts commits with an unreadable date.
	unreadable int
}

// node is one commit. A parent has order -1 until its own record is read.
type node struct {
	authorTime, commitTime int64 // Unix seconds; noTime when unreadable
	parents                [2]uint32
	order                  int32 // position in history.order; -1: not read yet
	author                 int32
	subject                uint64 // fact.HashSubject of the message
}

// noTime is the time of a commit with an unreadable date.
const noTime = math.MinInt64

// lastTime is the last second of the year 9999. Later dates have no standard text form.
const lastTime = 253402300799

func newHistory() *history {
	return &history{
		slots: map[string]int32{}, messages: map[int32]messageFacts{}, origins: map[int32]origin{},
		coauthors: map[int32][]string{}, picked: map[int32]string{}, paths: map[int32][]string{},
		authors: interner{seen: map[string]int32{}, ids: map[string]int32{}},
	}
}

// readHistory reads everything that the branches and the deployed tags reach, in one git log.
func (r *cloneReader) readHistory(ctx context.Context) error {
	var tips strings.Builder
	for _, sha := range r.listTips() {
		tips.WriteString(sha + "\n")
	}
	r.history = newHistory()
	return r.git.stream(ctx, strings.NewReader(tips.String()), func(out io.Reader) error {
		return r.history.readLog(newLogReader(out, r.o.Paths), r.head.sha)
	}, logArgs(r.o.Paths)...)
}

func (r *cloneReader) listTips() []string {
	tips := []string{r.head.sha}
	if r.deploy.sha != "" {
		tips = append(tips, r.deploy.sha)
	}
	for _, t := range r.tags {
		tips = append(tips, t.commit)
	}
	return tips
}

// readLog adds every commit of the log. first is the branch's newest commit: titles are kept
// along its first parents and for requests only.
func (h *history) readLog(l *logReader, first string) error {
	for {
		rec, err := l.next()
		if errors.Is(err, io.EOF) {
			return h.checkComplete()
		}
		if err != nil {
			return err
		}
		onChain := string(rec.sha) == first
		slot, err := h.addCommit(rec, onChain)
		if err != nil {
			return err
		}
		if onChain {
			if parents := h.parents(slot); len(parents) > 0 {
				first = h.sha[parents[0]]
			}
		}
	}
}

// checkComplete returns an error for a parent that the log names and does not contain.
func (h *history) checkComplete() error {
	for slot := range h.nodes {
		if h.nodes[slot].order < 0 {
			return fmt.Errorf("git log breaks off: parent %s is missing", h.sha[slot])
		}
	}
	return nil
}

// addCommit adds one commit. A parent before its child is an error, so that the history cannot
// contain a cycle.
func (h *history) addCommit(rec *record, onChain bool) (int32, error) {
	slot := h.internSlot(rec.sha)
	if h.nodes[slot].order >= 0 {
		return 0, fmt.Errorf("git log names commit %s twice", rec.sha)
	}
	from := len(h.edges)
	for rest := rec.parents; len(rest) > 0; {
		parent, after, _ := bytes.Cut(rest, []byte(" "))
		if !isHash(parent) {
			return 0, fmt.Errorf("git log, commit %s: %q is not the hash of a parent", rec.sha, parent[:min(len(parent), 64)])
		}
		p := h.internSlot(parent)
		if p == slot || h.nodes[p].order >= 0 {
			return 0, fmt.Errorf("git log shows commit %s after its parent %s", rec.sha, parent)
		}
		h.edges = append(h.edges, p)
		rest = after
	}
	n := &h.nodes[slot]
	n.parents = [2]uint32{uint32(from), uint32(len(h.edges))}
	n.order = int32(len(h.order))
	n.authorTime, n.commitTime = parseUnix(rec.authorTime), parseUnix(rec.commitTime)
	if n.commitTime == noTime {
		n.commitTime = n.authorTime
		if n.commitTime == noTime {
			h.unreadable++
		}
	}
	if n.authorTime == noTime {
		n.authorTime = n.commitTime
	}
	n.author = h.authors.authorID(rec.name, rec.email)
	h.order = append(h.order, slot)
	h.readMessage(slot, rec.message, onChain)
	if rec.paths != nil {
		h.paths[slot] = rec.paths
	}
	return slot, nil
}

// readMessage keeps the facts in a commit's message.
func (h *history) readMessage(slot int32, text []byte, onChain bool) {
	n := &h.nodes[slot]
	n.subject = fact.HashSubject(text)
	m := parseMessage(text, onChain)
	if m != (messageFacts{}) {
		h.messages[slot] = m
	}
	if m.request != "" || n.parents[1]-n.parents[0] > 1 {
		if o := parseOrigin(text); o != (origin{}) {
			h.origins[slot] = o
		}
	}
	if sha := pickedFrom(text); sha != "" {
		h.picked[slot] = sha
	}
	if who := coAuthors(text); len(who) > 0 {
		h.coauthors[slot] = who
	}
}

// internSlot returns the slot of the commit with that hash, and makes one if needed.
func (h *history) internSlot(sha []byte) int32 {
	if slot, ok := h.slots[string(sha)]; ok {
		return slot
	}
	slot := int32(len(h.sha))
	h.sha = append(h.sha, h.shas.keep(sha))
	h.nodes = append(h.nodes, node{order: -1})
	h.slots[h.sha[slot]] = slot
	return slot
}

// parents returns the slots of a commit's parents, first parent first.
func (h *history) parents(slot int32) []int32 {
	p := h.nodes[slot].parents
	return h.edges[p[0]:p[1]]
}

// firstParent returns the slot of the first parent, or -1.
func (h *history) firstParent(slot int32) int32 {
	if p := h.parents(slot); len(p) > 0 {
		return p[0]
	}
	return -1
}

// findSlot returns the slot of a commit, or -1 if it was not read.
func (h *history) findSlot(sha string) int32 {
	if slot, ok := h.slots[sha]; ok && h.nodes[slot].order >= 0 {
		return slot
	}
	return -1
}

// firstParents returns a commit and its first parents, newest first. It ends before the first
// one for which stop is true.
func (h *history) firstParents(from int32, stop func(int32) bool) []int32 {
	var chain []int32
	for at := from; at >= 0 && !stop(at); at = h.firstParent(at) {
		chain = append(chain, at)
	}
	return chain
}

func parseUnix(b []byte) int64 {
	t, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || t < -lastTime || t > lastTime {
		return noTime
	}
	return t
}

// arena stores short strings of similar length in large blocks: one allocation for hundreds of
// hashes.
type arena struct{ block strings.Builder }

func (a *arena) keep(b []byte) string {
	if a.block.Cap()-a.block.Len() < len(b) {
		a.block = strings.Builder{}
		a.block.Grow(max(1<<15, len(b)))
	}
	from := a.block.Len()
	a.block.Write(b)
	return a.block.String()[from:]
}

// interner numbers authors, so that each author is stored once.
type interner struct {
	seen   map[string]int32 // by name and e-mail as git prints them
	ids    map[string]int32 // by identity
	values []string
	key    []byte
}

func (i *interner) authorID(name, email []byte) int32 {
	i.key = append(append(append(i.key[:0], name...), 0), email...)
	if id, ok := i.seen[string(i.key)]; ok {
		return id
	}
	who := authorIdentity(string(name), string(email))
	id, ok := i.ids[who]
	if !ok {
		id = int32(len(i.values))
		i.values = append(i.values, who)
		i.ids[who] = id
	}
	i.seen[string(i.key)] = id
	return id
}
