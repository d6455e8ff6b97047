//go:build browser

package render

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// sideways tries to scroll a page sideways with everything open, and names what sticks out.
const sideways = `(() => {
  document.querySelectorAll('details').forEach((d) => d.open = true);
  scrollTo(1e6, 0);
  const by = scrollX, room = document.documentElement.clientWidth;
  scrollTo(0, 0);
  if (by === 0) return '';
  const out = [...document.querySelectorAll('main *')].find((e) => !e.closest('.xs, .scroll') && e.getBoundingClientRect().right > room + 1);
  return 'by ' + by + ' px: ' + (out ? out.outerHTML.slice(0, 160) : 'nothing visible');
})()`

// The roadmap stays a page that people read with thirty initiatives of long names, and no page
// of the plan scrolls sideways.
func TestPlanFitsItsPages(t *testing.T) {
	for _, c := range []struct {
		name  string
		pages map[string]string
		visit map[string][2]int // the largest heights at 1280 and at 360 pixels
	}{
		{"30 initiatives", siteOf(t, manyInitiatives(30)), map[string][2]int{
			"roadmap/index.html": {3700, 6500}, "initiatives/part-3/index.html": {2400, 4200}, "initiatives/part-9/index.html": {2400, 4200},
		}},
		{"example", example(t), map[string][2]int{
			"roadmap/index.html": {3700, 5500}, "initiatives/gitops-rollout/index.html": {2000, 3000}, "cases/faster-builds/index.html": {2000, 3000}, "cases/index.html": {1000, 1600},
		}},
		{"hostile", siteOf(t, hostilePlan()), map[string][2]int{
			"roadmap/index.html": {}, "initiatives/h0/index.html": {}, "initiatives/h2/index.html": {}, "cases/h1/index.html": {}, "cases/index.html": {},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for at, data := range c.pages {
				to := filepath.Join(dir, filepath.FromSlash(at))
				if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(to, []byte(data), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			ctx := browse(t)
			w := &witness{home: "file://" + dir + "/"}
			w.listen(t, ctx)
			for at, limits := range c.visit {
				for i, width := range []int64{1280, 360, 390, 768} {
					if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(w.home+at)); err != nil {
						t.Fatal(err)
					}
					height, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollHeight`))
					if err != nil {
						t.Fatal(err)
					}
					t.Logf("%s at %d: %d px high", at, width, height)
					if i < len(limits) && limits[i] > 0 && height > limits[i] {
						t.Errorf("%s at %d px: %d px high, more than %d", at, width, height, limits[i])
					}
					wide, err := chromedp.Run(ctx, chromedp.Evaluate[string](sideways))
					if err != nil {
						t.Fatal(err)
					}
					if wide != "" {
						t.Errorf("%s at %d px scrolls sideways: %s", at, width, wide)
					}
				}
			}
			w.Lock()
			for _, s := range w.strange {
				t.Error(s)
			}
			w.Unlock()
		})
	}
}
