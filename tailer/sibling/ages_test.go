package sibling

import "testing"

func TestAges(t *testing.T) {
	for _, c := range []struct {
		base, name string
		want       Age
	}{
		{"syslog", "syslog.1", Age{Form: Numbered, Count: 1}},
		{"app.log", "app.log.12.gz", Age{Form: Numbered, Count: 12}},
		{"app.log", "app.log.old.zst", Age{Form: Old}},
		{"app.log", "app.log-2026112107.backup", Age{Form: Old}},
		{"app.log", "app.log-20261121", Age{Form: Dated, Date: 20261121000000}},
		{"app.log", "app.log.20261121.gz", Age{Form: Dated, Date: 20261121000000}},
		{"app.log", "app.log-2026112103", Age{Form: Dated, Date: 20261121030000}},
		{"app.log", "app.log-1763697480", Age{Form: Dated, Date: 20251121035800}},
		{"app.log", "app.log-20251121-1763697480.gz", Age{Form: Dated, Date: 20251121035800}},
		{"app.log", "app-2025-11-21-1763697481.log", Age{Form: Dated, Date: 20251121035801}},
		{"app.log", "app.log.2026-11-21.1", Age{Form: Dated, Date: 20261121000000, Count: 1}},
		{"app.log", "app.log.2026-11-21.10", Age{Form: Dated, Date: 20261121000000, Count: 10}},
		{"app.log", "app.log.2026-11-21.100", Age{Form: Dated, Date: 20261121000000, Count: 100}},
		{"app.log", "app.log.2026-11-21_13-00", Age{Form: Dated, Date: 20261121130000}},
		{"app.log", "app-2026-11-21T03-58-00.123.log.gz", Age{Form: Dated, Date: 20261121035800, Count: 123}},
		{"app.log", "app.2026-11-21.7.log", Age{Form: Dated, Date: 20261121000000, Count: 7}},
		{"app.log", "app.2026-11.log", Age{Form: Dated, Date: 20261100000000}},
	} {
		got, ok := AgeOf(c.base, c.name)
		if !ok || got != c.want {
			t.Errorf("AgeOf(%q, %q) = %+v, %v, want %+v", c.base, c.name, got, ok, c.want)
		}
	}
	if _, ok := AgeOf("app.log", "app.log.bak"); ok {
		t.Error("app.log.bak has an age")
	}
}
