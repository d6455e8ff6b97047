package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/forges"
	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
)

// version and commit, of 40 digits, are set by the linker; "" where they are not.
var version, commit = "", ""

func main() {
	os.Exit(int(start(os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)))
}

// start runs the whole program. env is in the form of os.Environ. An interrupt ends it in
// order; a second one ends the process at once.
func start(args, env []string, stdin io.Reader, stdout, stderr io.Writer) exit.Code {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // from now on the system's own handling, which kills
	}()
	p := newProgram(env, stdin, stdout, stderr)
	return p.execute(ctx, args)
}

// newProgram returns a program with the machine's clock.
func newProgram(env []string, stdin io.Reader, stdout, stderr io.Writer) *program {
	p := &program{env: console.Environment(env), stdin: stdin, stdout: stdout, clock: time.Now}
	p.openForge = forges.Env{Get: p.env.Get, Clock: p.clock}.Open
	p.out = console.New(stdout, p.env)
	p.err = console.New(stderr, p.env)
	p.state = &state.Reader{Out: p.out, Err: p.err, Release: versionText(), Env: p.env}
	return p
}

// versionText returns the linker's version or, in a binary made by "go install", the module's.
func versionText() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

// ownRelease returns the version and commit of this program.
func ownRelease() scaffold.Release { return scaffold.Release{Version: versionText(), Commit: commit} }
