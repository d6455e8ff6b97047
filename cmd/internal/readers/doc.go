// Package readers finds out who can read a site that a forge hosts: by the forge's API where a
// token allows, else by the remote.
package readers
