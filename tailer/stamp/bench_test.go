package stamp

import (
	"testing"
	"time"
)

// lines are one of each common form.
var lines = []struct{ name, line string }{
	{"rfc3339", `2026-11-21T14:30:05.123456Z INFO server: request done status=200 took=3ms`},
	{"offset", `2026-11-21T14:30:05.123+01:00  WARN 4711 --- [nio-8080-exec-1] c.e.Application : slow answer`},
	{"log4j", `2026-11-21 14:30:05,123 ERROR [main] com.example.Main: cannot connect to database`},
	{"nginx", `2026/11/21 14:30:05 [warn] 31#31: *7 an upstream response is buffered`},
	{"syslog", `Nov 21 14:30:05 web1 sshd[4711]: Accepted publickey for root from 192.0.2.1 port 52683`},
	{"rfc5424", `<34>1 2026-11-21T14:30:05.003Z web1 su - ID47 - 'su root' failed on /dev/pts/8`},
	{"access", `192.0.2.1 - frank [21/Nov/2026:14:30:05 +0000] "GET /index.html HTTP/1.1" 200 2326 "-" "curl/8.5"`},
	{"apache", `[Sat Nov 21 14:30:05.123456 2026] [core:error] [pid 7] AH00037: link not allowed`},
	{"klog", `I1121 14:30:05.123456    4711 controller.go:42] synced`},
	{"hdfs", `261121 143005 148 INFO dfs.DataNode$PacketResponder: terminating`},
	{"bgl", `- 1790000000 2026.09.21 R02-M1-N0-C:J12-U11 2026-09-21-06.13.20.675872 R02-M1-N0-C:J12-U11 RAS KERNEL INFO corrected`},
	{"spark", `26/11/21 14:30:05 INFO executor.Executor: Running task 0`},
	{"epoch", `1790000000.123 [INFO] started`},
	{"json", `{"level":"info","ts":1790000000.123,"caller":"app/main.go:42","msg":"request done","status":200}`},
	{"jsonlast", `{"log":"192.0.2.1 - - GET /index.html HTTP/1.1 200 and some more text \"quoted\"\n","stream":"stdout","time":"2026-11-21T14:30:05.123456789Z"}`},
	{"logfmt", `level=info ts=2026-11-21T14:30:05.123Z caller=main.go:42 msg="request done" status=200`},
	{"unstamped", `    at com.example.Application.handle(Application.java:123) ~[app.jar:1.0]`},
}

func BenchmarkTime(b *testing.B) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Skip("no time zone database; install tzdata")
	}
	ref := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for _, zone := range []*time.Location{time.UTC, berlin} {
		r := Reader{Location: zone}
		for _, l := range lines {
			b.Run("form="+l.name+"/zone="+zone.String(), func(b *testing.B) {
				b.ReportAllocs()
				line := []byte(l.line)
				for b.Loop() {
					r.Time(line, ref)
				}
			})
		}
	}
}

func BenchmarkLevelOf(b *testing.B) {
	for _, l := range lines {
		b.Run("form="+l.name, func(b *testing.B) {
			b.ReportAllocs()
			line := []byte(l.line)
			for b.Loop() {
				LevelOf(line)
			}
		})
	}
}
