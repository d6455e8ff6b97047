package tabular

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// File is an export, or a query. Every build opens it again.
type File struct {
	Path string // for messages and the reconciliation line
	Open func() (io.ReadCloser, error)
	// Query returns the rows of a query, in place of Open.
	Query func(context.Context) (Rows, error)
}

// ReadFile opens a file and reads it as [Read] does, until the context ends.
func ReadFile[T any](ctx context.Context, f File, o Options, each func(line int, row *T) error) (im fact.Import,
	err error,
) {
	if f.Query != nil {
		return readQuery(ctx, f, o, each)
	}
	r, err := f.Open()
	if err != nil {
		return fact.Import{Source: o.Source, Kind: o.Kind, File: f.Path}, fmt.Errorf("%s: %w", f.Path, err)
	}
	defer func() {
		if e := r.Close(); e != nil && err == nil {
			err = fmt.Errorf("%s: %w", f.Path, e)
		}
	}()
	o.again = func() (io.ReadCloser, error) {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		return struct {
			io.Reader
			io.Closer
		}{contextReader{ctx, r}, r}, nil
	}
	if file, ok := r.(interface{ Stat() (fs.FileInfo, error) }); ok {
		info, err := file.Stat()
		if err == nil {
			err = checkSize(info.Size(), 0, o.withDefaults().MaxBytes, 0)
		}
		if err != nil {
			return fact.Import{Source: o.Source, Kind: o.Kind, File: f.Path}, fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	return Read(contextReader{ctx, r}, f.Path, o, each)
}

// readQuery reads the rows of a query.
func readQuery[T any](ctx context.Context, f File, o Options, each func(line int, row *T) error) (im fact.Import,
	err error,
) {
	rows, err := f.Query(ctx)
	if err != nil {
		return fact.Import{Source: o.Source, Kind: o.Kind, File: f.Path}, fmt.Errorf("%s: %w", f.Path, err)
	}
	defer func() {
		if e := rows.Close(); e != nil && err == nil {
			err = fmt.Errorf("%s: %w", f.Path, e)
		}
	}()
	return readRows(rows, f.Path, o, each)
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// RecordFailure returns the result of a source for a file that cannot be read to its end: a gap
// over the window, and the error. It leaves out the rows before the error, because rates from
// half a file look like rates.
func RecordFailure(source string, f File, w collect.Window, err error) (fact.Events, error) {
	gap := fact.Gap{
		Source: source, From: w.From, To: w.To, Reason: publicReason(f, err),
		Next: "see the log of the run, fix the file or its options, and build again",
	}
	if errors.Is(err, fs.ErrNotExist) {
		gap.Reason = f.Path + ": no such file"
		gap.Next = "export it to " + f.Path + ", or remove the source from config.toml"
		err = fmt.Errorf("%s: %w; export it there, or remove source %q from config.toml", f.Path, fs.ErrNotExist, source)
	}
	return fact.Events{Gaps: []fact.Gap{gap}}, err
}

// publicReason returns the text of an error for a page, without paths of this machine and
// without text of the file.
func publicReason(f File, err error) string {
	type public interface {
		error
		publicText() string
	}
	if p, ok := errors.AsType[public](err); ok {
		return f.Path + ": " + p.publicText()
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return f.Path + ": " + path.Err.Error()
	}
	return err.Error()
}
