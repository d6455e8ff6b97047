package main

import (
	"encoding/json"
	"os"
)

// readJSON decodes a file of ours, whatever its form.
func readJSON(name string, into any) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
