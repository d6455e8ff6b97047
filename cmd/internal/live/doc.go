// Package live serves a site on this machine, and watches the files that it is made of.
package live
