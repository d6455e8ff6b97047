package sealed

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// RecordFile is the file of a state folder with the kinds of files that were ever written with
// a checksum.
const RecordFile = "sealed.json"

var recordForm = Form{Kind: RecordFile, Version: 1, Bare: -1}

// record is the content of RecordFile.
type record struct {
	Version int      `json:"version"`
	Kinds   []string `json:"kinds"` // in order
}

// Folder is a folder of files that are kept between runs.
type Folder struct {
	Dir string
	// Replace replaces a file, completely or not at all.
	Replace func(name string, write func(io.Writer) error) error
	// Witnesses are files outside the folder. If one of them is sealed, files without a
	// checksum are rejected: a version with checksums has run here.
	Witnesses []string
}

// FileError is an error about a file of a Folder.
type FileError struct {
	Name string // path of the file
	Next string // the next step, if it depends on the file
	Err  error
}

// Error returns the file and the cause.
func (e *FileError) Error() string { return e.Name + " " + e.Err.Error() }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// Read reads the file of a form, named by its kind. bare reports a file of a version without
// checksums, which is accepted only if no file with one was written. A missing file is
// fs.ErrNotExist.
func (f Folder) Read(form Form, into any) (bare bool, err error) {
	name := filepath.Join(f.Dir, form.Kind)
	data, err := os.ReadFile(name)
	if err != nil {
		return false, err
	}
	if bare, err = form.Decode(data, into); err != nil {
		return false, &FileError{Name: name, Err: err}
	}
	kinds, all, err := f.recordedKinds()
	switch {
	case err != nil:
		return false, err
	case bare && (all || slices.Contains(kinds, form.Kind)):
		return false, &FileError{Name: name, Err: fmt.Errorf("%w: files of this kind were written with one here", ErrBare)}
	}
	return bare, nil
}

// Save writes a file with its checksum, and then records that it has one. If a run ends in
// between, later runs can still read the file.
func (f Folder) Save(form Form, v any) error {
	data, err := form.Encode(v)
	if err != nil {
		return err
	}
	if err := f.replaceFile(form.Kind, data); err != nil {
		return err
	}
	return f.Note(form.Kind)
}

// Note records that files of some kinds have a checksum from now on.
func (f Folder) Note(kinds ...string) error {
	known, _, err := f.recordedKinds()
	if err != nil {
		return err
	}
	all := slices.Concat(known, kinds)
	slices.Sort(all)
	r := record{recordForm.Version, slices.Compact(all)}
	if _, err := os.Stat(filepath.Join(f.Dir, RecordFile)); err == nil && slices.Equal(r.Kinds, known) {
		return nil
	}
	data, err := recordForm.Encode(r)
	if err != nil {
		return err
	}
	return f.replaceFile(RecordFile, data)
}

// Noted reports whether a file of a kind was written here with a checksum.
func (f Folder) Noted(kind string) (bool, error) {
	kinds, _, err := f.recordedKinds()
	return slices.Contains(kinds, kind), err
}

func (f Folder) replaceFile(kind string, data []byte) error {
	return f.Replace(filepath.Join(f.Dir, kind), func(out io.Writer) error {
		_, err := out.Write(data)
		return err
	})
}

// recordedKinds returns the kinds that were written with a checksum. Without a record they are
// the kinds of files that have one. all is then true if there is such a file: other kinds may
// have had one too, so every file must have one.
func (f Folder) recordedKinds() (kinds []string, all bool, err error) {
	name := filepath.Join(f.Dir, RecordFile)
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		kinds = f.sealedKinds()
		return kinds, len(kinds) > 0 || slices.ContainsFunc(f.Witnesses, isSealed), nil
	}
	if err != nil {
		return nil, false, err
	}
	var r record
	if _, err := recordForm.Decode(data, &r); err != nil {
		return nil, false, &FileError{
			Name: name, Err: err,
			Next: Next(err, "restore it, or remove it: it is written again by the next run, and until then files without "+
				"a checksum are refused"),
		}
	}
	return r.Kinds, false, nil
}

// sealedKinds lists the files of the folder that have a head, damaged or not.
func (f Folder) sealedKinds() []string {
	entries, err := os.ReadDir(f.Dir)
	if err != nil {
		return nil // it is not there yet
	}
	var kinds []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".json" && isSealed(filepath.Join(f.Dir, e.Name())) {
			kinds = append(kinds, e.Name())
		}
	}
	return kinds
}

// isSealed reports whether a file begins with a seal.
func isSealed(name string) bool {
	in, err := os.Open(name)
	if err != nil {
		return false
	}
	defer in.Close() // read only
	head := make([]byte, 512)
	n, _ := io.ReadFull(in, head)
	return HasHead(head[:n])
}

// HasHead reports whether bytes begin with a seal, without verifying it.
func HasHead(data []byte) bool { return headPattern.Match(data) }
