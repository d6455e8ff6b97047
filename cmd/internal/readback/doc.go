// Package readback opens the places that the files of a published site are read back from: a
// branch, a bucket, a folder, an artifact of CI, an address. It returns bytes only; package
// state decodes them.
package readback
