package hostname_test

import (
	"math/rand"
	"net"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/hostname"
)

func TestAllow(t *testing.T) {
	t.Parallel()
	at := &net.TCPAddr{IP: net.ParseIP("192.0.2.7"), Port: 8080}
	for _, test := range []struct {
		address string
		more    []string
		host    string
		want    bool
	}{
		{"127.0.0.1:8080", nil, "localhost:8080", true},
		{"127.0.0.1:8080", nil, "LOCALHOST.", true},
		{"127.0.0.1:8080", nil, "127.0.0.1", true},
		{"127.0.0.1:8080", nil, "127.0.0.2:1", true},
		{"127.0.0.1:8080", nil, "[::1]:8080", true},
		{"127.0.0.1:8080", nil, "evil.example", false},
		{"127.0.0.1:8080", nil, "localhost.evil.example", false},
		{"127.0.0.1:8080", nil, "127.0.0.1.evil.example:8080", false},
		{"127.0.0.1:8080", nil, "", false},
		{"127.0.0.1:8080", nil, "203.0.113.9", false},
		{"127.0.0.1:8080", nil, "[::1]", true},
		{"0.0.0.0:8080", nil, "evil.example:8080", false},
		{"0.0.0.0:8080", nil, "192.0.2.7:8080", true}, // where the request arrived
		{"0.0.0.0:8080", nil, "203.0.113.9:8080", false},
		{"0.0.0.0:8080", nil, "0.0.0.0:8080", false},
		{":8080", nil, "localhost:8080", true},
		{":8080", nil, "127.0.0.1:8080", true},
		{"[::]:8080", nil, "[::1]:8080", true},
		{"build.example:8080", nil, "Build.Example:8080", true},
		{"build.example:8080", nil, "other.example:8080", false},
		{":8080", []string{"build.example"}, "build.example:9090", true},
		{":8080", []string{"203.0.113.9"}, "203.0.113.9:8080", true},
		{"192.0.2.7:8080", nil, "192.0.2.7", true},
		{"192.0.2.7:8080", nil, "evil.example", false},
	} {
		t.Run(test.address, func(t *testing.T) {
			if got := hostname.New(test.address, test.more).Allow(test.host, at); got != test.want {
				t.Errorf("on %s and %v, for %q: %v", test.address, test.more, test.host, got)
			}
		})
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		ip := a.(*net.IPNet).IP
		if !hostname.New("0.0.0.0:1", nil).Allow(net.JoinHostPort(ip.String(), "1"), nil) {
			t.Errorf("on every address, for %s: refused", ip)
		}
	}
}

// TestNoNameOfAStranger: whatever a name looks like, it is answered only if it was
// given.
func TestNoNameOfAStranger(t *testing.T) {
	t.Parallel()
	pieces := []string{"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "::1", "evil", "example", ".", "-", ":8080", "%00", "@", "#", "LOCALHOST", "0x7f000001", "2130706433"}
	random := rand.New(rand.NewSource(1))
	for range 2000 {
		var b strings.Builder
		for range 1 + random.Intn(4) {
			b.WriteString(pieces[random.Intn(len(pieces))])
		}
		host := b.String() + ".evil.example"
		for _, address := range []string{"127.0.0.1:1", "0.0.0.0:1", ":1", "build.example:1"} {
			n := hostname.New(address, []string{"build.example"})
			for _, port := range []string{"", ":1", ":8080"} {
				if n.Allow(host+port, nil) {
					t.Fatalf("on %s: %q is answered", address, host+port)
				}
			}
		}
	}
}
