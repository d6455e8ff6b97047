package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/readback"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// Former is everything that earlier runs published, as a run reads it back.
type Former struct {
	Past compute.Past
	Log  compute.DecisionLog
	// Tried lists the places that could not be read, with the reasons. They are not published,
	// because they may name paths.
	Tried []string
	// Lost means that this run could not read back what was published, so that its site is
	// marked as partial.
	Lost bool
}

// formerReader reads what earlier runs published: from the state folder and, for files that it
// lacks, from the places of the configuration, in their order.
type formerReader struct {
	r *Reader
	w *workspace.Workspace
	Former

	history historyFile
	// Results for each file: whether it was found, and the damage of the state's own.
	hasHistory, hasLog, hasWaves          bool
	badHistory, badLog, badWaves          error
	logAbsent, wavesAbsent                bool      // a publication without the file was read
	before                                time.Time // of the artifact that is read to heal
	because                               []string  // the reasons of Tried, as pages show them
	stale, anySite, wavesStale, looksLost bool
}

// ReadFormer reads what earlier runs published. A new history drops the values. The ledger of
// surveys and the looks of claims are never dropped, because people have seen them.
//
// A place that cannot be read is a warning, and the next one is tried. If no place can be read,
// the history begins with this run, and the result is marked. Its error is about a damaged file
// of the state that no place has.
func (r *Reader) ReadFormer(ctx context.Context, w *workspace.Workspace, begin bool) (Former, error) {
	f := &formerReader{r: r, w: w}
	if _, err := Folder(w).Noted(historyForm.Kind); err != nil {
		return Former{}, failRead("history", err, beginAgain)
	}
	f.readState()
	if !f.isDone() {
		if err := f.readPlaces(ctx); err != nil {
			return Former{}, err
		}
	}
	if err := f.finishHistory(begin); err != nil {
		return Former{}, err
	}
	if err := f.finishLog(); err != nil {
		return Former{}, err
	}
	return f.Former, f.finishWaves()
}

// readState reads the files of the state folder.
func (f *formerReader) readState() {
	folder := Folder(f.w)
	f.hasHistory, f.badHistory = found(f.r.ReadKept(folder, historyForm, &f.history))
	if f.hasHistory {
		f.badHistory = checkHistory(f.w.StatePath(historyForm.Kind), f.history.Rows)
	}
	if f.badHistory != nil {
		f.hasHistory, f.history = false, historyFile{}
	}
	f.hasLog, f.badLog = found(f.r.ReadKept(folder, LogForm, &f.Log))
	var ledger compute.Ledger
	if f.hasWaves, f.badWaves = found(f.r.ReadKept(folder, WavesForm, &ledger)); f.hasWaves {
		if err := ledger.Check(); err != nil {
			f.hasWaves, f.badWaves = false, fmt.Errorf("%s: %w", f.w.StatePath(WavesForm.Kind), err)
		}
	}
	if f.hasWaves {
		f.Past.Waves = &ledger
	}
	if f.badLog != nil {
		f.Log = compute.DecisionLog{}
	}
}

// found splits the error of a file: whether there is the file, and its damage.
func found(err error) (bool, error) {
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// isDone reports whether nothing is left to read.
func (f *formerReader) isDone() bool {
	return f.hasHistory && f.history.isWhole() && (f.hasLog || f.logAbsent) && (f.hasWaves || f.wavesAbsent)
}

// readPlaces reads the places in their order, until nothing is left to read.
func (f *formerReader) readPlaces(ctx context.Context) error {
	o := f.r.NewOpener(&f.w.Config, f.w.Root)
	o.Nightly = true
	for _, p := range readback.List(o, &f.w.Config, f.w.Root) {
		if f.isDone() {
			return nil
		}
		err := f.readPlace(ctx, o, p)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			f.noteFailure(p, err)
		}
		f.readEarlier(ctx, o, p)
	}
	return nil
}

// earlierRuns is how many earlier artifacts are read to heal a history.
const earlierRuns = 3

// readEarlier heals a history that had begun again: the artifact of the run before that one may
// still be kept. An artifact that cannot be read is not reported, because no value is expected
// there.
func (f *formerReader) readEarlier(ctx context.Context, o *readback.Opener, p readback.Place) {
	for range earlierRuns {
		if !f.hasHistory || f.history.isWhole() || ctx.Err() != nil {
			return
		}
		if f.before.IsZero() {
			f.before = f.history.Readback.Begun
		}
		earlier, ok := p.Before(f.before)
		if !ok {
			return
		}
		site, err := earlier.Open(ctx, o)
		if err != nil {
			return
		}
		f.before = site.Run
		if pub, err := f.r.readPublication(site, earlier); err == nil {
			f.take(&pub)
		}
	}
}

// noteFailure warns of a place that could not be read.
func (f *formerReader) noteFailure(p readback.Place, err error) {
	line := text.OneLine(fmt.Sprintf("%s: %s", nameOf(p), err))
	f.r.Err.Warnf("history is not read back from %s%s", line, nextOf(err))
	f.Tried = append(f.Tried, line)
	reason := p.Kind.String() + " " + readback.Reason(err)
	if !slices.Contains(f.because, reason) {
		f.because = append(f.because, reason)
	}
}

// nameOf returns a place as messages name it.
func nameOf(p readback.Place) string {
	switch p.Kind {
	case readback.Folder:
		return "the folder " + workspace.DisplayPath(p.Text)
	case readback.Artifact:
		return "the artifact " + readback.ArtifactName
	case readback.Bucket, readback.Branch:
		return strings.TrimPrefix(p.Kind.String(), "a ")
	}
	return "the published site"
}

// nextOf returns the next step of an error as the end of a message.
func nextOf(err error) string {
	var login readback.LoginError
	if errors.As(err, &login) {
		return ": " + login.Next()
	}
	return ""
}

// publication is a site that was read.
type publication struct {
	site     readback.Site
	place    readback.Place
	measured compute.Measured
}

// readPlace reads the files that are missing from a place. A place without a site is no error.
// An error in the log or the ledger leaves what was read before.
func (f *formerReader) readPlace(ctx context.Context, o *readback.Opener, p readback.Place) error {
	site, err := p.Open(ctx, o)
	if err != nil {
		return f.noteMissing(p, err)
	}
	pub, err := f.r.readPublication(site, p)
	if err != nil {
		return f.noteMissing(p, err)
	}
	f.anySite = true
	return f.take(&pub)
}

// readPublication reads the measurements of a site.
func (r *Reader) readPublication(site readback.Site, p readback.Place) (publication, error) {
	m, err := r.DecodeMeasured(site.Files)
	return publication{site: site, place: p, measured: m}, err
}

// take takes the files that are missing from a publication.
func (f *formerReader) take(pub *publication) error {
	site, was := pub.site, f.history // as it was before this place
	stale := site.Stale || len(f.Tried) > 0 || pub.measured.AsOf.Before(was.AsOf)
	if !f.hasHistory || !was.isWhole() {
		f.takeHistory(pub, stale || f.badHistory != nil)
	}
	heals := !was.isWhole() && f.hasHistory
	if f.badWaves != nil && was.AsOf.IsZero() {
		stale = true // nothing dates the damaged ledger
	}
	return errors.Join(f.takeLog(site.Files, heals), f.takeWaves(site.Files, heals, stale))
}

// noteMissing returns an error unless it means that the place has no site. Such an address is
// named, because a private site may answer so, too.
func (f *formerReader) noteMissing(p readback.Place, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	explicit := f.w.Config.History.From != "" && p.Kind == readback.Folder && p.Text != siteFolder(f.w)
	if explicit {
		return err // a path that is set must exist
	}
	if p.Kind == readback.Address {
		f.r.Err.Tagf(console.Plain, "note", "no history is read back from the published site: %v", err)
	}
	return nil
}

// takeHistory takes the history of a publication, or heals one that had begun again.
func (f *formerReader) takeHistory(pub *publication, stale bool) {
	m := &pub.measured
	if !f.hasHistory {
		f.hasHistory = true
		f.history = historyFile{
			Rows: m.History, Looks: m.Looks, AsOf: m.AsOf, Columns: compute.ListColumns(m.Quality),
			Readback: f.describeOrigin(pub),
		}
		if stale {
			cal := org.Calendar{AsOf: f.w.AsOf, MaturityDays: f.w.Config.DORA.MaturityDays}
			f.history.Looks, f.looksLost = trend.Age(m.Looks, cal.CutOff()), true
			f.stale = true
		}
		return
	}
	f.history.Rows = compute.MergeRows(f.history.Rows, m.History)
	theirs := m.Readback
	if theirs != nil && !theirs.Begun.IsZero() && !theirs.Begun.Before(f.history.Readback.Begun) {
		return // it has begun again with the same run, or later
	}
	f.history.Looks = trend.Heal(f.history.Looks, m.Looks)
	healed := *f.history.Readback
	healed.Begun, healed.Because = time.Time{}, nil
	if theirs != nil {
		healed.Begun, healed.Because = theirs.Begun, theirs.Because
	}
	f.history.Readback = &healed
	if f.history.isWhole() {
		f.r.Out.Printf("history: what was published before is read back from %s, and is whole again", pub.title())
	}
}

// title returns the name of the place for people.
func (pub *publication) title() string {
	if pub.place.Kind == readback.Folder {
		return nameOf(pub.place)
	}
	return pub.site.Title
}

// published returns the name of the place for pages, which name no bucket and no address.
func (pub *publication) published() string {
	switch pub.place.Kind {
	case readback.Bucket:
		return "the bucket of the site"
	case readback.Address:
		return pub.place.Kind.String()
	}
	return pub.site.Title
}

// describeOrigin returns the place of a publication, unless it is a folder of this machine, and
// whether its own history had begun again.
func (f *formerReader) describeOrigin(pub *publication) *compute.Readback {
	var out compute.Readback
	if was := pub.measured.Readback; was != nil {
		out.Begun, out.Because = was.Begun, was.Because
	}
	if pub.place.Kind != readback.Folder {
		out.From, out.At = pub.published(), pub.measured.AsOf
		if pub.place.Kind == readback.Artifact {
			out.Aged = f.isAged(pub)
		}
		f.r.Out.Printf("history: read back from %s, which was published on %s", pub.site.Title,
			pub.measured.AsOf.Format("2 Jan 2006"))
	}
	if out.From == "" && out.Begun.IsZero() {
		return nil
	}
	return &out
}

// isAged reports whether an artifact is older than 30 days, and warns of it.
func (f *formerReader) isAged(pub *publication) bool {
	at := pub.site.At
	if at.IsZero() {
		at = pub.measured.AsOf
	}
	if f.w.AsOf.Sub(at) <= readback.MaxAge {
		return false
	}
	f.r.Err.Warnf("history is read back from %s, which is older than 30 days: is the nightly run switched off, or does it fail?",
		pub.site.Title)
	return true
}

// takeLog takes the log of changes of a publication.
func (f *formerReader) takeLog(files SiteFiles, heals bool) error {
	if f.hasLog && !heals {
		return nil
	}
	var l compute.DecisionLog
	switch err := f.r.decodeSite(files, ChangesForm, &l); {
	case errors.Is(err, fs.ErrNotExist):
		f.logAbsent = true
		return nil
	case err != nil:
		return err
	}
	if f.Log = f.Log.Heal(l); !f.hasLog {
		f.Log = l
	}
	f.hasLog = true
	return nil
}

// takeWaves takes the ledger of surveys of a publication. stale means that a later run may have
// published more.
func (f *formerReader) takeWaves(files SiteFiles, heals, stale bool) error {
	if f.hasWaves && !heals {
		return nil
	}
	var ledger compute.Ledger
	err := f.r.decodeSite(files, WavesPageForm, &ledger)
	if err == nil {
		err = ledger.Check()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.wavesAbsent = true
		return nil
	case err != nil:
		return fmt.Errorf("surveys: %w", err)
	}
	if f.hasWaves {
		ledger = f.Past.Waves.Heal(ledger)
	} else {
		f.wavesStale = stale
	}
	f.hasWaves, f.Past.Waves = true, &ledger
	return nil
}

// finishHistory sets the values, the looks and the mark of the run.
func (f *formerReader) finishHistory(begin bool) error {
	noted, _ := Folder(f.w).Noted(historyForm.Kind) // its error ended the run before
	switch {
	case f.hasHistory && f.badHistory != nil:
		f.r.Err.Warnf("history: %v: what was published is taken in its place", f.badHistory)
	case f.hasHistory, begin:
	case f.badHistory != nil:
		return failRead("history", f.badHistory, beginAgain)
	case noted && len(f.Tried) == 0:
		return exit.Fail(beginAgain, fmt.Errorf("history: %s is gone, and no published site has what was in it",
			f.w.StatePath(historyForm.Kind)))
	case len(f.Tried) > 0:
		f.history.Readback = &compute.Readback{Begun: f.w.AsOf, Because: f.because}
		f.r.Err.Warnf("history begins on %s, because nothing published before could be read back: %s",
			f.w.AsOf.Format("2 Jan 2006"), strings.Join(f.because, "; "))
		f.Lost = true
	}
	f.Past.Looks, f.Past.Columns = f.history.Looks, f.history.Columns
	f.Past.LooksLost = f.looksLost || f.Lost ||
		len(f.history.Looks) == 0 && (f.badHistory != nil || len(f.history.Rows) > 0)
	if begin {
		f.r.Out.Printf("history: restarted, earlier published values are dropped")
		f.Past.LooksLost = f.Past.LooksLost || len(f.Tried) > 0 && len(f.Past.Looks) == 0
		f.Lost = false
		return nil
	}
	f.Past.Rows, f.Past.Readback = f.history.Rows, f.history.Readback
	if r := f.Past.Readback; r != nil && r.From == "" && r.Begun.IsZero() {
		f.Past.Readback = nil
	}
	return nil
}

// failRead returns an error about a file of the state.
func failRead(what string, err error, next string) error {
	var f *exit.Failure
	if errors.As(err, &f) {
		return err
	}
	return exit.Fail(NextStep(err, next), fmt.Errorf("%s: %w", what, err))
}

// finishLog reports a lost log of changes.
func (f *formerReader) finishLog() error {
	switch noted, _ := Folder(f.w).Noted(LogForm.Kind); {
	case f.hasLog && f.badLog != nil:
		f.r.Err.Warnf("changes: %v: what was published is taken in its place", f.badLog)
	case f.hasLog:
	case f.badLog != nil:
		return failRead("changes", f.badLog, logAgain)
	case noted || len(f.Tried) > 0 && !f.Lost && !f.logAbsent:
		f.r.Err.Warnf("changes: %s is gone, and no published site has what was in it: the log of "+
			"changes begins with this run", f.w.StatePath(LogForm.Kind))
	}
	return nil
}

// finishWaves reports a lost ledger of surveys. A run without a ledger shows closed surveys as a
// whole only.
func (f *formerReader) finishWaves() error {
	switch {
	case f.hasWaves && f.badWaves != nil:
		f.r.Err.Warnf("surveys: %v: what was published is taken in its place", f.badWaves)
	case f.badWaves != nil && !f.hasWaves:
		return failRead("surveys", f.badWaves, wholeOnly)
	}
	f.Past.Stale = f.wavesStale
	if f.hasWaves {
		if f.wavesStale && len(f.w.Content.Surveys) > 0 {
			f.r.Err.Warnf("the ledger of published surveys may lack the latest entries: waves in it stay as they are, and " +
				"other surveys that are closed by now are shown as a whole only")
		}
		return nil
	}
	noted, _ := Folder(f.w).Noted(WavesForm.Kind)
	f.Past.Seen = noted || f.hasHistory || f.badHistory != nil || f.anySite || len(f.Tried) > 0
	if !f.Past.Seen || len(f.w.Content.Surveys) == 0 {
		return nil
	}
	f.Lost = f.Lost || len(f.Tried) > 0
	f.r.Err.Warnf(
		"the ledger of published surveys (%s, %s) is lost, or of a version that had none: surveys that are closed by "+
			"now are shown as a whole only",
		f.w.StatePath(WavesForm.Kind), WavesPageForm.Kind)
	return nil
}
