package stamp

import (
	"strings"
	"testing"
)

// What is no stamp has no time, however much it looks like one.
func TestLinesWithoutTime(t *testing.T) {
	var r Reader
	for _, line := range []string{
		"",
		"\n",
		"[",
		"2026-",
		"ready",
		"    at com.example.Main.run(Main.java:12)",
		"Caused by: java.io.IOException: 2026-11-21 14:30:05 it was",
		"last seen 2026-11-21 14:30:05",
		"Expires: Sat, 21 Nov 2026 14:30:05 GMT",
		"the certificate expired on Nov 21 14:30:05 2026",
		"2026-11-21 ready",
		"2026-13-21 14:30:05 ready",
		"2026-00-21 14:30:05 ready",
		"2026-02-30 14:30:05 ready",
		"2026-02-29 14:30:05 not a leap year",
		"2026-11-31 14:30:05 ready",
		"2026-11-00 14:30:05 ready",
		"2026-11-21 24:00:00 ready",
		"2026-11-21 14:60:05 ready",
		"2026-11-21 14:30:61 ready",
		"2026-11-21 14:30:055 ready",
		"2026-11-21T14:30:05+15:00 ready",
		"2026-11-21T14:30:05+01:60 ready",
		"0000-11-21 14:30:05 ready",
		"1969-12-31 14:30:05 ready",
		"2200-01-01 14:30:05 ready",
		"2026-11/21 14:30:05 ready",
		"Nov 31 14:30:05 web1 ready",
		"Nov 0 14:30:05 web1 ready",
		"Now 21 14:30:05 web1 ready",
		"Nov 21 25:30:05 web1 ready",
		"Nov 21 14:30 2 files",
		"November 21 passed",
		"[31/Nov/2026:14:30:05 +0000]",
		"[21/Nov/0000:14:30:05 +0000]",
		"I1321 14:30:05.123456 4711 a.go:42] ready",
		"X1121 14:30:05.123456 4711 a.go:42] ready",
		"261321 143005 ready",
		"261121 253005 ready",
		"261121 143005789 ready",
		"26/13/21 14:30:05 ready",
		"25:30:05 ready",
		"14:30 ready",
		"14:30:05abc",
		"[12345.678] usb 1-1: new device",
		"[    0.000000] Linux version 7.0",
		"999999999 too early",
		"4102444800 too late",
		"1795271405x",
		"1795271405-17 is a part number",
		"17952714051 eleven digits",
		"9999999999999999999 more than fits",
		"0x1795271405",
		strings.Repeat("1 ", 60) + "2026-11-21 14:30:05",
		strings.Repeat("x", 201) + " [21/Nov/2026:14:30:05 +0000]",
	} {
		if got, ok := r.Time([]byte(line), ref); ok {
			t.Errorf("%q: got %v, want none", line, got)
		}
	}
}

// Every beginning of a line is looked at safely.
func TestLinesCutAnywhere(t *testing.T) {
	var r Reader
	for _, l := range lines {
		for n := range l.line {
			begin := []byte(l.line[:n])
			r.Time(begin[:n:n], ref)
			LevelOf(begin[:n:n])
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	var r Reader
	for _, l := range lines {
		line := []byte(l.line)
		if n := testing.AllocsPerRun(100, func() {
			r.Time(line, ref)
			LevelOf(line)
		}); n != 0 {
			t.Errorf("%s: %v allocations", l.name, n)
		}
	}
}
