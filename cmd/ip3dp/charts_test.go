package main

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// chartFaults are the faults of all drawings of a site, with the numbers of drawings, of charts
// of teams, and of labels of ranges that leave a plot.
type chartFaults struct {
	faults                   []string
	drawings, teams, clipped int
}

// drawings reads every picture of every page.
func drawings(site fs.FS) (chartFaults, error) {
	var out chartFaults
	err := fs.WalkDir(site, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".html") {
			return err
		}
		f, err := site.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		root, err := html.Parse(f)
		if err != nil {
			return err
		}
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && n.Data == "svg" && n.Parent.Data != "svg" {
				out.drawings++
				if class := attr(n, "class"); strings.HasPrefix(name, "teams/") && (class == "ch" || class == "end") {
					out.teams++
				}
				for _, fault := range beyondPicture(n) {
					out.faults = append(out.faults, name+": "+fault)
				}
			}
			if n.Type == html.TextNode && n.Parent.Data == "text" && strings.HasPrefix(n.Data, "↑ ") {
				out.clipped++
			}
		}
		return nil
	})
	return out, err
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if strings.EqualFold(a.Key, key) {
			return a.Val
		}
	}
	return ""
}

// beyondPicture returns what a picture draws outside itself: coordinates of paths outside their
// viewport, dots and boxes outside 0 to 100 % or the height.
func beyondPicture(svg *html.Node) []string {
	var out []string
	height, _ := strconv.ParseFloat(attr(svg, "height"), 64)
	beyond := func(v string) bool {
		share, percent := strings.CutSuffix(v, "%")
		x, err := strconv.ParseFloat(share, 64)
		if err != nil {
			return v != ""
		}
		return x < 0 || percent && x > 100 || !percent && height > 0 && x > height
	}
	for n := range svg.Descendants() {
		switch n.Data {
		case "path":
			view := n.Parent
			for view.Data != "svg" && view.Data != "pattern" {
				view = view.Parent
			}
			box := strings.Fields(attr(view, "viewBox"))
			if len(box) != 4 {
				continue
			}
			if x0, y0, x1, y1 := extent(attr(n, "d")); x0 < 0 || y0 < 0 || x1 > number(box[2]) || y1 > number(box[3]) {
				out = append(out, fmt.Sprintf("%s %q is outside %v", attr(n, "class"), attr(n, "d"), box))
			}
		case "circle", "line", "rect":
			for _, name := range []string{"cx", "cy", "x", "y", "x1", "x2", "y1", "y2"} {
				if v := attr(n, name); beyond(v) {
					out = append(out, fmt.Sprintf("%s.%s has %s=%s, height %v", n.Data, attr(n, "class"), name, v, height))
				}
			}
		}
	}
	return out
}

func number(s string) float64 {
	v, _ := strconv.ParseFloat(s, 64)
	return v
}

var (
	pathCommand = regexp.MustCompile(`[a-zA-Z][^a-zA-Z]*`)
	pathNumber  = regexp.MustCompile(`-?[0-9.]+`)
)

// extent returns the smallest and the largest coordinates of a path.
func extent(d string) (x0, y0, x1, y1 float64) {
	var x, y float64
	first := true
	for _, part := range pathCommand.FindAllString(d, -1) {
		v := pathNumber.FindAllString(part, -1)
		step := 2
		if strings.ContainsAny(part[:1], "hHvV") {
			step = 1
		}
		for i := 0; i+step <= len(v); i += step {
			switch part[0] {
			case 'm', 'l':
				x, y = x+number(v[i]), y+number(v[i+1])
			case 'M', 'L':
				x, y = number(v[i]), number(v[i+1])
			case 'h':
				x += number(v[i])
			case 'H':
				x = number(v[i])
			case 'v':
				y += number(v[i])
			case 'V':
				y = number(v[i])
			}
			if first {
				x0, y0, x1, y1, first = x, y, x, y, false
			}
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
		}
	}
	return x0, y0, x1, y1
}

// TestChartsStayInside: no page of the example draws anything outside its pictures, also not the
// pages of the teams, whose ranges are wide; those that leave the plot have their value.
func TestChartsStayInside(t *testing.T) {
	if _, err := exampleSite(); err != nil {
		t.Fatal(err)
	}
	c := chartsOfExample
	for _, fault := range c.faults[:min(len(c.faults), 20)] {
		t.Error(fault)
	}
	if c.teams < 240 || c.clipped < 10 {
		t.Errorf("%d drawings, %d charts of teams, %d ranges that leave their plot", c.drawings, c.teams, c.clipped)
	}
}
