package proof_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// parrot is a server that repeats the credentials that it was sent.
type parrot struct {
	answer func(w http.ResponseWriter, r *http.Request, secret string)
	mu     sync.Mutex
	only   string // part of the paths that it does so at
	times  int    // how often; below 0: always
	heard  map[string]bool
}

func (p *parrot) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		secret += r.Header.Get("Private-Token")
		p.mu.Lock()
		p.heard[secret] = true
		spoil := p.answer != nil && p.times != 0 && strings.Contains(r.URL.Path, p.only)
		if spoil {
			p.times--
		}
		answer := p.answer
		p.mu.Unlock()
		if spoil {
			answer(w, r, secret)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (p *parrot) say(only string, times int, answer func(http.ResponseWriter, *http.Request, string)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.only, p.times, p.answer = only, times, answer
}

// repeats are the ways of repeating a secret; patient ones are asked again, and cost
// time.
var repeats = []struct {
	name    string
	patient bool
	answer  func(w http.ResponseWriter, r *http.Request, secret string)
}{
	{"404", false, repeating(404, "application/json", `{"message":"no SECRET here"}`)},
	{"403", false, repeating(403, "application/json", `{"message":"SECRET may not"}`)},
	{"422", false, repeating(422, "application/json", `{"message":"SECRET?","errors":[{"message":"SECRET"}]}`)},
	{"451", false, repeating(451, "text/plain", `SECRET`)},
	{"500", true, repeating(500, "text/html", `<html>SECRET</html>`)},
	{"502 with text", true, repeating(502, "text/plain", `upstream refused "Authorization: Bearer SECRET"`)},
	{"no JSON", true, repeating(200, "application/json", `{"data": SECRET`)},
	{"other JSON", true, repeating(200, "application/json", `{"SECRET":"SECRET"}`)},
	{"GraphQL error", true, repeating(200, "application/json", `{"data":null,"errors":[{"type":"FORBIDDEN","path":["SECRET"],"message":"SECRET is not allowed"}]}`)},
	{"redirect elsewhere", false, func(w http.ResponseWriter, _ *http.Request, secret string) {
		w.Header().Set("Location", "http://"+url.PathEscape(secret)+".example.com/"+secret+"?private_token="+secret)
		w.WriteHeader(302)
	}},
	{"redirect here", false, func(w http.ResponseWriter, r *http.Request, secret string) {
		w.Header().Set("Location", "http://"+r.Host+"/"+secret+"/nowhere?access_token="+secret)
		w.WriteHeader(302)
	}},
	{"link elsewhere", true, func(w http.ResponseWriter, _ *http.Request, secret string) {
		w.Header().Set("Link", `<http://`+secret+`@example.com/`+secret+`>; rel="next"`)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("[]")) // the client has gone: nothing to tell it
	}},
	{"401", false, repeating(401, "application/json", `{"message":"Bad credentials: SECRET"}`)},
}

func repeating(status int, contentType, body string) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, _ *http.Request, secret string) {
		h := w.Header()
		h.Set("Content-Type", contentType)
		for _, name := range []string{"X-Request-Id", "X-GitHub-Request-Id", "X-GitHub-SSO", "Www-Authenticate", "X-OAuth-Scopes"} {
			h.Set(name, "for "+secret)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(strings.ReplaceAll(body, "SECRET", secret))) // as above
	}
}

// needles are what must be found nowhere: each secret, its parts, and other ways to
// write it.
func (p *parrot) needles(others ...string) [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all [][]byte
	for secret := range p.heard {
		others = append(others, secret)
	}
	for _, secret := range others {
		if len(secret) < 20 {
			continue // none was sent
		}
		quarter := len(secret) / 4
		for _, form := range []string{secret, secret[quarter : 3*quarter], url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
			all = append(all, []byte(form))
		}
	}
	return all
}

// told looks for needles in a text.
func told(t *testing.T, what string, text []byte, needles [][]byte) {
	t.Helper()
	for _, n := range needles {
		if i := bytes.Index(text, n); i >= 0 {
			t.Errorf("%s tells a secret: …%q…", what, text[max(0, i-80):min(len(text), i+20)])
			return
		}
	}
}

// toldIn looks for needles in every file below a folder, byte by byte.
func toldIn(t *testing.T, folder string, needles [][]byte) (files int) {
	t.Helper()
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		if err == nil {
			files++
			told(t, name, data, needles)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return files
}

// TestSecrets lets the forge repeat the credentials in every way, at each request of
// some and for ever: they are in no error, report or byte of the store.
func TestSecrets(t *testing.T) {
	w := smallWorld()
	for _, k := range forges() {
		for which, repeat := range repeats {
			s := scene{forge: &k, world: w, syncs: []time.Time{w.To}}
			moments := []int{1, 2, 4}
			if *every {
				moments = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 20, 30, 40}
			}
			for _, lasting := range []bool{false, true} {
				for i, n := range moments {
					if !*every && (i+which)%len(moments) != 0 {
						continue
					}
					bird := &parrot{heard: map[string]bool{}}
					seen := 0
					bird.say("", -1, repeat.answer)
					wrap := func(next http.Handler) http.Handler {
						loud := bird.wrap(next)
						return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
							bird.mu.Lock()
							seen++
							hit := seen == n || lasting && seen > n
							bird.mu.Unlock()
							if hit {
								loud.ServeHTTP(w, r)
								return
							}
							next.ServeHTTP(w, r)
						})
					}
					file := s.file(t)
					st := openStore(t, file)
					report, err := k.sync(t, st, w, w.To, wrap, 0)
					if cause := st.PutReport(t.Context(), source, w.To, report); cause != nil {
						t.Fatal(cause)
					}
					needles := bird.needles(githubtest.Token, labToken)
					what := fmt.Sprintf("%s, %s at %d, lasting %v", k.name, repeat.name, n, lasting)
					told(t, what+": the error", []byte(fmt.Sprint(err)), needles)
					told(t, what+": the report", fmt.Appendf(nil, "%+v", report), needles)
					if toldIn(t, filepath.Dir(file), needles) == 0 { // with the log beside the store
						t.Error("nothing was stored")
					}
					if cause := st.Close(); cause != nil {
						t.Fatal(cause)
					}
				}
			}
		}
	}
}

// TestSecretsOfRuns looks for credentials in all that the program prints and leaves,
// the site among it, while the forge repeats them.
func TestSecretsOfRuns(t *testing.T) {
	t.Parallel()
	w := smallWorld()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pemKey := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	const installed = "ghs_installation4d2c0b9a8e7f6d5c4b3a29180"
	for _, one := range []struct {
		name, forge string
		settings    []string
		env         []string
	}{
		{"a token", "github", nil, nil},
		{"an App", "github", []string{`app_id_env = "APP_ID"`, `app_key_env = "APP_KEY"`}, []string{"APP_ID=77", "APP_KEY=" + pemKey}},
		{"GitLab", "gitlab", nil, nil},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			bird := &parrot{heard: map[string]bool{}}
			var address string
			if one.forge == "github" {
				s := githubtest.Serve(w, githubtest.Options{
					Wrap: bird.wrap, Clock: time.Now, App: &githubtest.App{ID: 77, Installation: 5, Key: &key.PublicKey, Token: installed},
				})
				t.Cleanup(s.Close)
				address = s.URL
			} else {
				s := serveGitLab(w, bird.wrap, nil)
				t.Cleanup(s.close)
				address = s.address
			}
			p := newPlatform(t, one.forge, address, append(one.settings, "days = 12", "budget_percent = 0")...)
			p.env = append(p.env, one.env...)
			p.runSecretly(t, bird, w, append(strings.Split(strings.TrimSpace(pemKey), "\n")[1:], installed))
		})
	}
}

// runSecretly runs the program under one way of repeating after the other.
func (p *platform) runSecretly(t *testing.T, bird *parrot, w *testkit.World, others []string) {
	t.Helper()
	clean := p.run(w.To, "run")
	if clean.code != 0 {
		t.Fatalf("a clean run: exit code %d\n%s", clean.code, clean.said)
	}
	look := func(what string, got did) {
		t.Helper()
		needles := bird.needles(append(others, githubtest.Token, labToken)...)
		told(t, what, []byte(got.said), needles)
		if toldIn(t, p.folder, needles) < 10 {
			t.Errorf("%s: no site was left", what)
		}
	}
	look("a clean run", clean)
	commands, now := [][]string{{"run"}, {"doctor"}, {"collect", "--full"}}, w.To
	for i, repeat := range repeats {
		times := -1
		if repeat.patient {
			times = 1 // it is asked again, after a while
		}
		for j, args := range commands {
			if !*every && (i+j)%6 != 0 {
				continue
			}
			bird.say("", times, repeat.answer)
			now = now.Add(time.Hour) // something is to be found out each time
			got := p.run(now, args...)
			bird.say("", 0, nil)
			look(fmt.Sprintf("%s under %s", args[0], repeat.name), got)
			if times < 0 && got.code == 0 && args[0] != "doctor" { // which says so and ends well
				t.Errorf("%s under %s: exit code 0, though nothing can have been read\n%s", args[0], repeat.name, got.said)
			}
			if repeat.name == "401" && got.code != 12 && (args[0] == "collect" || args[0] == "doctor") {
				t.Errorf("%s under 401: exit code %d\n%s", args[0], got.code, got.said)
			}
		}
	}
}
