//go:build !race

// What is tested here runs in processes of its own, where the race detector finds
// nothing that other tests do not, and takes five times as long.

package workflowtest

import (
	"bytes"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/gitlabtest"
	"github.com/ip3dp/ip3dp/render/comment"
)

// programVariable names the program under test in a process that runs alone in its network.
const programVariable = "IP3DP_TEST_PROGRAM"

// allowNamespaces is the next step where the system has no namespaces for users.
const allowNamespaces = "allow user namespaces, on Ubuntu by: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"

// runAlone runs a test again in a process whose network has nothing but its own loopback.
func runAlone(t *testing.T, name string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+name+"$", "-test.v")
	c.Env = append(os.Environ(), programVariable+"="+programOfTests(t))
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("in a network of its own: %v (if the system refuses it: %s)\n%s", err, allowNamespaces, out)
	}
	if !bytes.Contains(out, []byte("--- PASS: "+name)) {
		t.Fatalf("the test did not run:\n%s", out)
	}
}

// lonely is a network with a loopback. It counts what is asked of anything else.
type lonely struct {
	t     *testing.T
	names atomic.Int64 // questions for the addresses of hosts
}

func newLonely(t *testing.T) *lonely {
	t.Helper()
	links, err := net.Interfaces()
	if err != nil || len(links) != 1 {
		t.Fatalf("the network is not alone: %v, %v", links, err)
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd) // nothing was written
	request := struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		rest  [22]byte
	}{flags: syscall.IFF_UP | syscall.IFF_RUNNING}
	copy(request.name[:], "lo")
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); errno != 0 {
		t.Fatalf("the loopback cannot be switched on: %v; %s", errno, allowNamespaces)
	}
	l := &lonely{t: t}
	server, err := net.ListenPacket("udp", ":53") // a resolver may be configured on this machine
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() }) // nothing was written
	go func() {
		for buffer := make([]byte, 512); ; {
			if _, _, err := server.ReadFrom(buffer); err != nil {
				return
			}
			l.names.Add(1)
		}
	}()
	before := l.strays()
	if c, err := net.Dial("tcp", "192.0.2.1:443"); err == nil {
		c.Close() // nothing was written
		t.Fatal("there is a way to another host")
	}
	after := l.strays()
	if _, err := net.DefaultResolver.LookupHost(t.Context(), "releases.example.com"); err == nil || after == before || l.strays() == after {
		t.Fatalf("what is asked elsewhere goes unnoticed, so this test shows nothing: %d, %d, %d, %v", before, after, l.strays(), err)
	}
	return l
}

// strays counts packets without a route, of IPv4 and IPv6, and questions for names.
func (l *lonely) strays() int64 {
	l.t.Helper()
	n := l.names.Load()
	add := func(text string) {
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			l.t.Fatal(err)
		}
		n += v
	}
	data, err := os.ReadFile("/proc/net/snmp")
	if err != nil {
		l.t.Fatal(err)
	}
	var keys []string
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if fields[0] != "Ip:" {
			continue
		}
		for i, key := range keys {
			if key == "OutNoRoutes" {
				add(fields[i])
			}
		}
		keys = fields
	}
	if data, err = os.ReadFile("/proc/net/snmp6"); err == nil {
		_, rest, _ := strings.Cut(string(data), "Ip6OutNoRoutes")
		add(strings.Fields(rest + " 0")[0])
	}
	return n
}

// TestGitLabOffline: in a network that reaches only a self-managed GitLab and a mirror of
// releases on it, behind a CA of its own, a night, a preview with its comment and the pipeline
// of a fork work, install nothing, and try no other host.
func TestGitLabOffline(t *testing.T) {
	if os.Getenv(programVariable) == "" {
		t.Parallel()
		runAlone(t, t.Name())
		return
	}
	network := newLonely(t)
	forge := gitlabtest.Serve(testkit.Story(), gitlabtest.Options{Token: "glpat-canary"})
	t.Cleanup(forge.Close)
	p := newPreviews(t)
	var server *httptest.Server
	g := newGitLabHost(t, p.hosted, func(h http.Handler) *httptest.Server {
		server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if path, ok := strings.CutPrefix(r.URL.Path, "/releases/"); ok { // the mirror
				http.Redirect(w, r, p.runner["MIRROR"]+"/"+path, http.StatusFound)
				return
			}
			h.ServeHTTP(w, r)
		}))
		return server
	})
	p.runner["MIRROR"], p.runner["IP3DP_RELEASES"] = p.runner["IP3DP_RELEASES"], server.URL+"/releases"
	own := filepath.Join(p.hosted.base, "own-ca.pem")
	g.check(os.WriteFile(own, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	variables := func(more ...string) map[string]string {
		v := map[string]string{"CI_SERVER_TLS_CA_FILE": own, "SSL_CERT_FILE": ""}
		for i := 0; i < len(more); i += 2 {
			v[more[i]] = more[i+1]
		}
		return v
	}
	config, err := os.ReadFile(filepath.Join(p.repo, "config.toml"))
	p.check(err)
	p.write(map[string]string{
		"config.toml": string(config) + "[[gitlab]]\nbase_url = \"" + forge.URL + "\"\nprojects = [\"acme/checkout\"]\n",
		"teams.toml":  nightFiles("")["teams.toml"],
	})
	base := p.commit("A group is collected")
	before := network.strays()

	dir, log, ok := g.run("ip3dp-nightly", variables("GITLAB_TOKEN", "glpat-canary"))
	g.exists(dir, log, "public/index.html")
	if !ok || !strings.Contains(log, "source gitlab: ") {
		t.Fatalf("the night:\n%s", log)
	}
	p.pages = filepath.Join(dir, "public")

	p.write(map[string]string{"roadmap/search.md": plan("Search", "2", "planned")})
	p.commit("A merge request")
	dir, log, ok = g.run("ip3dp-preview", variables("CI_MERGE_REQUEST_IID", "7", "CI_MERGE_REQUEST_DIFF_BASE_SHA", base, "IP3DP_COMMENT_TOKEN", "glpat-canary"))
	g.exists(dir, log, "public/index.html", "preview/diff.json", "preview/code-quality.json")
	if !ok || len(g.notes) != 1 || !strings.HasPrefix(g.notes[0].Body, comment.Marker) || !strings.Contains(g.notes[0].Body, "[Preview](") {
		t.Errorf("the preview: %v, %v\n%s", ok, g.notes, log)
	}

	// A fork has no token, and its configuration leads elsewhere.
	p.write(map[string]string{"config.toml": "[site]\nbase_url = \"https://evil.example/\"\n[history]\nfrom = \"https://evil.example/\"\n[[gitlab]]\nbase_url = \"https://gitlab.example\"\nprojects = [\"a/b\"]\n"})
	p.commit("Addresses of others")
	dir, log, ok = g.run("ip3dp-preview", variables("CI_PROJECT_ID", "13", "CI_MERGE_REQUEST_IID", "7", "CI_MERGE_REQUEST_DIFF_BASE_SHA", base))
	g.exists(dir, log, "public/index.html", "preview/diff.json")
	if !ok || len(g.notes) != 1 || strings.Contains(log, "could not be compared") {
		t.Errorf("the pipeline of a fork: %v, %v\n%s", ok, g.notes, log)
	}
	if n := network.strays() - before; n != 0 {
		t.Errorf("%d attempts to reach another host", n)
	}
}
