package githubtest

import "testing"

func TestSchema(t *testing.T) { newGraph() }
