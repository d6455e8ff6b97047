// Package hostname decides which host names a local server answers to. A stranger's page can
// make its own name resolve to an address of this machine (DNS rebinding). The browser then
// sends that name, and the page reads the answer.
package hostname

import (
	"net"
	"slices"
	"strings"
)

// Names are the names and addresses that a server answers to. The zero value is for a server
// that only this machine can reach.
type Names struct {
	given []string
	open  bool // on every address of the machine
}

// New returns the names of a server that listens on address, such as "127.0.0.1:8080",
// "build.example:8080" or ":8080", with more names.
func New(address string, more []string) Names {
	var n Names
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip := net.ParseIP(host)
	n.open = host == "" || ip != nil && ip.IsUnspecified()
	for _, name := range append([]string{host}, more...) {
		if name = normalize(name); name != "" {
			n.given = append(n.given, name)
		}
	}
	if n.open {
		n.given = slices.DeleteFunc(n.given, func(name string) bool {
			ip := net.ParseIP(name)
			return ip != nil && ip.IsUnspecified() // no request uses it
		})
	}
	return n
}

// normalize returns a host for comparison: without port, brackets, capitals and a dot at its
// end.
func normalize(host string) string {
	if name, port, err := net.SplitHostPort(host); err == nil && strings.Trim(port, "0123456789") == "" {
		host = name
	} else if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// Allow reports whether to answer a request for a host. at is the server's address that the
// request reached; it may be nil.
func (n Names) Allow(host string, at net.Addr) bool {
	host = normalize(host)
	if host == "localhost" || slices.Contains(n.given, host) {
		return true
	}
	ip := net.ParseIP(host)
	if ip == nil {
		return false
	}
	if tcp, ok := at.(*net.TCPAddr); ok && tcp.IP.Equal(ip) {
		return true
	}
	return ip.IsLoopback() || n.open && isOwnAddress(ip)
}

// isOwnAddress reports whether an address belongs to this machine.
func isOwnAddress(ip net.IP) bool {
	list, err := net.InterfaceAddrs()
	return err == nil && slices.ContainsFunc(list, func(a net.Addr) bool {
		own, ok := a.(*net.IPNet)
		return ok && own.IP.Equal(ip)
	})
}
