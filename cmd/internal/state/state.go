package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/readback"
	"github.com/ip3dp/ip3dp/cmd/internal/sealed"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render"
)

// Forms of the files of the state folder. Their first version had no checksum.
var (
	historyForm = sealed.Form{Kind: "history.json", Version: historyVersion, Bare: 1, Later: []string{"looks"}}
	LogForm     = sealed.Form{Kind: "decisions.json", Version: compute.LogVersion, Bare: 1}
	RunForm     = sealed.Form{Kind: "run.json", Version: RecordVersion, Bare: 1}
	WavesForm   = sealed.Form{Kind: "waves.json", Version: compute.LedgerVersion, Bare: -1}
)

// Forms of the files of a site that are read again.
var (
	MarkerForm   = sealed.Form{Kind: publish.Marker, Version: RecordVersion, Bare: 1}
	ChangesForm  = sealed.Form{Kind: ChangesPath, Version: compute.LogVersion, Bare: 1}
	MeasuredForm = sealed.Form{
		Kind: "data/measured.json", Version: compute.MeasuredVersion, Bare: 1,
		Later: []string{"version", "unsolved", "shipped", "looks", "teams"},
	}
	WavesPageForm = sealed.Form{Kind: "data/waves.json", Version: compute.LedgerVersion, Bare: -1}
	ReportForm    = sealed.Form{
		Kind: "data/report.json", Version: compute.ReportVersion, Bare: 0,
		Later: []string{"version"},
	}
)

// SealPages returns the pages of a site, with a checksum in those that are read again.
func SealPages(pages []render.Page) []render.Page {
	for i := range pages {
		for _, form := range []sealed.Form{MarkerForm, ChangesForm, MeasuredForm, ReportForm, WavesPageForm} {
			if pages[i].Path == form.Kind {
				pages[i] = sealOne(form, pages[i])
			}
		}
	}
	return pages
}

func sealOne(form sealed.Form, page render.Page) render.Page {
	return render.Page{Path: page.Path, Write: func(out io.Writer) error {
		var b bytes.Buffer
		if err := page.Write(&b); err != nil {
			return err
		}
		data, err := form.Seal(b.Bytes())
		if err != nil {
			return err
		}
		_, err = out.Write(data)
		return err
	}}
}

// Folder returns the folder of files that are kept between runs.
func Folder(w *workspace.Workspace) sealed.Folder {
	return sealed.Folder{
		Dir: w.StatePath(""), Replace: publish.ReplaceFile,
		Witnesses: []string{filepath.Join(config.Resolve(w.Root, w.Config.Site.Out), filepath.FromSlash(publish.Marker))},
	}
}

// ReadKept reads a file of the state folder; fs.ErrNotExist if there is none.
func (r *Reader) ReadKept(folder sealed.Folder, form sealed.Form, into any) error {
	bare, err := folder.Read(form, into)
	if err == nil && bare {
		r.noteBare(filepath.Join(folder.Dir, form.Kind))
	}
	return err
}

// Save writes a file of the state folder.
func Save(w *workspace.Workspace, form sealed.Form, v any) error {
	if err := Folder(w).Save(form, v); err != nil {
		return exit.Fail(NextStep(err, "make the folder writable"), fmt.Errorf("state: %w", err))
	}
	return nil
}

// noteBare prints a note, once, that a file has no checksum.
func (r *Reader) noteBare(name string) {
	if r.toldBare {
		return
	}
	r.toldBare = true
	r.Err.Tagf(console.Plain, "note", "%s has no checksum, because a version of ip3dp before them wrote it: "+
		"such files are taken this once, and what is written from now on has one", name)
}

// NextStep returns the next step of an error of a sealed file.
func NextStep(err error, otherwise string) string {
	var f *sealed.FileError
	if errors.As(err, &f) && f.Next != "" {
		return f.Next
	}
	return sealed.Next(err, otherwise)
}

// ReadSite reads a file of a published site: of its folder, of its address, or the
// file itself. A file that is not there is fs.ErrNotExist.
func (r *Reader) ReadSite(ctx context.Context, site string, form sealed.Form, into any) error {
	return r.decodeSite(r.OpenSite(ctx, site), form, into)
}

// SiteFiles reads the files of one site. The name that it returns is for people.
type SiteFiles = readback.Files

// OpenSite returns a reader for the files of a site. site is its folder, its address, or one of
// its files. An address gets no header of the environment.
func (r *Reader) OpenSite(ctx context.Context, site string) SiteFiles {
	if IsAddress(site) {
		place, err := readback.Parse(site, "").Open(ctx, &readback.Opener{Release: r.Release})
		return func(file string) ([]byte, string, error) {
			if err != nil {
				return nil, site, err
			}
			return place.Files(file)
		}
	}
	return readback.FolderFiles(site)
}

// ReadPlaces calls read with the files of a place. from names it; "" is the first place of the
// configuration where read succeeds. Places that cannot be read are warnings, if another one can.
func (r *Reader) ReadPlaces(ctx context.Context, w *workspace.Workspace, from string, read func(SiteFiles) error) error {
	o := r.NewOpener(&w.Config, w.Root)
	places := []readback.Place{readback.Parse(from, ".")}
	if from == "" {
		// The site that was built last is the one to read, wherever the others are.
		places = append([]readback.Place{readback.Parse(siteFolder(w), "")}, readback.List(o, &w.Config, w.Root)...)
	}
	var first error
	var failed []string
	for _, p := range places {
		site, err := p.Open(ctx, o)
		if err == nil {
			err = read(site.Files)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, fmt.Sprintf("%s is not read: %s", nameOf(p), err))
		}
		switch {
		case err == nil:
			for _, line := range failed {
				r.Err.Warnf("%s", line)
			}
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case first == nil || errors.Is(first, fs.ErrNotExist) && !errors.Is(err, fs.ErrNotExist):
			first = err
		}
	}
	return first
}

// Decode reads a file of a site. A file that is not there is fs.ErrNotExist.
func (r *Reader) Decode(files SiteFiles, form sealed.Form, into any) error {
	return r.decodeSite(files, form, into)
}

// decodeSite reads a file of a site and decodes it. A file that is not there is
// fs.ErrNotExist.
func (r *Reader) decodeSite(files SiteFiles, form sealed.Form, into any) error {
	data, name, err := files(form.Kind)
	if err != nil {
		return err
	}
	bare, err := form.Decode(data, into)
	if err == nil && bare {
		err = r.allowBare(files, name)
	}
	if err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	return nil
}

// allowBare refuses a file without a checksum if the site's record of its run has
// one: then the version that wrote the site gave the file one, too.
func (r *Reader) allowBare(files SiteFiles, name string) error {
	record, _, err := files(publish.Marker)
	switch {
	case errors.Is(err, fs.ErrNotExist): // a measured.json may lie alone
	case err != nil:
		return fmt.Errorf("has no checksum, and whether it should have one cannot be read: %w", err)
	case sealed.HasHead(record):
		return fmt.Errorf("%w: the record of the run beside it has one", sealed.ErrBare)
	}
	r.noteBare(name)
	return nil
}

// LocateFile returns where a file of a site lies that was named by its folder, its address, or
// another file of its folder data.
func LocateFile(site, file string) string { return readback.Locate(site, file) }

// IsAddress reports whether a name is one of the web and not of a file.
func IsAddress(name string) bool { return readback.IsAddress(name) }

// siteFolder returns the folder that the site is published to.
func siteFolder(w *workspace.Workspace) string { return config.Resolve(w.Root, w.Config.Site.Out) }
