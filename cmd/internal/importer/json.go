package importer

import (
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// jsonVersion is the version of the JSON form of a proposal.
const jsonVersion = 1

// seen is the JSON form of a proposal.
type seen struct {
	Version    int            `json:"version"`
	File       string         `json:"file"`
	Format     string         `json:"format"`
	Encoding   string         `json:"encoding,omitempty"`
	Delimiter  string         `json:"delimiter,omitempty"`
	HeaderRows int            `json:"header_rows"`
	FirstLine  int            `json:"first_line"`
	Rows       int            `json:"rows"`
	Unusable   int            `json:"unusable"`
	Whole      bool           `json:"whole"`
	Tool       string         `json:"tool"`
	Kind       string         `json:"kind,omitempty"`
	Columns    []seenColumn   `json:"columns"`
	Settings   []seenSetting  `json:"settings"`
	Open       []seenQuestion `json:"open"`
	Notes      []string       `json:"notes"`
}

type seenColumn struct {
	Position int    `json:"position"` // from 1
	Title    string `json:"title"`    // or "column 3", if the header may identify a person
	Field    string `json:"field,omitempty"`
	Why      string `json:"why,omitempty"`
	Cells    string `json:"cells"`
	Filled   int    `json:"filled"`
	Dates    int    `json:"dates,omitempty"`
	Wholes   int    `json:"whole_numbers,omitempty"`
	Personal bool   `json:"personal,omitempty"`
}

type seenSetting struct {
	Key   string `json:"key"`
	Value string `json:"value"` // in TOML
	Why   string `json:"why"`
}

type seenQuestion struct {
	Key      string   `json:"key"`
	Text     string   `json:"text"`
	Required bool     `json:"required"`
	Choices  []string `json:"choices,omitempty"`
	Suggest  string   `json:"suggestion,omitempty"`
}

// printJSON prints the proposal as JSON. A required question that is open ends with 2.
func (i *importing) printJSON() error {
	p, in := i.proposal, i.in
	v := seen{
		Version: jsonVersion, File: workspace.DisplayPath(i.File), Format: in.Format, Encoding: in.Encoding,
		HeaderRows: in.HeaderRows, FirstLine: in.FirstLine, Rows: in.Rows, Unusable: in.Unusable, Whole: in.Whole,
		Tool: p.Tool, Kind: p.Kind, Settings: []seenSetting{}, Open: []seenQuestion{}, Notes: append([]string{}, in.Notes...),
	}
	if in.Delimiter != 0 {
		v.Delimiter = string(in.Delimiter)
	}
	for n := range in.Columns {
		c := &in.Columns[n]
		col := seenColumn{
			Position: n + 1, Title: c.Shown(), Cells: describeCells(p.words, in, c), Filled: c.Filled, Dates: c.Dates, Wholes: c.Wholes,
			Personal: c.Personal,
		}
		for _, f := range p.Fields {
			for _, at := range f.Columns {
				if at == n {
					col.Field, col.Why = f.Field, f.Why
				}
			}
		}
		v.Columns = append(v.Columns, col)
	}
	for _, s := range p.Settings {
		v.Settings = append(v.Settings, seenSetting(s))
	}
	for _, q := range p.Open {
		v.Open = append(v.Open, seenQuestion{q.Key, q.Text, q.Required, q.Choices, q.Suggest})
	}
	v.Notes = append(v.Notes, p.Notes...)
	if err := console.WriteJSON(i.out.W, v); err != nil {
		return exit.Fail("", err)
	}
	if p.IsBlocked() {
		return exit.BadInput("answer them with --answer KEY=VALUE", "import: required questions are open")
	}
	return nil
}
