package render

import "github.com/ip3dp/ip3dp/compute/metric"

// Places are the pages that may show a metric, the likeliest first. A page that
// shows it has an element whose ID is Anchor of the metric's; which pages there
// are depends on the site.
func Places(m *metric.Metric) []string {
	switch m.Scope.Kind {
	case metric.Team:
		return []string{"teams/" + m.Scope.ID + "/index.html", experiencePath}
	case metric.Feature:
		return []string{"features/" + m.Scope.ID + "/index.html", experiencePath, "features/index.html"}
	case metric.Initiative:
		return []string{"initiatives/" + m.Scope.ID + "/index.html", roadmapPath}
	}
	return []string{"delivery/index.html", experiencePath, discoveryPath, roadmapPath, "features/index.html", "index.html"}
}

// Methods is the page with every definition, whose anchor is the definition's ID.
const Methods = "about/methods/index.html"

// Anchor is the ID of the element that shows the metric, or the definition, with
// the given ID.
func Anchor(id string) string { return anchor(id) }
