package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// program runs the git program on one clone.
type program struct {
	dir string
	// strict is true for a folder that was found and not configured: a bare clone there may
	// have come with a commit.
	strict bool
	env    []string // further variables
}

// safeArgs keeps a hostile clone from running programs or changing the history. A clone's
// configuration can name a file-system monitor, hooks, a pager or a signature checker, and
// replacement refs can show another history than the pushed one.
var safeArgs = []string{
	"--no-pager",
	"--no-replace-objects",
	"--no-optional-locks",
	"--literal-pathspecs",
	"-c", "core.fsmonitor=false",
	"-c", "core.hooksPath=" + os.DevNull,
	"-c", "log.showSignature=false",
	"-c", "log.showRoot=true",
	"-c", "color.ui=false",
	"-c", "advice.graftFileDeprecated=false",
}

// bareArgs allows or forbids git to use a folder as a bare clone because of its files.
func (p program) bareArgs() []string {
	if p.strict {
		return []string{"-c", "safe.bareRepository=explicit"}
	}
	// The user named the path, so a bare clone is expected.
	return []string{"-c", "safe.bareRepository=all"}
}

// cleanEnv returns the environment for git: the inherited one without the variables that select
// another repository (a hook has them), plus those that keep git quiet, untranslated and off
// the network.
func cleanEnv(inherited []string) []string {
	kept := make([]string, 0, len(inherited)+8)
	for _, v := range inherited {
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "GIT_") && !strings.HasPrefix(name, "GIT_CONFIG") && name != "GIT_EXEC_PATH" {
			continue
		}
		if name != "LC_ALL" && name != "LANGUAGE" {
			kept = append(kept, v)
		}
	}
	return append(kept,
		"LC_ALL=C",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_GRAFT_FILE="+os.DevNull,
		"GIT_NO_LAZY_FETCH=1",
		// Overrides any protocol.*.allow of the clone: no transport has this name.
		"GIT_ALLOW_PROTOCOL=none",
	)
}

// output runs git and returns its output.
func (p program) output(ctx context.Context, args ...string) ([]byte, error) {
	return p.outputWithInput(ctx, nil, args...)
}

// outputWithInput runs git on stdin and returns its output.
func (p program) outputWithInput(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	var out bytes.Buffer
	err := p.stream(ctx, stdin, func(r io.Reader) error {
		_, err := out.ReadFrom(r)
		return err
	}, args...)
	return out.Bytes(), err
}

// stream runs git, feeds it stdin and passes its output to read. An error of read stops git and
// takes precedence over git's own.
func (p program) stream(ctx context.Context, stdin io.Reader, read func(io.Reader) error, args ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", slices.Concat(safeArgs, p.bareArgs(), args)...)
	cmd.Dir = p.dir
	cmd.Env = append(cleanEnv(cmd.Environ()), p.env...)
	cmd.Stdin = stdin
	cmd.WaitDelay = 5 * time.Second
	stderr := &limitedBuffer{limit: 4096}
	cmd.Stderr = stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return p.startError(err)
	}
	readErr := read(stdout)
	if readErr != nil {
		cancel()
	}
	waitErr := cmd.Wait()
	switch {
	case readErr != nil && !errors.Is(readErr, os.ErrClosed):
		return readErr
	case context.Cause(ctx) != nil && waitErr != nil:
		return fmt.Errorf("git %s: %w", args[0], context.Cause(ctx))
	case waitErr != nil:
		return p.explainFailure(args[0], waitErr, stderr.String())
	}
	return nil
}

// limitedBuffer keeps the first bytes written to it, enough for an error message.
type limitedBuffer struct {
	bytes.Buffer
	limit int
}

func (h *limitedBuffer) Write(b []byte) (int, error) {
	if room := h.limit - h.Len(); room > 0 {
		h.Buffer.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}

// knownError is a failure with a reason and a next step.
type knownError struct {
	reason, next string
	cause        error
}

func (e *knownError) Error() string {
	if e.cause == nil {
		return e.reason + ": " + e.next
	}
	return fmt.Sprintf("%s: %s (%v)", e.reason, e.next, e.cause)
}

func (e *knownError) Unwrap() error { return e.cause }

func (p program) startError(err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return &knownError{"the git program is not installed, or not on PATH", "install git 2.31 or newer", nil}
	}
	if _, statErr := os.Stat(p.dir); statErr != nil {
		return &knownError{"the clone's folder cannot be opened", "check the path and its permissions", statErr}
	}
	return fmt.Errorf("start git: %w", err)
}

// remedies maps messages of git to a reason and a next step, in the order they are tried.
var remedies = []struct{ message, reason, next string }{
	{
		"dubious ownership", "git refuses a clone that belongs to another user",
		"as the user who runs this, run `git config --global --add safe.directory` with the clone's absolute path, or " +
			"change its owner",
	},
	{"not a git repository", "not a git repository", "give the top folder of a clone, or a bare clone"},
	{"lazy fetch", "a partial clone lacks the objects that are needed", "clone it again without --filter"},
	{"promisor", "a partial clone lacks the objects that are needed", "clone it again without --filter"},
	{"not allowed", "a partial clone lacks the objects that are needed", "clone it again without --filter"},
	{"missing object", "objects are missing from the clone", "run `git fsck` in it, or clone it again"},
	{"bad object", "objects are missing from the clone", "run `git fsck` in it, or clone it again"},
	{"unable to read", "objects are missing from the clone", "run `git fsck` in it, or clone it again"},
	{"could not read", "objects are missing from the clone", "run `git fsck` in it, or clone it again"},
	{"unknown option", "the git program is too old", "install git 2.31 or newer"},
}

func (p program) explainFailure(verb string, err error, stderr string) error {
	said := scrub(stderr)
	cause := fmt.Errorf("git %s: %w: %s", verb, err, said)
	for _, r := range remedies {
		if strings.Contains(said, r.message) {
			return &knownError{r.reason, r.next, cause}
		}
	}
	return cause
}

var credentials = regexp.MustCompile(`(://)[^/\s]*@`)

// scrub prepares git's stderr for an error on one line: without credentials in URLs and control
// characters.
func scrub(s string) string {
	s = credentials.ReplaceAllString(s, "${1}***@")
	s = strings.ReplaceAll(strings.TrimSpace(s), "\n", "; ")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
}
