package comment

// previewLinks returns the links to the preview of the site and to the pictures of its changed
// charts, with the step that opens an archive.
func (o *Options) previewLinks() string {
	preview := webLink("Preview", o.Preview)
	if archive := webLink("archive", o.Archive); archive != "" {
		how := ": unpack it and open " + codeSpan(o.Open)
		if preview == "" {
			preview = webLink("Preview as an archive", o.Archive) + how
		} else {
			preview += " (" + archive + how + ")"
		}
	}
	return joinParts(" · ", preview, webLink("Charts before and after", o.Charts))
}
