package stamp

import (
	"strings"
	"testing"
	"time"
)

func TestFieldsOfJSON(t *testing.T) {
	long := strings.Repeat("x", 3*within)
	checkCases(t, []timeCase{
		{`{"time":"2026-11-21T14:30:05Z","level":"INFO","msg":"ready"}`, 0},
		{`{"level":"info","ts":1795271405.123,"msg":"ready"}`, 123 * ms},
		{`{"level":30,"time":1795271405123,"pid":7}`, 123 * ms},
		{` { "@timestamp" : "2026-11-21T15:30:05+01:00" } `, 0},
		{`{"Timestamp":"2026-11-21T14:30:05.5Z"}`, 500 * ms},
		{`{"@t":"2026-11-21T14:30:05Z","@m":"ready"}`, 0},
		{`{"t":{"$date":"2026-11-21T14:30:05.250+00:00"},"s":"I"}`, 250 * ms},
		{`{"t":{"$date":{"$numberLong":"1795271405250"}},"s":"I"}`, 250 * ms},
		{`{"instant":{"epochSecond":1795271405,"nanoOfSecond":123000000},"level":"INFO"}`, 123 * ms},
		{`{"timestamp":{"nanos":123000000,"seconds":1795271405}}`, 123 * ms},
		{`{"datetime":"2026-11-21 14:30:05","x":1}`, 0},
		{`{"date":"2026-11-21","time":"2026-11-21 14:30:05"}`, 0},
		{`{"eventTime":"2026-11-21T14:30:05Z"}`, 0},
		{`{"time_local":"21/Nov/2026:14:30:05 +0000","request":"GET /"}`, 0},
		{`{"requestTime":"[21/Nov/2026:14:30:05 +0000]"}`, 0},
		{`{"time":"21\/Nov\/2026:14:30:05 +0000"}`, 0},
		{`{"time":"2026-11-21T15:30:05\u002B01:00"}`, 0},
		{`{"__REALTIME_TIMESTAMP":"1795271405123456"}`, 123456 * time.Microsecond},
		{`{"time":0.123,"ts":"2026-11-21T14:30:05Z"}`, 0},
		{`{"time":null,"ts":"2026-11-21T14:30:05Z"}`, 0},
		{`{"a":{"time":"2020-01-01T00:00:00Z"},"b":["time",{"ts":1}],"time":"2026-11-21T14:30:05Z"}`, 0},
		{`{"msg":"\"time\":\"2020-01-01T00:00:00Z\" \\","time":"2026-11-21T14:30:05Z"}`, 0},
		{`{"msg":"a } b ] c { \\\" ","time":"2026-11-21T14:30:05Z"}`, 0},
		{`{"time":"2026-11-21T14:30:05Z","msg":"` + long + `"}`, 0},
		{`{"log":"` + long + `","stream":"stdout","time":"2026-11-21T14:30:05Z"}` + "\n", 0},
		{`app-1 | {"time":"2026-11-21T14:30:05Z"}`, 0},
	})
}

func TestFieldsOfLogfmt(t *testing.T) {
	checkCases(t, []timeCase{
		{`time=2026-11-21T14:30:05.123Z level=INFO msg=ready`, 123 * ms},
		{`level=info ts=2026-11-21T14:30:05Z caller=a.go:7`, 0},
		{`time="2026-11-21T14:30:05Z" level=info msg="ready"`, 0},
		{`time="2026-11-21 14:30:05" level=info`, 0},
		{`msg="ts=2020-01-01T00:00:00Z \" x" ts=1795271405.5`, 500 * ms},
		{`t=2026-11-21T14:30:05+0000 lvl=info msg=ready`, 0},
		{`app | level=info ts=2026-11-21T14:30:05Z`, 0},
		{`type=SYSCALL msg=audit(1795271405.123:456): arch=c000003e`, 123 * ms},
	})
}

func TestFieldsThatAreNoTime(t *testing.T) {
	var r Reader
	for _, line := range []string{
		`{}`,
		`{"msg":"time"}`,
		`{"msg":"\"time\":\"2026-11-21T14:30:05Z\""}`,
		`{"msg":"[21/Nov/2026:14:30:05 +0000]"}`,
		`{"a":{"time":"2026-11-21T14:30:05Z"}}`,
		`{"a":[{"time":"2026-11-21T14:30:05Z"}]}`,
		`{"time":"14:30:05"}`,
		`{"time":"2026-11-21"}`,
		`{"time":"2026-13-21T14:30:05Z"}`,
		`{"time":17}`,
		`{"time":-1795271405}`,
		`{"time":["2026-11-21T14:30:05Z"]}`,
		`{"time":{"seconds":"x"}}`,
		`{"time":{"nanos":5}}`,
		`{"time":"2026-11-21T14:30:05Z`,
		`{"time" "2026-11-21T14:30:05Z"}`,
		`{"uptime":1795271405}`,
		`{"log":"` + strings.Repeat("x", 2*within) + `,\"time\":\"2026-11-21T14:30:05Z\"}`,
		`time=0.123 ok=1`,
		`msg="time=2026-11-21T14:30:05Z"`,
		`took=1795271405`,
	} {
		if got, ok := r.Time([]byte(line), ref); ok {
			t.Errorf("%.100q: got %v, want none", line, got)
		}
	}
}
