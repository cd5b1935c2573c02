package line

import (
	"strings"
	"testing"
)

func TestParseLevel(t *testing.T) {
	for l := Trace; l <= Fatal; l++ {
		for _, s := range []string{l.String(), strings.ToUpper(l.String())} {
			if got, err := ParseLevel(s); got != l || err != nil {
				t.Errorf("%q: got %v, %v; want %v", s, got, err, l)
			}
		}
	}
	for s, want := range map[string]Level{"warning": Warn, "err": Error, "Critical": Fatal, "emerg": Fatal, "verbose": Trace} {
		if got, err := ParseLevel(s); got != want || err != nil {
			t.Errorf("%q: got %v, %v; want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "none", "high", "3", "fine", "info ", strings.Repeat("x", 1000), "a\nb"} {
		_, err := ParseLevel(s)
		if err == nil || strings.Contains(err.Error(), "\n") || len(err.Error()) > 200 || !strings.Contains(err.Error(), "notice") {
			t.Errorf("%.50q: %v", s, err)
		}
	}
	if got := Level(99).String(); got != "unknown" {
		t.Errorf("Level(99) is %q", got)
	}
}
