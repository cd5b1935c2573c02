package main

import (
	"os"
	"regexp"
	"testing"
)

// The map of the code names files and folders that are there.
func TestArchitectureNamesWhatIsThere(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	paths := regexp.MustCompile("`((?:[a-z0-9_]+/)+[a-z0-9_.]+|[a-z0-9_]+\\.go)`").FindAllSubmatch(text, -1)
	if len(paths) < 40 {
		t.Fatalf("%d paths are named, want 40 at least", len(paths))
	}
	for _, path := range paths {
		if string(path[1]) == "doc.go" || string(path[1]) == "parameter.go" {
			continue // named beside their folders
		}
		if _, err := os.Stat(string(path[1])); err != nil {
			t.Errorf("docs/architecture.md names %s: %v", path[1], err)
		}
	}
}
