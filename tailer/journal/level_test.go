package journal

import (
	"testing"
	"time"

	"tailbeam/tailer/stamp"
)

// What is shown of an entry tells its time and level to whoever reads lines.
func TestLinesTellTimeAndLevel(t *testing.T) {
	levels := []stamp.Level{stamp.Fatal, stamp.Fatal, stamp.Fatal, stamp.Error, stamp.Warn, stamp.Notice, stamp.Info, stamp.Debug}
	zone := time.FixedZone("", 5400)
	for priority, level := range levels {
		text := func(s string) field { return field{[]byte(s)} }
		e := entry{
			Realtime: "1795000000123456", Priority: text(string(rune('0' + priority))),
			Host: text("error"), Identifier: text("debug"), Message: text("FATAL: no\nINFO more"),
		}
		line, err := e.render(nil, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := stamp.LevelOf(line); got != level {
			t.Errorf("%q is %v, want %v", line, got, level)
		}
		at, ok := (&stamp.Reader{}).Time(line, time.Time{})
		if !ok || at.UnixMicro() != 1795000000123456 {
			t.Errorf("%q was written at %v, %v", line, at, ok)
		}
	}
}
