// Package public reduces the data of a site to those that everybody may read: numbers of the
// organisation, of features and of the roadmap. Rows of teams and groups, single events, and the
// words of developers are left out; their counts stay. A page cannot show data that it does not
// have, so pages, search index and data files have the same parts.
package public
