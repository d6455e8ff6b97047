package render

// sections build the pages of the site, in the order they are published. To add a
// page, write its builder beside these, its template in pages/, and add it here
// and, if it belongs in the menu, in frame.go.
var sections = []func(*site) ([]Page, error){
	(*site).health,
	(*site).discovery,
	(*site).roadmap,
	(*site).initiatives,
	(*site).features,
	(*site).delivery,
	(*site).teams,
	(*site).evidencePages,
	(*site).experience,
	(*site).decisions,
	(*site).review,
	(*site).cases,
	(*site).contentPages,
	(*site).about,
	(*site).data,
	(*site).search,
	(*site).notFound,
}
