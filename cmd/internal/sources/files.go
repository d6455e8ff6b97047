package sources

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

func openEvents(s *Setup) ([]Source, error) {
	var list []Source
	for i := range s.Config.Events {
		e := &s.Config.Events[i]
		o, errs := e.Options()
		for _, err := range errs { // config.Parse has reported them
			return nil, exit.BadInput("", "source %q: %s", e.Name, err.Text)
		}
		o.Tabular.KeepLines = s.KeepLines
		setting := fmt.Sprintf("%s %+v", e.Kind, o)
		opened, err := openFiles(s, "events", &e.FileKeys, setting, func(file tabular.File) (collect.Source, error) {
			return events.New(e.Name, events.Kind(e.Kind), file, o)
		})
		if err != nil {
			return nil, err
		}
		list = append(list, opened...)
	}
	return list, nil
}

func eventPaths(s *Setup) []Path {
	var list []Path
	for i := range s.Config.Events {
		list = append(list, filePaths(s, &s.Config.Events[i].FileKeys)...)
	}
	return list
}

// filePaths returns the path of a table of files.
func filePaths(s *Setup, f *config.FileKeys) []Path {
	if f.File == "" {
		return nil
	}
	return []Path{{f.Name, s.resolve(f.File)}}
}

// openFiles makes a source for each file that a table's pattern matches, all of one name.
// If no file matches, it makes one whose error reports that.
func openFiles(s *Setup, table string, f *config.FileKeys, setting string, open fileOpener) ([]Source, error) {
	pattern := escapeFolder(s.Root, f.File)
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, exit.BadInput("", "source %q: file %q is not a pattern", f.Name, f.File)
	}
	if len(files) == 0 {
		files = []string{s.resolve(f.File)}
	}
	system := cmp.Or(f.System, f.File)
	var list []Source
	for _, name := range files {
		src, err := open(exportFile(s.Root, name))
		if err != nil {
			return nil, exit.BadInput("", "%w", err)
		}
		list = append(list, Source{
			Source: src, System: system, Files: []string{name}, Pattern: pattern,
			Setting: fmt.Sprintf("%s %s %s %q %s", table, f.Name, name, system, setting),
		})
	}
	return list, nil
}

// exportFile returns an export, which every build opens again.
func exportFile(root, name string) tabular.File {
	return tabular.File{
		Path: rooted.PublicName(root, name),
		Open: func() (io.ReadCloser, error) { return rooted.OpenRegular(name) },
	}
}

// escapeFolder returns a pattern below a folder whose own name is not a pattern.
func escapeFolder(root, file string) string {
	if filepath.IsAbs(filepath.FromSlash(file)) {
		return filepath.FromSlash(file)
	}
	literal := strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(root)
	return filepath.Join(literal, filepath.FromSlash(file))
}
