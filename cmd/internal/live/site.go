package live

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/ip3dp/ip3dp/cmd/internal/hostname"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/render"
)

// LiveStream is where live.js, the script of served pages, hears of new sites.
const LiveStream = "/-/live"

// Site serves the newest site; its pages are rendered when asked for.
type Site struct {
	name  string // of this server, so that pages of an earlier one reload
	hosts hostname.Names

	mu      sync.Mutex
	pages   map[string]render.Page
	number  int           // of the site
	renewed chan struct{} // closed when there is a newer site
}

// NewSite returns a server without a site, which answers to hosts only.
func NewSite(name string, hosts hostname.Names) *Site {
	return &Site{name: name, hosts: hosts, renewed: make(chan struct{})}
}

// Show replaces the site and notifies the open pages.
func (l *Site) Show(pages []render.Page) {
	index := make(map[string]render.Page, len(pages))
	for _, p := range pages {
		index[p.Path] = p
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pages = index
	l.number++
	close(l.renewed)
	l.renewed = make(chan struct{})
}

// snapshot returns the site, its identity, and the channel that is closed at its end.
func (l *Site) snapshot() (pages map[string]render.Page, id string, renewed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pages, fmt.Sprintf("%s-%d", l.name, l.number), l.renewed
}

// ServeHTTP serves pages by path, as a static host would, and the live stream.
func (l *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	switch {
	case !l.hosts.Allow(r.Host, localAddr(r)):
		// A page of a stranger may have its name resolve to this machine.
		http.Error(w, "this server does not answer to that name: add it with --host", http.StatusMisdirectedRequest)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
	case r.URL.Path == LiveStream:
		l.serveStream(w, r)
	default:
		l.serveFile(w, r)
	}
}

// localAddr returns the address of this machine that a request came to; nil if it is unknown.
func localAddr(r *http.Request) net.Addr {
	at, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return at
}

func (l *Site) serveFile(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	pages, id, _ := l.snapshot()
	p, ok := pages[name]
	status := http.StatusOK
	if !ok {
		if _, folder := pages[name+"/index.html"]; folder {
			// Relative, so that a path of two slashes leads to no other host.
			w.Header().Set("Location", path.Base(name)+"/")
			w.WriteHeader(http.StatusMovedPermanently)
			return
		}
		if p, ok = pages["404.html"]; !ok {
			http.NotFound(w, r)
			return
		}
		status = http.StatusNotFound
	}
	var body bytes.Buffer
	if err := p.Write(&body); err != nil {
		http.Error(w, text.OneLine(fmt.Sprintf("page %s: %v", p.Path, err)), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", ContentType(p.Path))
	w.Header().Set("Server-Timing", fmt.Sprintf("site;desc=%q", id)) // for live.js
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		w.Write(body.Bytes()) // the browser went away
	}
}

// contentTypes are given by us, because those of the system differ by machine.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".csv":  "text/csv; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
	".svg":  "image/svg+xml",
	".png":  "image/png",
	".xml":  "application/xml",
	".atom": "application/atom+xml",
}

// ContentType returns the media type of a file by its extension.
func ContentType(name string) string {
	if t, ok := contentTypes[path.Ext(name)]; ok {
		return t
	}
	return "application/octet-stream"
}

// serveStream sends the identity of the site to a page, now and after every change.
func (l *Site) serveStream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	for {
		_, id, renewed := l.snapshot()
		if _, err := fmt.Fprintf(w, "retry: 300\nevent: site\ndata: %s\n\n", id); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-renewed:
		case <-r.Context().Done():
			return
		}
	}
}
