package diff

import "slices"

// Files returns the files that the changes are about, each once, in order.
func (d *Diff) Files() []string {
	var out []string
	for i := range d.Changes {
		if f := d.Changes[i].File; f != "" {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Mark sets Touched of every change. lines has the lines of each file that differ between both
// sides, ascending: those of the head. A file without lines is one that the request does not
// change, or that is gone.
func (d *Diff) Mark(lines map[string][]int) {
	d.Tracked = true
	for i := range d.Changes {
		x := &d.Changes[i]
		x.Touched = 0
		if changed := lines[x.File]; len(changed) > 0 {
			x.Touched = changed[0]
			if _, found := slices.BinarySearch(changed, x.Line); found {
				x.Touched = x.Line
			}
		}
	}
}
