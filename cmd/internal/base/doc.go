// Package base reads the state that a change is compared with: a commit, another folder,
// or a published site.
package base
