package git

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

var errFake = errors.New("exit status 128")

// id is the hash of the tests' n-th commit.
func id(n int) string { return fmt.Sprintf("%040x", n+1) }

// line is one commit as git log prints it in logFormat.
func line(n int, parents []int, at int64, author, message string) string {
	var p []string
	for _, one := range parents {
		p = append(p, id(one))
	}
	return fmt.Sprintf("%s\x00%s\x00%d\x00%d\x00%s\x00%s@example.com\x00%s\x00", id(n), strings.Join(p, " "), at, at, author, author, message)
}

func read(text string, files bool) (*history, error) {
	h := newHistory()
	return h, h.readLog(newLogReader(strings.NewReader(text), files), text[:min(len(text), 40)])
}

func TestLogReader(t *testing.T) {
	text := line(1, []int{0}, 20, "bob", "two (#2)\n\nbody") +
		"\n:100644 100644 aaa bbb M\x00dir/a file\x00:100644 000000 aaa 000 D\x00\xffodd\nname\x00" +
		line(0, nil, 10, "ann", "one")
	for name, r := range map[string]io.Reader{
		"whole": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text)),
	} {
		t.Run(name, func(t *testing.T) {
			l := newLogReader(r, true)
			first, err := l.next()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := fmt.Sprintf("%s %s %q", first.parents, first.name, first.paths); got != id(0)+` bob ["dir/a file" "`+"\uFFFD"+`odd\nname"]` {
				t.Errorf("%s: %s", name, got)
			}
			second, err := l.next()
			if err != nil || string(second.message) != "one" || second.paths == nil || len(second.paths) != 0 {
				t.Errorf("%s: second commit: %+v, %v", name, second, err)
			}
			if _, err := l.next(); !errors.Is(err, io.EOF) {
				t.Errorf("%s: want the end, got %v", name, err)
			}
		})
	}
}

func TestLogReaderRefuses(t *testing.T) {
	whole := line(1, []int{0}, 2, "a", "m") + line(0, nil, 1, "a", "m")
	tests := []struct{ name, text, want string }{
		{"broken off", whole[:len(whole)-3], "unexpected EOF"},
		{"no hash", "zz\x00\x001\x001\x00\x00\x00\x00", "not the hash of a commit"},
		{"no parent's hash", id(1) + "\x00zz\x001\x001\x00\x00\x00\x00", "not the hash of a parent"},
		{"twice", line(0, nil, 1, "a", "m") + line(0, nil, 1, "a", "m"), "twice"},
		{"parent first", line(0, nil, 1, "a", "m") + line(1, []int{0}, 1, "a", "m"), "after its parent"},
		{"its own parent", line(0, []int{0}, 1, "a", "m"), "after its parent"},
		{"parent missing", line(1, []int{0}, 1, "a", "m"), "is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := read(tt.text, false); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: got %v", tt.name, err)
			}
		})
	}
}

func TestLongFieldIsCut(t *testing.T) {
	long := strings.Repeat("x", 3*maxField)
	l := newLogReader(strings.NewReader(line(1, nil, 2, "a", long)+line(0, nil, 1, "a", "after")), false)
	first, err := l.next()
	if err != nil || len(first.message) != maxField {
		t.Fatalf("%d bytes kept, %v", len(first.message), err)
	}
	if second, err := l.next(); err != nil || string(second.message) != "after" {
		t.Errorf("the next commit is out of step: %v", err)
	}
}

func TestUnix(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1700000000": 1700000000, "4300000000": 4300000000, "-5": -5,
		"": noTime, "%at": noTime, "18446744073709551614": noTime, "253402300800": noTime,
	} {
		t.Run(text, func(t *testing.T) {
			if got := parseUnix([]byte(text)); got != want {
				t.Errorf("%q: got %d, want %d", text, got, want)
			}
		})
	}
}

// graphText is the log of a random history with n commits, newest first; commit
// n-1 is the branch's newest. Some merges name a request.
func graphText(rnd *rand.Rand, n int) string {
	var b strings.Builder
	for c := n - 1; c >= 0; c-- {
		parents := map[int]bool{}
		if c > 0 {
			parents[c-1-rnd.IntN(min(c, 3))] = true
		}
		for range rnd.IntN(3) {
			if c > 0 && rnd.IntN(3) == 0 {
				parents[rnd.IntN(c)] = true
			}
		}
		var list []int
		for p := range parents {
			list = append(list, p)
		}
		slices.SortFunc(list, func(a, b int) int { return b - a })
		message := "work"
		if rnd.IntN(3) == 0 {
			message = fmt.Sprintf("work (#%d)", c)
		}
		b.WriteString(line(c, list, int64(1000+c), "ann", message))
	}
	return b.String()
}

// Every commit of a branch is in exactly one change, or is the merge commit of
// one, or is a merge that brought others' changes or nothing. A change that a
// merge of the first-parent chain makes is what the definition says: reachable
// from its other parents and not from its first.
func TestEveryCommitIsAttributedOnce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		h, err := read(graphText(rnd, 1+rnd.IntN(60)), false)
		if err != nil {
			t.Fatal(err)
		}
		tip := h.order[0]
		w := h.findChanges(tip, home{})
		times := map[int32]int{}
		merges := 0
		for _, m := range w.out {
			once := m.members
			if m.own != nil {
				once = m.own // the others are in the requests inside
			}
			for _, s := range once {
				times[s]++
			}
			if parents := h.parents(m.commit); len(parents) > 1 {
				merges++
				if times[m.commit] > 0 {
					t.Fatalf("merge %s is in a change before its own", h.sha[m.commit])
				}
				times[m.commit]++
			}
			if !slices.IsSortedFunc(m.members, func(a, b int32) int { return int(h.nodes[b].order - h.nodes[a].order) }) {
				t.Fatal("commits of a change are not oldest first")
			}
		}
		without := 0
		reach := newWalker(h, home{})
		for _, s := range reach.appendReachable(tip, nil) {
			switch times[s] {
			case 0:
				without++
			case 1:
			default:
				t.Fatalf("commit %s is in %d changes", h.sha[s], times[s])
			}
		}
		if without != w.opened+w.empty {
			t.Fatalf("%d commits are in no change, but %d merges were opened and %d brought nothing", without, w.opened, w.empty)
		}
		for _, m := range w.out {
			if parents := h.parents(m.commit); len(parents) > 1 && onChain(h, tip, m.commit) && !partlyOpened(h, w, m) {
				if want := brought(h, parents); !slices.Equal(sorted(m.members), want) {
					t.Fatalf("merge %s brought %v, want %v", h.sha[m.commit], sorted(m.members), want)
				}
			}
		}
	}
}

func onChain(h *history, tip, slot int32) bool {
	return slices.Contains(h.firstParents(tip, func(int32) bool { return false }), slot)
}

// partlyOpened: an octopus one of whose sides held requests.
func partlyOpened(h *history, w *walker, m merged) bool {
	inside := map[int32]bool{}
	for _, s := range brought(h, h.parents(m.commit)) {
		inside[s] = true
	}
	return slices.ContainsFunc(w.out, func(o merged) bool { return o.commit != m.commit && inside[o.commit] })
}

// brought is the definition, computed the plain way.
func brought(h *history, parents []int32) []int32 {
	base := walker{history: h, seen: make([]bool, len(h.nodes))}
	base.appendReachable(parents[0], nil)
	var members []int32
	for _, p := range parents[1:] {
		members = base.appendReachable(p, members)
	}
	return sorted(members)
}

func sorted(s []int32) []int32 {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

// FuzzReadLog: no input panics, hangs or makes a history that is not a graph.
func FuzzReadLog(f *testing.F) {
	rnd := rand.New(rand.NewPCG(3, 4))
	f.Add([]byte(graphText(rnd, 12)), false)
	f.Add([]byte(line(1, []int{0}, 2, "a", "m")+"\n:100644 100644 a b M\x00p\x00"+line(0, nil, 1, "a", "This reverts commit "+id(1))), true)
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00"), false)
	f.Fuzz(func(t *testing.T, text []byte, files bool) {
		h, err := read(string(text), files)
		if err != nil || len(h.order) == 0 {
			return
		}
		if len(h.order) != len(h.nodes) || len(h.sha) != len(h.nodes) {
			t.Fatalf("%d read, %d known", len(h.order), len(h.nodes))
		}
		for _, slot := range h.order {
			for _, p := range h.parents(slot) {
				if h.nodes[p].order <= h.nodes[slot].order {
					t.Fatal("a parent comes before its child")
				}
			}
		}
		tip := h.order[0]
		members := 0
		for _, m := range h.findChanges(tip, home{}).out {
			members += len(m.members)
		}
		if members > len(h.nodes) {
			t.Fatalf("%d commits attributed out of %d", members, len(h.nodes))
		}
		h.branchPositions(h.sha[tip])
	})
}

// FuzzJudge: a tag's name never panics, and what is a release stays one with
// build metadata.
func FuzzJudge(f *testing.F) {
	for _, name := range []string{"v1.2.3", "a/b@1.2", "release-2024-01-31", "1.2.3-rc1", "-", "@/1.2"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		one := (judge{}).judgeTag(name)
		if one.verdict == release && len(one.version) == 0 {
			t.Errorf("%q: a release without a version", name)
		}
	})
}

// FuzzParseMessage: what is found is well-formed, whatever a message says.
func FuzzParseMessage(f *testing.F) {
	for _, text := range []string{"x (#1)", "Merged PR 1: x", "a\n\nSee merge request a!1", "This reverts commit " + id(1), "Reverts a/b#2"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m := parseMessage(text, true)
		if m.request != "" && !isDigits(m.request) || m.undoes != "" && !isDigits(m.undoes) {
			t.Errorf("a request is no number: %+v", m)
		}
		if strings.Trim(m.reverts, "0123456789abcdef") != "" {
			t.Errorf("a revert is no hash: %+v", m)
		}
	})
}
