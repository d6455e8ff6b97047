package main

import (
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// scriptForges are the fake forges of running scripts, by their address.
var scriptForges sync.Map

// scriptForge is a fake GitHub and what makes it refuse the token.
type scriptForge struct {
	*githubtest.Server
	left atomic.Int64 // requests that are answered before the token is refused
}

// always is more requests than a script sends.
const always = 1 << 40

// serveForge is the command "forge [LIMIT]": it serves the story of testkit as
// a GitHub whose address is in FORGE and whose token is in GITHUB_TOKEN. LIMIT is
// its limit of requests an hour.
func serveForge(ts *testscript.TestScript, _ bool, args []string) {
	limit := 0
	if len(args) > 0 {
		var err error
		limit, err = strconv.Atoi(args[0])
		ts.Check(err)
	}
	f := &scriptForge{}
	f.left.Store(always)
	f.Server = githubtest.Serve(testkit.Story(), githubtest.Options{
		Limit: limit, Points: limit,
		Wrap: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if f.left.Add(-1) < 0 {
					http.Error(w, `{"message": "Bad credentials"}`, http.StatusUnauthorized)
					return
				}
				next.ServeHTTP(w, r)
			})
		},
	})
	ts.Defer(f.Close)
	scriptForges.Store(f.URL, f)
	ts.Setenv("FORGE", f.URL)
	ts.Setenv("GITHUB_TOKEN", githubtest.Token)
}

func forgeOf(ts *testscript.TestScript) *scriptForge {
	f, ok := scriptForges.Load(ts.Getenv("FORGE"))
	if !ok {
		ts.Fatalf("no forge is served")
	}
	return f.(*scriptForge)
}

// night is the command "night DATE": it moves the forge and the run to that day.
func night(ts *testscript.TestScript, _ bool, args []string) {
	now, err := time.Parse(time.DateOnly, args[0])
	ts.Check(err)
	forgeOf(ts).SetNow(now)
	ts.Setenv("IP3DP_NOW", args[0])
}

// refuse is the command "refuse [N]": the forge refuses the token after N more
// requests or, without N, takes it again.
func refuse(ts *testscript.TestScript, _ bool, args []string) {
	n := int64(always)
	if len(args) > 0 {
		var err error
		n, err = strconv.ParseInt(args[0], 10, 64)
		ts.Check(err)
	}
	forgeOf(ts).left.Store(n)
}

// expand is the command "expand FILE…": it puts variables into files.
func expand(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}
