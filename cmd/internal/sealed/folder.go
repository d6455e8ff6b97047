package sealed

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// RecordFile is the file of a state folder that lists the kinds of files which were
// ever written with a checksum.
const RecordFile = "sealed.json"

var recordForm = Form{Kind: RecordFile, Version: 1, Bare: -1}

// record is the content of RecordFile.
type record struct {
	Version int      `json:"version"`
	Kinds   []string `json:"kinds"` // in order
}

// Folder is the folder of files that are kept between runs.
type Folder struct {
	Dir string
	// Replace writes a file in place of another, whole or not at all.
	Replace func(name string, write func(io.Writer) error) error
	// Witnesses are files outside of the folder. If one of them is sealed, files
	// without a checksum are refused: a version that writes checksums was here.
	Witnesses []string
}

// FileError is an error about a file of a Folder.
type FileError struct {
	Name string // path of the file
	Next string // what to do, if that depends on the file
	Err  error
}

// Error names the file.
func (e *FileError) Error() string { return e.Name + " " + e.Err.Error() }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// Read reads the file of a form, whose kind is its name. bare reports a file of a
// version without checksums, which is taken only if no file with one was written. A
// file that is not there is fs.ErrNotExist.
func (f Folder) Read(form Form, into any) (bare bool, err error) {
	name := filepath.Join(f.Dir, form.Kind)
	data, err := os.ReadFile(name)
	if err != nil {
		return false, err
	}
	if bare, err = form.Decode(data, into); err != nil {
		return false, &FileError{Name: name, Err: err}
	}
	kinds, all, err := f.recorded()
	switch {
	case err != nil:
		return false, err
	case bare && (all || slices.Contains(kinds, form.Kind)):
		return false, &FileError{Name: name, Err: fmt.Errorf("%w: files of this kind were written with one here", ErrBare)}
	}
	return bare, nil
}

// Save writes a file with its checksum, and then notes that it has one. A run that
// ends in between leaves a file that later runs read.
func (f Folder) Save(form Form, v any) error {
	data, err := form.Encode(v)
	if err != nil {
		return err
	}
	if err := f.replace(form.Kind, data); err != nil {
		return err
	}
	return f.Note(form.Kind)
}

// Note notes that files of some kinds have a checksum from now on.
func (f Folder) Note(kinds ...string) error {
	known, _, err := f.recorded()
	if err != nil {
		return err
	}
	all := map[string]bool{}
	for _, kind := range slices.Concat(known, kinds) {
		all[kind] = true
	}
	r := record{recordForm.Version, slices.Sorted(maps.Keys(all))}
	if _, err := os.Stat(filepath.Join(f.Dir, RecordFile)); err == nil && slices.Equal(r.Kinds, known) {
		return nil
	}
	data, err := recordForm.Encode(r)
	if err != nil {
		return err
	}
	return f.replace(RecordFile, data)
}

// Noted reports whether a file of a kind was written here with a checksum.
func (f Folder) Noted(kind string) (bool, error) {
	kinds, _, err := f.recorded()
	return slices.Contains(kinds, kind), err
}

func (f Folder) replace(kind string, data []byte) error {
	return f.Replace(filepath.Join(f.Dir, kind), func(out io.Writer) error {
		_, err := out.Write(data)
		return err
	})
}

// recorded returns the kinds that were written with a checksum. If the record is
// gone they are those of the files that have one, and all reports whether there is
// such a file: then what else was written is not known, and every file must have one.
func (f Folder) recorded() (kinds []string, all bool, err error) {
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

// sealedKinds lists the files of the folder that have a head, whole or not.
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

// isSealed reports whether a file begins like one with a checksum.
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

// HasHead reports whether bytes begin like those of a file with a checksum, without
// verifying it.
func HasHead(data []byte) bool { return headPattern.Match(data) }
