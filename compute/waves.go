package compute

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/privacy"
	"github.com/ip3dp/ip3dp/compute/space"
)

// LedgerVersion is the version of data/waves.json.
const LedgerVersion = 1

// Ledger lists everything ever published about waves of surveys. It is published as
// data/waves.json and read back by the next run, so that no two publications of the same
// answers can be subtracted.
type Ledger struct {
	Version int         `json:"version"`
	Waves   []WaveEntry `json:"waves"` // in the order of publication; a later entry of a wave replaces an earlier one
	// Lost is the time of the last run that could not read all entries back: a wave that closed
	// before it and has no entry may have been published. Zero for a whole ledger.
	Lost time.Time `json:"lost,omitzero"`
}

// WaveEntry is one publication of one wave.
type WaveEntry struct {
	Wave   string    `json:"wave"`
	Sent   time.Time `json:"sent"`
	CutOff time.Time `json:"cut_off"` // answers given before this time count
	// Until is the end of the late answers that also count; zero if there are none.
	Until time.Time `json:"until,omitzero"`
	// N is the number of answers; for a wave with parts, the answers in them.
	N int `json:"n"`
	// Parts are the groups of teams by which the wave is shown. If there are none, only the
	// total is shown, for the reason Why. Since is the wave that they are compared with.
	Parts []privacy.Part `json:"parts"`
	// Sealed means that an earlier record is lost, so no late answer may be added.
	Sealed bool   `json:"sealed,omitempty"`
	Why    string `json:"why,omitempty"`
	Since  string `json:"since,omitempty"`
	// Aggregates are the published figures.
	Aggregates json.RawMessage `json:"aggregates"`
	// Hash is the SHA-256 of the entry as JSON without spaces, with an empty hash.
	Hash string `json:"hash"`
}

// hashEntry returns the hash of an entry, see WaveEntry.Hash.
func (e WaveEntry) hashEntry() (string, error) {
	e.Hash = ""
	data, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("wave %s: %w", e.Wave, err)
	}
	hash := sha256.Sum256(data)
	return hex.EncodeToString(hash[:]), nil
}

// Seal sets the hash of an entry.
func (e *WaveEntry) Seal() error {
	hash, err := e.hashEntry()
	e.Hash = hash
	return err
}

// ErrLedger means that a ledger was changed after it was written.
var ErrLedger = errors.New("the record of published surveys is damaged")

// Check returns an error that wraps ErrLedger if an entry was changed after it was written.
func (l *Ledger) Check() error {
	for i := range l.Waves {
		e := &l.Waves[i]
		var w space.Wave
		sum, err := e.hashEntry()
		if err == nil && sum != e.Hash {
			err = errors.New("its hash does not fit")
		}
		if err == nil {
			err = json.Unmarshal(e.Aggregates, &w)
		}
		if err != nil {
			return fmt.Errorf("wave %q, entry %d: %w: %w", e.Wave, i+1, err, ErrLedger)
		}
	}
	return nil
}

func (e *WaveEntry) partition() privacy.Partition {
	return privacy.Partition{Wave: e.Wave, Parts: slices.Clone(e.Parts), Why: e.Why, Since: e.Since}
}

// waves has the published forms of surveys: those of earlier runs, and those of today.
type waves struct {
	ledger    *Ledger   // nil if there is none
	lost      time.Time // waves without an entry that closed before this time may have been published
	forgot    time.Time // of the ledger of this run, see Ledger.Lost
	published map[string]space.Wave
	sealed    map[string]bool
	stale     []WaveEntry         // the latest entries of a ledger that may lack later ones
	earlier   []privacy.Partition // of published waves
	now       []privacy.Partition
	moving    map[string]bool // surveys that are open, or have answers that do not count
}

// readWaves reads the ledger for the surveys in today's content. If the file of a survey was
// renamed, the survey is identified by the day it was sent. Its error wraps ErrLedger.
//
// A run that may not know all publications, at the time asOf, seals the waves of the ledger and
// treats other closed waves as published.
func readWaves(past Past, c fact.Content, maturityDays int, asOf time.Time) (*waves, error) {
	w := &waves{ledger: past.Waves, published: map[string]space.Wave{}, sealed: map[string]bool{}}
	if past.Stale || w.ledger == nil && past.Seen {
		w.lost, w.forgot = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), asOf
	}
	if w.ledger == nil {
		for i := range past.Rows {
			// The latest date of a report with that cut-off.
			if at := past.Rows[i].publishedAt().Add(org.Week).AddDate(0, 0, maturityDays); at.After(w.lost) {
				w.lost = at
			}
		}
		return w, nil
	}
	if err := w.ledger.Check(); err != nil {
		return nil, err
	}
	if w.ledger.Lost.After(w.lost) {
		w.lost = w.ledger.Lost
	}
	if w.ledger.Lost.After(w.forgot) {
		w.forgot = w.ledger.Lost
	}
	latest := map[string]*WaveEntry{}
	for i := range w.ledger.Waves {
		latest[w.ledger.Waves[i].Wave] = &w.ledger.Waves[i]
	}
	for old, id := range renamedWaves(latest, c) {
		e := *latest[old]
		e.Wave = id
		latest[id] = &e
	}
	for _, id := range slices.Sorted(maps.Keys(latest)) {
		e := latest[id]
		var shown space.Wave
		if err := json.Unmarshal(e.Aggregates, &shown); err != nil {
			return nil, fmt.Errorf("wave %q: %w: %w", id, err, ErrLedger)
		}
		shown.ID = id
		w.published[id], w.sealed[id] = shown, e.Sealed || past.Stale
		if past.Stale && !e.Sealed {
			w.stale = append(w.stale, *e)
		}
		w.earlier = append(w.earlier, e.partition())
	}
	return w, nil
}

// renamedWaves maps the waves of surveys that are gone to the surveys with another name that
// were sent on the same day.
func renamedWaves(latest map[string]*WaveEntry, c fact.Content) map[string]string {
	here, bySent := map[string]bool{}, map[time.Time]string{}
	for i := range c.Surveys {
		s := &c.Surveys[i]
		if here[s.ID] = true; latest[s.ID] == nil && !s.Pulse {
			bySent[s.Sent.UTC()] = s.ID
		}
	}
	out := map[string]string{}
	for old, e := range latest {
		id := bySent[e.Sent.UTC()]
		if !here[old] && id != "" && (out[id] == "" || old < out[id]) {
			out[id] = old
		}
	}
	back := map[string]string{}
	for id, old := range out {
		back[old] = id
	}
	return back
}

// sealLost seals the closed waves that a run whose ledger is lost may have published, and
// returns their partitions. The published groups are unknown, so these partitions have no
// parts.
func (w *waves) sealLost(rounds []space.Round) []privacy.Partition {
	var out []privacy.Partition
	for i := range rounds {
		if r := &rounds[i]; !w.isRecorded(r.Survey.ID) && !r.Open && r.CutOff.Before(w.lost) {
			w.sealed[r.Survey.ID] = true
			out = append(out, privacy.Partition{
				Wave: r.Survey.ID, Why: "the record of the groups that it was published by, data/waves.json, is lost",
			})
		}
	}
	return out
}

// isRecorded reports whether the ledger has an entry of a wave.
func (w *waves) isRecorded(id string) bool {
	_, ok := w.published[id]
	return ok
}

// dropMovingNotes removes the notes about answers from the quality of surveys whose answers may
// still change: their counts from night to night would reveal the latest answer.
func (w *waves) dropMovingNotes(list []Quality) {
	for i := range list {
		if id, ok := strings.CutPrefix(list[i].Source, "survey "); ok && w.moving[id] {
			list[i].Imports = slices.Clone(list[i].Imports)
			for k := range list[i].Imports {
				list[i].Imports[k].Notes = nil
			}
		}
	}
}

// records returns all publications; today's are last.
func (w *waves) records(news []space.Wave) []privacy.Record {
	var out []privacy.Record
	if w.ledger != nil {
		for i := range w.ledger.Waves {
			e := &w.ledger.Waves[i]
			out = append(out, privacy.Record{Partition: e.partition(), N: e.N, Old: true})
		}
	}
	for i := range news {
		p, n := w.partitionOf(&news[i])
		out = append(out, privacy.Record{Partition: p, N: n})
	}
	return out
}

// partitionOf returns the current partition of a wave with today's answers, and the number of
// answers behind its total.
func (w *waves) partitionOf(s *space.Wave) (privacy.Partition, int) {
	p := privacy.Partition{Wave: s.ID, Why: "it does not ask for a recommendation"}
	for i := range w.now {
		if w.now[i].Wave == s.ID {
			p = w.now[i]
		}
	}
	n := s.Answered
	p.Parts = slices.Clone(p.Parts)
	if len(s.Parts) == 0 && len(p.Parts) > 0 {
		p.Parts, p.Why = nil, "not every group has five answers"
	}
	if len(p.Parts) > 0 {
		n = 0
	}
	for i := range p.Parts {
		p.Parts[i].Answers = cmp.Or(s.CountGiven(p.Parts[i].ID), p.Parts[i].Answers)
		n += p.Parts[i].Answers
	}
	return p, n
}

// next returns the ledger with today's publications, whose figures must already be rounded.
func (w *waves) next(news []space.Wave) (Ledger, error) {
	out := Ledger{Version: LedgerVersion, Lost: w.forgot}
	if w.ledger != nil {
		out.Waves = slices.Clone(w.ledger.Waves)
	}
	for _, e := range w.stale {
		if e.Sealed = true; slices.ContainsFunc(news, func(s space.Wave) bool { return s.ID == e.Wave }) {
			continue
		}
		var err error
		if e.Hash, err = e.hashEntry(); err != nil {
			return Ledger{}, err
		}
		out.Waves = append(out.Waves, e)
	}
	for i := range news {
		s := &news[i]
		figures, err := json.Marshal(s)
		if err != nil {
			return Ledger{}, fmt.Errorf("wave %s: %w", s.ID, err)
		}
		p, n := w.partitionOf(s)
		e := WaveEntry{
			Wave: s.ID, Sent: s.Sent, CutOff: s.CutOff, Until: s.Until, N: n, Parts: p.Parts,
			Sealed: w.sealed[s.ID], Why: p.Why, Since: p.Since,
			Aggregates: bytes.TrimSpace(figures),
		}
		if err := e.Seal(); err != nil {
			return Ledger{}, err
		}
		out.Waves = append(out.Waves, e)
	}
	return out, nil
}
