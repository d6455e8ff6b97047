package publish

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

var every = flag.Bool("every", false, "try all points of sweeps, not a sample")

// sampled returns the number of points of a sweep.
func sampled(sample, all int) int {
	if *every {
		return all
	}
	return sample
}

// siteNumber is the pages of the n-th site; some come and go, and most change.
func siteNumber(n int) map[string]string {
	pages := map[string]string{
		Marker:                  fmt.Sprintf(`{"tool":"ip3dp","manifest":"data/manifest.json","number":%d}`, n),
		"index.html":            fmt.Sprintf("start %d", n),
		"about/data/index.html": "the same",
	}
	for i := range 1 + n%3 {
		pages[fmt.Sprintf("teams/t%d/index.html", (n+i)%5)] = fmt.Sprintf("team %d of %d", i, n)
	}
	return pages
}

// buildOn puts the n-th site into /www/public of a disk.
func buildOn(d disk, n int) error {
	s, err := stageOn(d, FolderOptions{State: "/www/state"}, "/www/public")
	if err != nil {
		return err
	}
	defer s.Discard()
	for name, text := range siteNumber(n) {
		if err := s.Write(name, []byte(text)); err != nil {
			return err
		}
	}
	return s.Publish()
}

// standsAt returns what stands at /www/public: the number of a whole site, 0 for
// nothing at all, or -1 for what is neither.
func standsAt(d *forgetful, newest int) int {
	files, _, err := readTree(d, "/www/public")
	if err != nil {
		return 0
	}
	for n := 1; n <= newest; n++ {
		pages := siteNumber(n)
		same := len(files) == len(pages)+1
		for name, text := range pages {
			data, err := d.ReadFile("/www/public/" + name)
			same = same && err == nil && string(data) == text
		}
		data, err := d.ReadFile("/www/public/" + ManifestPath)
		if err == nil && same {
			m, err := decodeManifest(data)
			if err == nil && len(m.Files) == len(pages) {
				return n
			}
		}
	}
	return -1
}

// TestPowerCuts cuts the power at any moment of builds that follow each other: what
// stands then is a whole site, the old one or the new one, and the next build works.
func TestPowerCuts(t *testing.T) {
	stuck, half, cuts := 0, 0, 0
	for seed := range uint64(sampled(170, 1000)) {
		rng := rand.New(rand.NewPCG(seed, 1))
		d := &forgetful{root: newFolder(), exchange: seed%4 != 0, left: -1}
		for _, dir := range []string{"/www", "/www/state"} {
			if err := d.Mkdir(dir); err != nil {
				t.Fatal(err)
			}
		}
		d.root.sync(true)
		stood := 0
		for n := 1; n <= 6; n++ {
			d.left = rng.IntN(70)
			err := buildOn(d, n)
			if err == nil {
				stood = n
			} else if !errors.Is(err, errCut) {
				stuck++
				t.Errorf("seed %d: build %d: %v", seed, n, err)
			}
			d.cut(rng)
			cuts++
			now := standsAt(d, n)
			if now == 0 && !d.exchange { // healed by the next run
				now = stood
			}
			if now < 0 || now < stood {
				half++
				t.Errorf("seed %d: cut of build %d: site %d stands there, after %d", seed, n, now, stood)
			}
			stood = max(stood, now)
			if rng.IntN(2) == 0 {
				continue // the next one is cut as well
			}
			if err := buildOn(d, n); err != nil {
				stuck++
				t.Errorf("seed %d: build %d again: %v", seed, n, err)
				break
			}
			if stood = standsAt(d, n); stood != n {
				half++
				t.Errorf("seed %d: build %d again: site %d stands there", seed, n, stood)
			}
			if left := besideOn(d); left != "public state" {
				t.Errorf("seed %d: build %d again left %s", seed, n, left)
			}
		}
	}
	t.Logf("%d cuts in %d stories: %d stuck, %d half sites", cuts, sampled(170, 1000), stuck, half)
}

func besideOn(d *forgetful) string {
	entries, err := d.ReadDir("/www")
	if err != nil {
		return err.Error()
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// TestPowerCutsMatter holds the test above to the rule: without syncing it fails.
func TestPowerCutsMatter(t *testing.T) {
	half := 0
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 2))
		d := &lazy{forgetful{root: newFolder(), exchange: true, left: -1}}
		if err := d.Mkdir("/www"); err != nil {
			t.Fatal(err)
		}
		d.root.sync(true)
		if err := buildOn(d, 1); err != nil {
			t.Fatal(err)
		}
		d.cut(rng)
		if standsAt(&d.forgetful, 1) < 0 {
			half++
		}
	}
	if half == 0 {
		t.Error("no cut of a build that does not sync shows a half site")
	}
}

// lazy is a disk that does not sync.
type lazy struct{ forgetful }

func (*lazy) SyncTree(string) error   { return nil }
func (*lazy) SyncFolder(string) error { return nil }
