package config

import "fmt"

// Surveys says where the exports are that surveys/*.toml name.
type Surveys struct {
	Folder string `toml:"folder"` // "": surveys/ of the content folder
}

// Tickets is an export of support requests.
type Tickets struct{ Files }

// Usage is an export of who used what.
type Usage struct {
	Files
	Feature string `toml:"feature"` // of rows that name none
}

// Measures is a file of dated figures.
type Measures struct {
	Files
	Measure string `toml:"measure"` // of rows that name none
}

// Tasks is a file of attempts at common tasks.
type Tasks struct{ Files }

// Export is one table of export files beside [[events]].
type Export struct {
	Kind  string // table of config.toml
	Key   string // "usage.0"
	Files *Files
	Own   string // of rows that name no feature or measure
}

// Exports lists the tables of export files in the order in which they are read.
func (c *Config) Exports() []Export {
	var list []Export
	add := func(kind string, i int, f *Files, own string) {
		list = append(list, Export{kind, fmt.Sprintf("%s.%d", kind, i), f, own})
	}
	for i := range c.Tickets {
		add("tickets", i, &c.Tickets[i].Files, "")
	}
	for i := range c.Usage {
		add("usage", i, &c.Usage[i].Files, c.Usage[i].Feature)
	}
	for i := range c.Measures {
		add("measures", i, &c.Measures[i].Files, c.Measures[i].Measure)
	}
	for i := range c.Tasks {
		add("tasks", i, &c.Tasks[i].Files, "")
	}
	return list
}

// exports checks the tables of export files.
func (k *checker) exports() {
	for _, x := range k.config.Exports() {
		k.files(x.Key, x.Files)
	}
}
