package render

import "github.com/ip3dp/ip3dp/render/view"

// menu is a part of the menu.
type menu int

const (
	noMenu   menu = iota
	mainMenu      // the loop
	moreMenu      // under More, before the platform's own pages
	lastMenu      // under More, after them
)

// pageEntry is an entry of the list of pages: the function that builds the pages, and the link
// in the menu. Its address is relative to the site's root.
type pageEntry struct {
	build func(*site) ([]Page, error)
	menu  menu
	link  view.Link
}

// pageList returns all pages in the order of the site and of its menu. To add a
// page, write its builder in a file of its own and its template in pages/, and add
// a line here.
func pageList() []pageEntry {
	return []pageEntry{
		{(*site).buildHealth, mainMenu, view.Link{Title: "Health", Href: healthPath}},
		{(*site).buildDiscovery, mainMenu, view.Link{Title: "Discovery", Href: discoveryPath}},
		{(*site).buildRoadmap, mainMenu, view.Link{Title: "Roadmap", Href: roadmapPath}},
		{(*site).buildInitiatives, noMenu, view.Link{}},
		{(*site).buildFeatures, mainMenu, view.Link{Title: "Features", Href: featuresPath}},
		{(*site).buildDelivery, mainMenu, view.Link{Title: "Delivery", Href: deliveryPath}},
		{(*site).buildGroups, noMenu, view.Link{}},
		{(*site).buildTeams, noMenu, view.Link{}},
		{(*site).buildEvidence, noMenu, view.Link{}},
		{(*site).buildExperience, mainMenu, view.Link{Title: "Experience", Href: experiencePath}},
		{(*site).buildReview, moreMenu, view.Link{Title: "Review", Href: reviewPath}},
		{(*site).buildDecisions, moreMenu, view.Link{Title: "Decisions", Href: decisionsPath}},
		{(*site).buildCases, moreMenu, view.Link{Title: "Cases", Href: casesPath}},
		{(*site).buildContentPages, moreMenu, view.Link{Title: "How we work", Href: howPath}},
		{(*site).buildMethods, lastMenu, view.Link{Title: "Methods", Href: Methods}},
		{(*site).buildDataQuality, lastMenu, view.Link{Title: "Data quality", Href: dataPath}},
		{(*site).buildAbout, lastMenu, view.Link{Title: "About", Href: aboutPath}},
		{(*site).buildData, noMenu, view.Link{}},
		{(*site).buildSearch, noMenu, view.Link{}},
		{(*site).buildNotFound, noMenu, view.Link{}},
	}
}

// menuLinks returns the links of one part of the menu.
func menuLinks(part menu) []view.Link {
	var out []view.Link
	for _, e := range pageList() {
		if e.menu == part {
			out = append(out, e.link)
		}
	}
	return out
}
