package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// What the test binary does, when it is started again by one of its tests.
const (
	roleVariable = "IP3DP_STORE_TEST_ROLE"
	fileVariable = "IP3DP_STORE_TEST_FILE"
	holding      = "hold"  // keeps a store open until its input ends
	writing      = "write" // saves nights until it is killed
)

func TestMain(m *testing.M) {
	var err error
	switch name := os.Getenv(fileVariable); os.Getenv(roleVariable) {
	case holding:
		err = hold(name)
	case writing:
		err = write(name)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// other is another process in a role. It ends with the test at the latest.
func other(t *testing.T, role, file string) (cmd *exec.Cmd, in io.Closer, out *bufio.Reader) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), roleVariable+"="+role, fileVariable+"="+file)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, stdin, bufio.NewReader(stdout)
}

func hold(name string) error {
	s, err := Open(context.Background(), Options{File: name})
	if err != nil {
		return err
	}
	if err := s.Put(context.Background(), "acme", three()); err != nil {
		return err
	}
	fmt.Println("held")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return s.Close()
}

func TestOneWriterManyReaders(t *testing.T) {
	name := file(t)
	cmd, in, out := other(t, holding, name)
	if line, err := out.ReadString('\n'); line != "held\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := Open(t.Context(), Options{File: name}); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "another process") {
		t.Errorf("beside another process: %v", err)
	}
	reader := opened(t, Options{File: name, ReadOnly: true})
	if e, err := reader.Source("acme", SourceOptions{}).Collect(t.Context(), window); err != nil || len(e.Deployments) != 3 {
		t.Errorf("reading beside a writer: %v, %v", e.Deployments, err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the writer could not close beside a reader: %v", err)
	}
	first := opened(t, Options{File: name})
	if _, err := Open(t.Context(), Options{File: name}); !errors.Is(err, ErrLocked) {
		t.Errorf("beside this process: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	opened(t, Options{File: name})
}

// perNight is how many deployments a night of the killed writer saves.
const perNight = 7

// night is what a run saves of one night: new deployments, an old one that has
// changed, one that is dropped, and the cursor.
func night(n int) collect.Batch {
	b := repositories(repo(7, "acme/web"))
	for i := range perNight {
		b.Deployments = append(b.Deployments, deployed(7, fmt.Sprintf("%d-%d", n, i), 9))
	}
	if n > 0 {
		again := deployed(7, fmt.Sprintf("%d-0", n-1), 9)
		again.Fact.Environment = "changed"
		b.Deployments = append(b.Deployments, again)
	}
	b.Drops = []collect.Drop{{Repository: 7, Kind: collect.Deployments, From: day(30), To: day(10)}}
	b.Incidents = []collect.Kept[fact.Incident]{{Repository: 7, ID: strconv.Itoa(n), At: day(1), Open: true}}
	b.Cursors = []collect.Cursor{{Repository: 7, Kind: collect.Deployments, From: day(9), To: day(1), Mark: strconv.Itoa(n + 1)}}
	return b
}

// nights is how many nights a store has, by its cursor.
func nights(s *Store) (int, error) {
	cursors, err := s.Cursors(context.Background(), "acme")
	if err != nil || len(cursors) == 0 {
		return 0, err
	}
	return strconv.Atoi(cursors[0].Mark)
}

// write saves night after night from where the store is, and says so after each.
// Every few nights it closes the store and opens it again, as runs do.
func write(name string) error {
	for {
		s, err := Open(context.Background(), Options{File: name})
		if err != nil {
			return err
		}
		n, err := nights(s)
		if err != nil {
			return err
		}
		for range 4 {
			if err := s.Put(context.Background(), "acme", night(n)); err != nil {
				return err
			}
			n++
			fmt.Println(n)
		}
		if err := s.Close(); err != nil {
			return err
		}
	}
}

// TestKilled kills a writer at random points. Every time the store opens, its rows
// and its cursor agree, nothing that was confirmed is lost, and in the end it is
// as if nothing had happened.
func TestKilled(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	name := file(t)
	reached := 0
	for round := range 24 {
		cmd, _, out := other(t, writing, name)
		confirmed := reached
		for range r.IntN(12) {
			line, err := out.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if confirmed, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Duration(r.IntN(20_000)) * time.Microsecond) // somewhere within what comes next
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait() // it was killed
		reached = intact(t, name, round, confirmed)
	}
	s, undisturbed := opened(t, Options{File: name}), writable(t)
	for n := range reached + 1 {
		put(t, undisturbed, night(n))
	}
	put(t, s, night(reached))
	if got, want := state(t, s), state(t, undisturbed); got != want {
		t.Errorf("after the kills:\n%s\nundisturbed:\n%s", got, want)
	}
}

// intact opens a store after a kill, to write or to read, and returns how far it is.
func intact(t *testing.T, name string, round, confirmed int) int {
	t.Helper()
	s, err := Open(t.Context(), Options{File: name, ReadOnly: round%2 == 1})
	if errors.Is(err, ErrMissing) && confirmed == 0 {
		return 0
	}
	if err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
	defer s.Close() // the next round opens it again
	n, err := nights(s)
	if err != nil {
		t.Fatal(err)
	}
	if n < confirmed {
		t.Errorf("round %d: %d nights were confirmed, %d are there", round, confirmed, n)
	}
	if n > 0 {
		if got := len(collected(t, s).Deployments); got != n*perNight {
			t.Errorf("round %d: %d deployments beside a cursor that says %d", round, got, n*perNight)
		}
	}
	return n
}
