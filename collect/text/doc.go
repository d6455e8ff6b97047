// Package text compares, quotes and counts words of people and tools: names with other
// capitals, blanks or accents, words in messages, numbers of rows.
//
// It is a leaf: it imports nothing of this module, and any package may import it.
package text
