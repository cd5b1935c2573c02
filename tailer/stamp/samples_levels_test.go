package stamp

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// The page reads levels by the same rules (static/js/text/level.js): the same samples
// hold both to them.
func TestLevelsAreThoseOfThePage(t *testing.T) {
	samples, err := os.ReadFile("testdata/levels.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for sample := range strings.Lines(string(samples)) {
		name, quoted, _ := strings.Cut(strings.TrimSuffix(sample, "\n"), "\t")
		text, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %v", quoted, err)
		}
		if got := LevelOf([]byte(text)).String(); got != name {
			t.Errorf("%s: got %s, want %s", quoted, got, name)
		}
		count++
	}
	if count < 150 {
		t.Errorf("there are %d samples", count)
	}
}
