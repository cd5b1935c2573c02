package stamp

import (
	"strings"
	"testing"
)

func checkLevels(t *testing.T, want Level, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if got := LevelOf([]byte(line)); got != want {
			t.Errorf("%.120q: got %v, want %v", line, got, want)
		}
		if got := LevelOf([]byte(line + "\n")); got != want {
			t.Errorf("%.120q with a newline: got %v, want %v", line, got, want)
		}
	}
}

func TestLevelWords(t *testing.T) {
	checkLevels(t, Trace, "2026-11-21 14:30:05 TRACE ready", "[14:30:05 VRB] ready", "trce: App[0]", "FINER: ready")
	checkLevels(t, Debug, "2026-11-21 14:30:05 DEBUG ready", "[DBG] ready", "dbug: App[0]", "FINE: ready", "CONFIG: ready")
	checkLevels(t, Info,
		"2026-11-21 14:30:05,978 INFO [main] a.B: an ERROR",
		"2026-11-21T14:30:05.123Z\tinfo\tapp/main.go:42\tready",
		"2026-11-21 14:30:05 info: ready",
		"info: Microsoft.Hosting.Lifetime[14]",
		"INFO:root:ready",
		"2:30PM INF ready",
		"[14:30:05 INF] ready",
		"[14:30:05] [Server thread/INFO]: ready",
		"[2026-11-21 14:30:05,123: INFO/MainProcess] ready",
		"2026-11-21 14:30:05 UTC [7] me@db LOG:  ready",
		"261121 14:30:05 [Note] ready",
		"2026-11-21 14:30:05, Info                  CBS    ready",
		"<info>  [1795271405.1234] device (eth0): ready",
		"\x1b[2m2026-11-21T14:30:05Z\x1b[0m \x1b[32m INFO\x1b[0m \x1b[2mapp\x1b[0m: ready",
		"- 1795271405 2026.11.21 R02-M1-N0-C:J12-U11 2026-11-21-06.30.05.675872 R02-M1-N0-C:J12-U11 RAS KERNEL INFO error corrected",
	)
	checkLevels(t, Notice, "[Sat Nov 21 14:30:05 2026] [notice] ready", "NOTICE: ready", "[mpm_event:notice] ready")
	checkLevels(t, Warn,
		"2026/11/21 14:30:05 [warn] 31#31: slow",
		"Nov 21 14:30:05 web1 kernel: WARNING: slow",
		"Nov 21 14:30:05 web1 xinetd[7]: warning: slow",
		"[1121/143005:WARNING:a.cc(306)] slow",
		"[21-Nov-2026 14:30:05 UTC] PHP Warning:  slow",
		"main.c:12:5: warning: unused",
		"WARN[0005] slow",
		"| WARN  | slow",
	)
	checkLevels(t, Error,
		"2026-11-21 14:30:05,978 ERROR slow",
		"[Sat Nov 21 14:30:05 2026] [core:error] [pid 7] info",
		"Nov 21 14:30:05 web1 sshd[7]: error: Received disconnect",
		"Error: cannot find module",
		"2026-11-21 14:30:05 error reading",
		"SEVERE: failed",
		"fail: App[0]",
		"kernel: [HID] [ATC] [Error] failed",
		`"2026-11-21 14:30:05","ERROR","failed"`,
		"❌ ERROR failed",
	)
	checkLevels(t, Fatal,
		"CRITICAL:root:lost",
		"panic: runtime error",
		"fatal error: all goroutines are asleep",
		"PHP Fatal error:  lost",
		"2026/11/21 14:30:05 [emerg] 7#7: lost",
		"[14:30:05 FTL] lost",
		"FATAL lost",
	)
}

func TestLevelLetters(t *testing.T) {
	checkLevels(t, Info, "I1121 14:30:05.123456 7 a.go:1] ERROR", "2026-11-21T14:30:05.123+0000 I NETWORK  [conn1] end")
	checkLevels(t, Warn, "W, [2026-11-21T14:30:05.123456 #7]  WARN -- : slow", "W/ActivityManager( 1234): slow", "[W 2026-11-21 14:30:05 web:7] slow")
	checkLevels(t, Error, "E1121 14:30:05.123456 7 a.go:1] failed", "11-21 14:30:05.123  1234  5678 E Tag: failed",
		"11-21 14:30:05.123 E/Tag( 12): failed", "E20261121 14:30:05.123456 7 a.cc:1] failed")
	checkLevels(t, Debug, "2026-11-21T14:30:05.123+0000 D2 STORAGE  [conn1] read")
	checkLevels(t, Fatal, "F1121 14:30:05.123456 7 a.go:1] lost")
	checkLevels(t, Trace, "11-21 14:30:05.123  1234  5678 V Tag: read")
	checkLevels(t, None, "E1 and more", "E/S", "I am here", "11-21 14:30:05.123  1234  5678 X Tag: x", "A1121 14:30:05.123456 7 a.go:1] x")
}

func TestLevelPriorities(t *testing.T) {
	for severity, want := range []Level{Fatal, Fatal, Fatal, Error, Warn, Notice, Info, Debug} {
		digit := string(rune('0' + severity))
		checkLevels(t, want, "<"+digit+">usb 1-1: new device", `{"level":`+digit+`}`, `{"PRIORITY":"`+digit+`"}`)
	}
	checkLevels(t, Fatal, "<34>1 2026-11-21T14:30:05Z web1 su - - - failed")
	checkLevels(t, None, "<192>x", "<1234>x", "<>x", "<b>x")
}

func TestLevelFields(t *testing.T) {
	for n, want := range map[string]Level{"10": Trace, "20": Debug, "30": Info, "35": Info, "40": Warn, "50": Error, "60": Fatal, "8": None, "100": None, "-1": None} {
		checkLevels(t, want, `{"level":`+n+`,"time":1795271405123,"msg":"ERROR"}`)
	}
	checkLevels(t, Info, `{"level":"info"}`, `{"level":"INFO+2"}`, `{"t":{"$date":"x"},"s":"I"}`, `{"log":{"level":"info"}}`,
		`{"severityNumber":9}`, `level=info msg=x`, `level="info" msg=x`, `time=x level=INFO+2`, `{"@l":"Information"}`)
	checkLevels(t, Debug, `{"s":"D1"}`, `lvl=dbug`)
	checkLevels(t, Warn, `{"msg":"level error","Level":"Warning"}`, `{"a":{"level":"error"},"severity":"WARNING"}`, `app | {"level":"warn"}`,
		`x "level":"warn" y`, `{"log":"{\"level\":\"warn\"}\n","stream":"stdout"}`, `{'level': 'warn'}`, `app log_level=warn`)
	checkLevels(t, Error, `{"log":"2026-11-21 14:30:05 ERROR failed\n","stream":"stderr"}`, `{"log":"x\tERROR\tfailed","time":"y"}`, `lvl=eror`,
		`2026-11-21T14:30:05Z stdout F {"level":50}`)
	checkLevels(t, None, `{"msg":"ERROR"}`, `{"level":"high"}`, `{"level":null}`, `{"level":{}}`, `{"level":[]}`, `{"level":"info`,
		`{"levels":"info"}`, `level=high`, `level=5`, `{"msg":"`+strings.Repeat("x", within)+`","level":"info"}`)
}

func TestLevelsThatAreNone(t *testing.T) {
	checkLevels(t, None,
		"", "no error found", "the warning was ignored", "0 errors, 3 warnings",
		"ERROR_CODE is 5", "MY_ERROR", "ERROR=0 WARN=1", "a.ERROR", "-ERROR", "ERROR-5", "ERROR5",
		"GET /ERROR/x HTTP/1.1", "https://example.com/error", "x/error: y/",
		"status=error", "[errors]", "[error x", "error", "information about it", "x FINE day", "see CONFIG", "a log: b", "x = fine INF",
		"Nov 21 14:30:05 web1 app[7]: Error returned from it",
		"Nov 21 14:30:05 web1 app[7]: with error:[-50]",
		`192.0.2.1 - - [21/Nov/2026:14:30:05 +0000] "TRACE / HTTP/1.1" 405 7`,
		"log level: debug",
		strings.Repeat("x ", textWithin/2)+"ERROR",
	)
}
