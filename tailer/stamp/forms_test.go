package stamp

import (
	"testing"
	"time"
)

// ref is the time of the last line in these tests.
var ref = time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)

// at1430 is what most of the stamps here mean.
var at1430 = time.Date(2026, 11, 21, 14, 30, 5, 0, time.UTC)

// timeCase is a line and how long after at1430 it was written.
type timeCase struct {
	line  string
	after time.Duration
}

const (
	ms  = time.Millisecond
	sec = time.Second
	hr  = time.Hour
)

func checkCases(t *testing.T, cases []timeCase) {
	t.Helper()
	var r Reader
	for _, c := range cases {
		want := at1430.Add(c.after)
		if got, ok := r.Time([]byte(c.line), ref); !ok || !got.Equal(want) {
			t.Errorf("%q: got %v, %v; want %v", c.line, got, ok, want)
		}
	}
}

func TestYearFirst(t *testing.T) {
	checkCases(t, []timeCase{
		{"2026-11-21T14:30:05Z ready", 0},
		{"2026-11-21t14:30:05z", 0},
		{"2026-11-21T14:30:05", 0},
		{"2026-11-21T14:30:05.123456789Z stdout F ready", 123456789},
		{"2026-11-21T14:30:05.1234567891Z", 123456789},
		{"2026-11-21T14:30:05.5+02:00 ready", 500*ms - 2*hr},
		{"2026-11-21T14:30:05-0330 ready", 3*hr + 30*time.Minute},
		{"2026-11-21 14:30:05+01 web1 installer[1]: ready", -hr},
		{"2026-11-21 14:30:05 +0200 [main] ready", -2 * hr},
		{"2026-11-21 14:30:05 UTC [4711] LOG:  ready", 0},
		{"2026-11-21 14:30:05.250 CET [4711] LOG:  ready", 250 * ms},
		{"2026-11-21 14:30:05 GMT+1 ready", 0}, // neither +01 nor +01:00
		{"2026-11-21 14:30:05 UTC+02:00 ready", -2 * hr},
		{"2026-11-21 14:30:05,978 INFO [main] a.b.C: ready", 978 * ms},
		{"2026-11-21 14:30:05,747 - INFO  [QuorumPeer:Election@774] - ready", 747 * ms},
		{"2026-11-21 14:30:05 -123 is the number", 0},
		{"2026-11-21 14:30:05 - ready", 0},
		{"2026-11-21 14:30 ready", -5 * sec},
		{"2026-11-21 2:30:05 PM ready", 0},
		{"2026-11-21, 14:30:05 UTC] ready", 0},
		{"2026-11-21\t14:30:05\tEDGE", 0},
		{"2026-11-21_14:30:05.12345 ready", 123450 * time.Microsecond},
		{"2026-11-21-14.30.05.675872 ready", 675872 * time.Microsecond},
		{"2026/11/21 14:30:05 [error] 31#31: *7 open() failed", 0},
		{"2026/11/21 14:30:05.000123 main.go:7: ready", 123 * time.Microsecond},
		{"2026.11.21 14:30:05 ready", 0},
		{"20261121T143005Z ready", 0},
		{"20261121 14:30:05.5 ready", 500 * ms},
		{"20261121-14:30:05.123 ready", 123 * ms},
		{"2026-11-21T14:29:60Z a leap second", -5 * sec},
	})
}

func TestMonthNames(t *testing.T) {
	checkCases(t, []timeCase{
		{"Nov 21 14:30:05 web1 sshd[4711]: ready", 0},
		{"Nov 21 14:30:05.250 web1 sshd[4711]: ready", 250 * ms},
		{"Nov  1 14:30:05 web1 sshd[4711]: ready", -20 * 24 * hr},
		{"Nov 1 14:30:05 web1 sshd[4711]: ready", -20 * 24 * hr},
		{"Nov 01 14:30:05 web1 sshd[4711]: ready", -20 * 24 * hr},
		{"Nov 21 2026 14:30:05 asa1 : ready", 0},
		{"Nov 21 14:30:05 2026 asa1 : ready", 0},
		{"*Nov 21 14:30:05.123: %LINK-3-UPDOWN: down", 123 * ms},
		{"<34>Nov 21 14:30:05 web1 su: ready", 0},
		{"<34>1 2026-11-21T14:30:05.003Z web1 su - ID47 - ready", 3 * ms},
		{"<165>1 2026-11-21T12:30:05-02:00 192.0.2.1 su - - - ready", 0},
		{"Sat Nov 21 14:30:05 2026", 0},
		{"Sat Nov 21 14:30:05 UTC 2026 ready", 0},
		{"Sat Nov 21 14:30:05 CET 2026 ready", 0},
		{"Sat, 21 Nov 2026 14:30:05 GMT ready", 0},
		{"Sat, 21 Nov 2026 14:30:05 +0100 ready", -hr},
		{"Sat 2026-11-21 14:30:05 UTC web1 ready", 0},
		{"[Sat Nov 21 14:30:05.123 2026] [core:error] [pid 7] denied", 123 * ms},
		{"[Sat Nov 21 14:30:05 2026] [notice] ready", 0},
		{"Nov 21, 2026 2:30:05 PM org.example.Main run", 0},
		{"Nov 21, 2026 2:30:05\u202fPM org.example.Main run", 0},
		{"Nov 21, 2026 12:30:05 AM org.example.Main run", -14 * hr},
		{"21-Nov-2026 14:30:05.123 INFO [main] ready", 123 * ms},
		{"[21-Nov-2026 14:30:05 UTC] PHP Warning:  ready", 0},
		{"21 Nov 2026 14:30:05,123 ready", 123 * ms},
		{"21.11.2026 14:30:05 ready", 0},
		{"1 Nov 2026 14:30:05 ready", -20 * 24 * hr},
	})
}

func TestAccessLogs(t *testing.T) {
	checkCases(t, []timeCase{
		{`192.0.2.1 - frank [21/Nov/2026:14:30:05 +0000] "GET / HTTP/1.1" 200 7`, 0},
		{`www.example.com:443 2001:db8::1 - - [21/Nov/2026:15:30:05 +0100] "GET / HTTP/1.1" 200 7`, 0},
		{`some words - [x] and then [21/Nov/2026:14:30:05 -0500] "GET / HTTP/1.1" 200 7`, 5 * hr},
		{`[21/Nov/2026 14:30:05] "GET / HTTP/1.1" 200 7`, 0},
	})
}

func TestShortForms(t *testing.T) {
	checkCases(t, []timeCase{
		{"I1121 14:30:05.123456    4711 a.go:42] ready", 123456 * time.Microsecond},
		{"E20261121 14:30:05.123456  4711 a.cc:42] failed", 123456 * time.Microsecond},
		{"11-21 14:30:05.123  1234  5678 E Tag: failed", 123 * ms},
		{"261121 143005 148 INFO a.B: ready", 0},
		{"261121 14:30:05 [Note] ready", 0},
		{"261121  4:30:05 [Note] ready", -10 * hr},
		{"26/11/21 14:30:05 INFO a.B: ready", 0},
		{"14:30:05 INFO ready", 0},
		{"[14:30:05.123] ready", 123 * ms},
		{"[14:30:05 INF] ready", 0},
		{"[I 14:30:05.123 NotebookApp] ready", 123 * ms},
		{"[W 261121 14:30:05 web:2162] 404", 0},
	})
}

func TestCountsSince1970(t *testing.T) {
	checkCases(t, []timeCase{
		{"1795271405 ready", 0},
		{"1795271405", 0},
		{"1795271405.5 345 192.0.2.1 TCP_MISS/200", 500 * ms},
		{"1795271405123 ready", 123 * ms},
		{"1795271405123.5 ready", 123*ms + 500*time.Microsecond},
		{"1795271405123456 ready", 123456 * time.Microsecond},
		{"1795271405123456789 ready", 123456789},
		{"[1795271405] SERVICE ALERT: web1", 0},
		{"- 1795271405 2026.11.21 R02-M1-N0-C:J12-U11 2026-11-21-06.30.05.675872 R02 RAS KERNEL INFO corrected", 0},
		{"KERNDTLB 1795271405 2026.11.21 R30-M0-N9-C:J16-U01 2026-11-21-06.30.05.675872 R30 RAS KERNEL FATAL error", 0},
	})
}

func TestBehindOtherWords(t *testing.T) {
	checkCases(t, []timeCase{
		{"\ufeff2026-11-21 14:30:05 first line", 0},
		{"  2026-11-21 14:30:05 indented", 0},
		{"\x1b[2m2026-11-21T14:30:05.123Z\x1b[0m \x1b[32m INFO\x1b[0m ready", 123 * ms},
		{"\x1b[32mINFO\x1b[0m \x1b[2m2026-11-21T14:30:05Z\x1b[0m ready", 0},
		{"INFO 2026-11-21 14:30:05,123 ready", 123 * ms},
		{"WARN: 2026-11-21 14:30:05 ready", 0},
		{"info: 2026-11-21 14:30:05 ready", 0},
		{"[INFO] [2026-11-21 14:30:05] ready", 0},
		{"[info 2026-11-21 14:30:05] ready", 0},
		{"[main thread] 2026-11-21 14:30:05 ready", 0},
		{"[GIN] 2026/11/21 - 14:30:05 | 200 | 1ms | GET /", 0},
		{"W, [2026-11-21T14:30:05.123456 #4711]  WARN -- : slow", 123456 * time.Microsecond},
		{"web  | 2026-11-21 14:30:05 ready", 0},
		{"db-1 | Nov 21 14:30:05 db postgres[7]: ready", 0},
		{"4711:M 21 Nov 2026 14:30:05.123 * ready", 123 * ms},
		{"=INFO REPORT==== 21-Nov-2026::14:30:05 ===", 0},
		{"{main.py:12} 2026-11-21 14:30:05 ready", 0},
		{`"2026-11-21 14:30:05","ERROR","failed"`, 0},
	})
}
