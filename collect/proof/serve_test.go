package proof_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
	"github.com/ip3dp/ip3dp/collect/testkit/gitlabtest"
)

// roleVariable makes the test binary, started again, a fake forge in a process of
// its own, so that what the program under test needs is measured alone.
const roleVariable = "IP3DP_PROOF_SERVE"

// labToken is the token of the fake GitLab.
const labToken = "glpat-canary_0123456789"

// role is what such a process serves.
type role struct {
	Forge   string // github or gitlab
	Size    testkit.Size
	Now     time.Time
	Latency time.Duration
	// Limit are requests an hour; 0: those of a forge.
	Limit int
}

// order is a line that moves a serving process; it answers with a tally.
type order struct {
	Now time.Time // zero: stays
}

// tally are the requests since the last order.
type tally struct {
	Address string
	Kinds   map[string]int
	Points  int
}

func (c *tally) total() int {
	n := 0
	for _, k := range c.Kinds {
		n += k
	}
	return n
}

// serve is the serving process: one order a line, until there are no more.
func serve(text string, in io.Reader, out io.Writer) error {
	var r role
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return err
	}
	w := testkit.Organisation(r.Size)
	var address string
	var setNow func(time.Time)
	var count func() tally
	switch r.Forge {
	case "github":
		s := githubtest.Serve(w, githubtest.Options{Now: r.Now, Latency: r.Latency, Clock: time.Now, Limit: r.Limit, Points: r.Limit})
		defer s.Close()
		address, setNow = s.URL, s.SetNow
		count = func() tally {
			defer s.ResetCounts()
			return tally{address, s.Requests(), s.Points()}
		}
	case "gitlab":
		s := gitlabtest.Serve(w, gitlabtest.Options{Latency: r.Latency, Token: labToken})
		defer s.Close()
		s.SetNow(r.Now)
		address, setNow = s.BaseURL(), s.SetNow
		count = func() tally {
			defer s.Reset()
			return tally{address, s.Counts(), 0}
		}
	default:
		return fmt.Errorf("no forge is called %q", r.Forge)
	}
	answers := json.NewEncoder(out)
	if err := answers.Encode(count()); err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var o order
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			return err
		}
		if !o.Now.IsZero() {
			setNow(o.Now)
		}
		if err := answers.Encode(count()); err != nil {
			return err
		}
	}
	return nil
}

// served is a serving process.
type served struct {
	t       testing.TB
	in      io.WriteCloser
	out     *json.Decoder
	address string
}

// start serves until the test ends.
func (r role) start(t testing.TB) *served {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), roleVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, in: in, out: json.NewDecoder(out)}
	t.Cleanup(func() {
		_ = in.Close() // which ends it
		_ = cmd.Wait()
	})
	s.address = s.answer().Address
	return s
}

func (s *served) answer() tally {
	s.t.Helper()
	var c tally
	if err := s.out.Decode(&c); err != nil {
		s.t.Fatal("the serving process: ", err)
	}
	return c
}

// tell gives an order, and returns what was asked before it.
func (s *served) tell(o order) tally {
	s.t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := io.WriteString(s.in, string(text)+"\n"); err != nil {
		s.t.Fatal(err)
	}
	return s.answer()
}

// platform is a folder with a configuration of one forge.
type platform struct {
	t      testing.TB
	folder string
	env    []string
}

// newPlatform makes one; settings are lines of the forge's table.
func newPlatform(t testing.TB, forge, address string, settings ...string) *platform {
	t.Helper()
	p := &platform{t: t, folder: t.TempDir(), env: []string{"NO_COLOR=1", "GITHUB_TOKEN=" + githubtest.Token, "GITLAB_TOKEN=" + labToken}}
	where := map[string]string{"github": "organisations", "gitlab": "groups"}[forge]
	text := fmt.Sprintf("[[%s]]\nname = %q\n%s = [\"acme\"]\nbase_url = %q\n%s\n", forge, source, where, address, strings.Join(settings, "\n"))
	p.write("config.toml", text)
	return p
}

func (p *platform) file(name string) string { return p.folder + "/" + name }

func (p *platform) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(p.file(name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// command is the program, ready to start.
func (p *platform) command(now time.Time, args ...string) *exec.Cmd {
	p.t.Helper()
	cmd := exec.Command(program(p.t), args...)
	cmd.Dir = p.folder
	cmd.Env = append([]string{"IP3DP_NOW=" + now.Format(time.RFC3339), "HOME=" + p.folder, "PATH=" + os.Getenv("PATH")}, p.env...)
	return cmd
}

// did is what a run of the program did.
type did struct {
	code     int
	said     string // on both streams
	took     time.Duration
	rss, cpu int // kilobytes, milliseconds
}

// run runs the program to its end.
func (p *platform) run(now time.Time, args ...string) did {
	p.t.Helper()
	cmd := p.command(now, args...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	state := cmd.ProcessState
	return did{
		code: state.ExitCode(), said: said.String(), took: time.Since(began), rss: peak(state),
		cpu: int((state.UserTime() + state.SystemTime()).Milliseconds()),
	}
}
