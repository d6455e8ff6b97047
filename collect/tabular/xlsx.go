package tabular

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/ip3dp/ip3dp/collect/text"
)

// maxParts is the largest number of files in a workbook. Real ones have a few for each sheet.
const maxParts = 5000

// manySheets is the error for a workbook with several sheets and no choice among them.
type manySheets struct{ names []string }

func (e *manySheets) Error() string {
	var quoted []string
	for _, name := range e.names[:min(len(e.names), shownNames)] {
		quoted = append(quoted, quoteTitle(Clean(name)))
	}
	return e.publicText() + ": " + strings.Join(quoted, ", ")
}

// publicText returns the error for a page: names of sheets are private.
func (e *manySheets) publicText() string {
	return text.Plural(len(e.names), "sheet") + " in the workbook: set sheet to the name of one"
}

// newXLSX returns a source of one sheet of a workbook. The workbook is kept in memory and never
// unpacked to a disk, because it may hold answers of people.
func newXLSX(t *textFile, o Options) (source, error) {
	data, err := io.ReadAll(t)
	if err != nil {
		return nil, err
	}
	if err := checkArchive(data, o); err != nil {
		return nil, err
	}
	book, err := openWorkbook(data, o)
	if err != nil {
		return nil, errors.New("the workbook is damaged: open it in a spreadsheet, and save it again")
	}
	defer book.Close()
	name, err := chooseSheet(t, book, o.Sheet)
	if err != nil {
		return nil, err
	}
	s := &sheetRows{
		d: xml.NewDecoder(bytes.NewReader(findPart(book, name))), styles: listStyles(book),
		ranges: map[int][]mergedCell{}, merged: map[int]mergedCell{}, maxField: o.MaxField,
	}
	s.readMerged(findPart(book, name))
	if wb := book.WorkBook; wb != nil && wb.WorkbookPr != nil {
		s.date1904 = wb.WorkbookPr.Date1904
	}
	if book.SharedStrings != nil {
		for i := range book.SharedStrings.SI {
			s.shared = append(s.shared, book.SharedStrings.SI[i].String())
		}
	}
	grid := &csvSource{text: t, next: s.readRecord, notes: s.listNotes}
	return grid, grid.readHeaders(o)
}

// checkArchive refuses a zip archive that is not a workbook, and a decompression bomb, before
// anything of it is decompressed.
func checkArchive(data []byte, o Options) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return errors.New("the file begins as a zip archive or workbook, and is cut off: export it again")
	}
	if len(z.File) > maxParts {
		return fmt.Errorf("the archive has %d files, want at most %d", len(z.File), maxParts)
	}
	if err := refuseArchive(z); err != nil {
		return err
	}
	var total uint64
	for _, f := range z.File {
		total += min(f.UncompressedSize64, uint64(o.MaxBytes)+1)
	}
	return checkSize(int64(total), int64(len(data)), o.MaxBytes, o.MaxRatio)
}

// openWorkbook opens a workbook. A damaged one must not end the run, so a panic of the library
// is an error.
func openWorkbook(data []byte, o Options) (book *excelize.File, err error) {
	defer func() {
		if recover() != nil {
			book, err = nil, excelize.ErrWorkbookFileFormat
		}
	}()
	book, err = excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: o.MaxBytes, UnzipXMLSizeLimit: o.MaxBytes,
	})
	if err != nil {
		return nil, err
	}
	// The library reads the table of strings with the first row of any sheet.
	for _, name := range book.GetSheetList() {
		if rows, err := book.Rows(name); err == nil && rows.Next() {
			if _, err := rows.Columns(); err != nil {
				return nil, err
			}
			break
		}
	}
	return book, nil
}

// chooseSheet returns the name of the sheet to read: the one that is set, else the only visible
// one with cells.
func chooseSheet(t *textFile, book *excelize.File, wanted string) (string, error) {
	var visible, all []string
	hidden := 0
	for _, name := range book.GetSheetList() {
		part := findPart(book, name)
		if !bytes.Contains(part, []byte("<sheetData")) && !bytes.Contains(part, []byte(":sheetData")) {
			continue // a sheet of one chart
		}
		all = append(all, name)
		shown, err := book.GetSheetVisible(name)
		switch {
		case err != nil || !shown:
			hidden++
		case hasCells(part):
			visible = append(visible, name)
		}
	}
	if wanted != "" {
		for _, name := range all {
			if text.Fold(name) == text.Fold(wanted) {
				return name, nil
			}
		}
		return "", &manySheets{all}
	}
	if hidden > 0 {
		t.notes = append(t.notes, text.Plural(hidden, "hidden sheet")+" not read")
	}
	switch len(visible) {
	case 0:
		return "", errors.New("the workbook has no visible sheet with cells")
	case 1:
		return visible[0], nil
	}
	return "", &manySheets{visible}
}

// hasCells reports whether a sheet has a cell with a value.
func hasCells(part []byte) bool {
	return slices.ContainsFunc([]string{"<v>", "<v ", "<is>", ":v>", ":is>"}, func(tag string) bool {
		return bytes.Contains(part, []byte(tag))
	})
}

// findPart returns the XML of a sheet; nil if the workbook has none.
func findPart(book *excelize.File, sheet string) []byte {
	const folder = "xl"
	load := func(name string) []byte {
		v, _ := book.Pkg.Load(name)
		data, _ := v.([]byte)
		return data
	}
	var links struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := xml.Unmarshal(load(folder+"/_rels/workbook.xml.rels"), &links); err != nil || book.WorkBook == nil {
		return nil
	}
	for _, s := range book.WorkBook.Sheets.Sheet {
		if s.Name != sheet {
			continue
		}
		for _, l := range links.List {
			if l.ID != s.ID {
				continue
			}
			if rooted, ok := strings.CutPrefix(l.Target, "/"); ok {
				return load(rooted)
			}
			return load(path.Join(folder, l.Target))
		}
	}
	return nil
}

// listStyles returns the kind of number of each cell style.
func listStyles(book *excelize.File) []numberStyle {
	if book.Styles == nil || book.Styles.CellXfs == nil {
		return nil
	}
	codes := map[int]string{}
	if custom := book.Styles.NumFmts; custom != nil {
		for _, f := range custom.NumFmt {
			codes[f.NumFmtID] = f.FormatCode
		}
	}
	styles := make([]numberStyle, len(book.Styles.CellXfs.Xf))
	for i, xf := range book.Styles.CellXfs.Xf {
		if xf.NumFmtID == nil {
			continue
		}
		if code, ok := codes[*xf.NumFmtID]; ok {
			styles[i] = parseNumberStyle(code)
		} else {
			styles[i] = builtInStyle(*xf.NumFmtID)
		}
	}
	return styles
}
