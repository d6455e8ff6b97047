package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/sealed"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// Forms of the files of the state folder. Their first version had no checksum.
var (
	historyForm = sealed.Form{Kind: "history.json", Version: historyVersion, Bare: 1, Later: []string{"looks"}}
	logForm     = sealed.Form{Kind: "decisions.json", Version: compute.LogVersion, Bare: 1}
	runForm     = sealed.Form{Kind: "run.json", Version: recordVersion, Bare: 1}
	wavesForm   = sealed.Form{Kind: "waves.json", Version: compute.LedgerVersion, Bare: -1}
	toldForm    = sealed.Form{Kind: "notified.json", Version: toldVersion, Bare: 1}
)

// Forms of the files of a site that are read again.
var (
	markerForm   = sealed.Form{Kind: publish.Marker, Version: recordVersion, Bare: 1}
	changesForm  = sealed.Form{Kind: changesPath, Version: compute.LogVersion, Bare: 1}
	measuredForm = sealed.Form{
		Kind: "data/measured.json", Version: compute.MeasuredVersion, Bare: 1,
		Later: []string{"version", "unsolved", "shipped", "looks", "teams"},
	}
	wavesPageForm = sealed.Form{Kind: "data/waves.json", Version: compute.LedgerVersion, Bare: -1}
	reportForm    = sealed.Form{
		Kind: "data/report.json", Version: compute.ReportVersion, Bare: 0,
		Later: []string{"version"},
	}
)

// sealPages returns the pages of a site, of which those that are read again are
// sealed.
func sealPages(pages []render.Page) []render.Page {
	for i := range pages {
		for _, form := range []sealed.Form{markerForm, changesForm, measuredForm, reportForm, wavesPageForm} {
			if pages[i].Path == form.Kind {
				pages[i] = sealPage(form, pages[i])
			}
		}
	}
	return pages
}

func sealPage(form sealed.Form, page render.Page) render.Page {
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

// kept returns the folder of files that are kept between runs.
func (w *workspace) kept() sealed.Folder {
	return sealed.Folder{
		Dir: w.state(""), Replace: publish.ReplaceFile,
		Witnesses: []string{filepath.Join(config.Resolve(w.root, w.config.Site.Out), filepath.FromSlash(publish.Marker))},
	}
}

// recall reads a file of the state folder; fs.ErrNotExist if there is none.
func (p *program) recall(folder sealed.Folder, form sealed.Form, into any) error {
	bare, err := folder.Read(form, into)
	if err == nil && bare {
		p.tellBare(filepath.Join(folder.Dir, form.Kind))
	}
	return err
}

// keep writes a file of the state folder.
func (w *workspace) keep(form sealed.Form, v any) error {
	if err := w.kept().Save(form, v); err != nil {
		return exit.Fail(nextOf(err, "make the folder writable"), fmt.Errorf("state: %w", err))
	}
	return nil
}

// tellBare tells once that a file has no checksum.
func (p *program) tellBare(name string) {
	if p.toldBare {
		return
	}
	p.toldBare = true
	p.err.Tagf(console.Plain, "note", "%s has no checksum, because a version of ip3dp before them wrote it: "+
		"such files are taken this once, and what is written from now on has one", name)
}

// nextOf returns the next step of an error of a sealed file.
func nextOf(err error, otherwise string) string {
	var f *sealed.FileError
	if errors.As(err, &f) && f.Next != "" {
		return f.Next
	}
	return sealed.Next(err, otherwise)
}

// readSite reads a file of a published site: of its folder, of its address, or the
// file itself. A file that is not there is fs.ErrNotExist.
func (p *program) readSite(ctx context.Context, site string, form sealed.Form, into any) error {
	return p.decodeSite(siteReader(ctx, site), form, into)
}

// siteFiles reads the files of one site. The name that it returns is for people.
type siteFiles func(file string) (data []byte, name string, err error)

// siteReader reads the files of a site that was named by its folder, its address, or
// one of its files.
func siteReader(ctx context.Context, site string) siteFiles {
	return func(file string) ([]byte, string, error) {
		name := site
		if file == publish.Marker {
			name = fileOfSite(site, publish.Marker)
		}
		data, err := published(ctx, name, file)
		return data, fileOfSite(site, file), err
	}
}

// decodeSite reads a file of a site and decodes it. A file that is not there is
// fs.ErrNotExist.
func (p *program) decodeSite(files siteFiles, form sealed.Form, into any) error {
	data, name, err := files(form.Kind)
	if err != nil {
		return err
	}
	bare, err := form.Decode(data, into)
	if err == nil && bare {
		err = p.allowBare(files, name)
	}
	if err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	return nil
}

// allowBare refuses a file without a checksum if the site's record of its run has
// one: then the version that wrote the site gave the file one, too.
func (p *program) allowBare(files siteFiles, name string) error {
	record, _, err := files(publish.Marker)
	switch {
	case errors.Is(err, fs.ErrNotExist): // a measured.json may lie alone
	case err != nil:
		return fmt.Errorf("has no checksum, and whether it should have one cannot be read: %w", err)
	case sealed.HasHead(record):
		return fmt.Errorf("%w: the record of the run beside it has one", sealed.ErrBare)
	}
	p.tellBare(name)
	return nil
}

// fileOfSite returns where a file of a site lies that was named by its folder, its
// address, or another file of its folder data.
func fileOfSite(site, file string) string {
	switch {
	case strings.HasSuffix(site, path.Base(file)):
		return site
	case isAddress(site) && strings.HasSuffix(site, ".json"):
		return site[:strings.LastIndexByte(site, '/')+1] + path.Base(file)
	case isAddress(site):
		return strings.TrimSuffix(site, "/") + "/" + file
	case isFolder(site):
		return filepath.Join(site, filepath.FromSlash(file))
	}
	return filepath.Join(filepath.Dir(site), path.Base(file))
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
