package sibling

import (
	"slices"
	"testing"
)

func TestBases(t *testing.T) {
	for name, want := range map[string][]string{
		"app.log":                            nil,
		"app":                                nil,
		"syslog.1":                           {"syslog"},
		"app.log.1":                          {"app.log"},
		"app.log.12.gz":                      {"app.log"},
		"app.log.3.zst":                      {"app.log"},
		"app.log.old":                        {"app.log"},
		"app.log-20261121":                   {"app.log"},
		"app.log-2026112107.backup":          {"app.log", "app.log.backup"},
		"app.log.backup":                     nil,
		"app.log-20261121.gz":                {"app.log"},
		"app.log-2026112103":                 {"app.log"},
		"app.log-1763697480":                 {"app.log"},
		"app.log-20251121-1763697480":        {"app.log"},
		"app-20251121-1763697480.log.gz":     {"app.log"},
		"app.log.2026-11-21":                 {"app.log"},
		"app.log.2026-11-21.1":               {"app.log"},
		"app.log.2026-11-21_13-00":           {"app.log"},
		"app-20261121.log":                   {"app.log"},
		"app-2026-11-21.log":                 {"app.log"},
		"app-2026-11-21T03-58-00.123.log":    {"app.log"},
		"app-2026-11-21T03-58-00.123.log.gz": {"app.log"},
		"localhost.2026-11-21.log":           {"localhost.log"},
		"app.2026-11-21.1.log":               {"app.log"},
		"app.2026-11.log":                    {"app.log"},
		"web-1.log":                          nil,
		"worker.1":                           {"worker"},
		"v1.2.log":                           nil,
		"app.gz":                             nil,
		"app.log.bak":                        nil,
		"app.log.1.tmp":                      nil,
		"app.log2":                           nil,
		"20261121.log":                       nil,
		".1":                                 nil,
	} {
		if got := Bases(name); !slices.Equal(got, want) {
			t.Errorf("Bases(%q) = %q, want %q", name, got, want)
		}
		for _, base := range want {
			if !Of(base, name) {
				t.Errorf("Of(%q, %q) = false", base, name)
			}
		}
	}
	if Of("app", "app") || Of("app.log", "other.log.1") {
		t.Error("a file is taken for a predecessor of itself or of another")
	}
}
