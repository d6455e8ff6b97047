// Package hostname decides which names a server of this machine answers to. A page
// of a stranger may have its own name resolve to an address of this machine (DNS
// rebinding): the browser then sends that name, and reads what is answered.
package hostname

import (
	"net"
	"slices"
	"strings"
)

// Names are the names and addresses that a server answers to. The zero value has
// those of a machine that only itself can reach.
type Names struct {
	given []string
	open  bool // on every address of the machine
}

// New returns the names of a server that was told to listen on address, such as
// "127.0.0.1:8080", "build.example:8080" or ":8080", and was given more.
func New(address string, more []string) Names {
	var n Names
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip := net.ParseIP(host)
	n.open = host == "" || ip != nil && ip.IsUnspecified()
	for _, name := range append([]string{host}, more...) {
		if name = plain(name); name != "" {
			n.given = append(n.given, name)
		}
	}
	if n.open {
		n.given = slices.DeleteFunc(n.given, func(name string) bool {
			ip := net.ParseIP(name)
			return ip != nil && ip.IsUnspecified() // no page is asked for by it
		})
	}
	return n
}

// plain returns a host as names are compared: without port, brackets, capitals and a
// dot at its end.
func plain(host string) string {
	if name, port, err := net.SplitHostPort(host); err == nil && strings.Trim(port, "0123456789") == "" {
		host = name
	} else if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// Allow reports whether a request for a host, which reached the server at an
// address of its own, is answered. The address may be nil.
func (n Names) Allow(host string, at net.Addr) bool {
	host = plain(host)
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
	return ip.IsLoopback() || n.open && ofMachine(ip)
}

// ofMachine reports whether an address is one of this machine's.
func ofMachine(ip net.IP) bool {
	list, err := net.InterfaceAddrs()
	return err == nil && slices.ContainsFunc(list, func(a net.Addr) bool {
		own, ok := a.(*net.IPNet)
		return ok && own.IP.Equal(ip)
	})
}
