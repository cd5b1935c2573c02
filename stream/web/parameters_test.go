package web

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"tailbeam/stream"
	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

func TestWhatIsAskedFor(t *testing.T) {
	s := newSite(t)
	app, db := wire.SealOf("app"), wire.SealOf("db")
	one := wire.Cursors([]wire.Seal{app}, []wire.Place{{{Gen: 7, Off: 120}}})
	two := wire.Cursors([]wire.Seal{app, db}, []wire.Place{{{Gen: 7, Off: 120}}, {{Gen: 9, Off: 4}}})
	for _, test := range []struct {
		uri     string
		streams string
		want    stream.Ask
	}{
		{"/ws/app", "app", stream.Ask{Backlog: 10}},
		{"/ws/app?", "app", stream.Ask{Backlog: 10}},
		{"/ws/app?&&", "app", stream.Ask{Backlog: 10}},
		{"/ws/app?n=0", "app", stream.Ask{}},
		{"/ws/app?n=1&lag=skip", "app", stream.Ask{Backlog: 1, Lag: stream.LagSkip}},
		{"/ws/app?n=1&lag=close", "app", stream.Ask{Backlog: 1, Lag: stream.LagClose}},
		{"/ws/app?n=100&gaps=ignore", "app", stream.Ask{Backlog: 100, IgnoreGaps: true}},
		{"/ws/app?n=all", "app", stream.Ask{Backlog: stream.All}},
		{"/ws/app?follow=0&format=ndjson", "app", stream.Ask{Backlog: 10, Once: true, Encoding: stream.Records}},
		{"/ws/app?follow=1&format=text", "app", stream.Ask{Backlog: 10}},
		{"/ws/app?%6e=%30", "app", stream.Ask{}},
		{"/ws/app?n=2147483647", "app", stream.Ask{Backlog: 1<<31 - 1}},
		{"/ws/app?from=" + one, "app", stream.Ask{Backlog: 10, From: one}},
		{"/ws?from=" + two + "&stream=app&stream=db", "app db", stream.Ask{Backlog: 10, From: two, Prefix: true}},
		{"/ws/var/log/syslog", "var/log/syslog", stream.Ask{Backlog: 10}},
		{"/ws/var%2Flog%2fsyslog", "var/log/syslog", stream.Ask{Backlog: 10}},
		{"/ws/var/log/50%2525.log", "var/log/50%25.log", stream.Ask{Backlog: 10}},
		{"/ws?stream=var/log/50%2525.log", "var/log/50%25.log", stream.Ask{Backlog: 10}},
		{"/ws/var/log/a%25FFb", "var/log/a%FFb", stream.Ask{Backlog: 10}},
		{"/ws?stream=var%2Flog%2Fsyslog", "var/log/syslog", stream.Ask{Backlog: 10}},
		{"/ws/?stream=app", "app", stream.Ask{Backlog: 10}},
		{"/ws?stream=db&n=1&stream=app", "db app", stream.Ask{Backlog: 1, Prefix: true}},
		{"/ws/app?grep=a%2Bb&not=x&grep=c&level=WARNING", "app",
			stream.Ask{Backlog: 10, Filter: stream.Filter{Grep: []string{"a+b", "c"}, Not: []string{"x"}, Level: line.Warn}}},
	} {
		got, err := s.Admit(upgrade(test.uri))
		if err != nil {
			t.Errorf("%s: %v", test.uri, err)
			continue
		}
		var names []string
		for _, log := range got.Streams {
			names = append(names, log.Name())
		}
		if strings.Join(names, " ") != test.streams {
			t.Errorf("%s: streams %q, want %q", test.uri, names, test.streams)
		}
		w := test.want
		if got.Encoding != w.Encoding || got.Prefix != w.Prefix || got.Backlog != w.Backlog || got.From != w.From || got.IgnoreGaps != w.IgnoreGaps || got.Once != w.Once || !reflect.DeepEqual(got.Filter, w.Filter) {
			t.Errorf("%s: %+v, want %+v", test.uri, got, w)
		}
	}
}

func TestBadParametersAreNamed(t *testing.T) {
	s := newSite(t)
	one := wire.Cursors([]wire.Seal{wire.SealOf("app")}, []wire.Place{{{Gen: 7, Off: 120}}})
	changed := one[:len(one)-1] + "z"
	for _, test := range []struct {
		uri, says string
		status    int
	}{
		{"/ws/app?n=-1", `n: "-1"`, http.StatusBadRequest},
		{"/ws/app?n=2147483648", "want 0 to 2147483647, or all", http.StatusBadRequest},
		{"/ws/app?n=99999999999999999999", "want 0 to 2147483647, or all", http.StatusBadRequest},
		{"/ws/app?n=", `n: ""`, http.StatusBadRequest},
		{"/ws/app?n", `n: ""`, http.StatusBadRequest},
		{"/ws/app?n=1.5", `n: "1.5"`, http.StatusBadRequest},
		{"/ws/app?n=+1", `n: " 1"`, http.StatusBadRequest},
		{"/ws/app?n=ALL", `n: "ALL"`, http.StatusBadRequest},
		{"/ws/app?n=1&n=1", "n: is given twice", http.StatusBadRequest},
		{"/ws/app?n=1&from=" + one, "n, from, since: give at most one", http.StatusBadRequest},
		{"/ws/app?from=" + one + "&n=1", "n, from, since: give at most one", http.StatusBadRequest},
		{"/ws/app?from=" + one + "&from=" + one, "from: is given twice", http.StatusBadRequest},
		{"/ws/app?from=", `from: ""`, http.StatusBadRequest},
		{"/ws/app?from=yesterday", `from: "yesterday"`, http.StatusBadRequest},
		{"/ws?stream=app&stream=db&from=" + one, "covers 1 streams, and 2 are asked for", http.StatusBadRequest},
		{"/ws/db?from=" + one, "this cursor is of another stream", http.StatusBadRequest},
		{"/ws/app?from=" + changed, "was changed since: send it back exactly as it came", http.StatusBadRequest},
		{"/ws/app?lag=", `lag: ""`, http.StatusBadRequest},
		{"/ws/app?lag=wait", `lag: "wait"`, http.StatusBadRequest},
		{"/ws/app?lag=skip&lag=close", "lag: is given twice", http.StatusBadRequest},
		{"/ws/app?follow=no", `follow: "no"`, http.StatusBadRequest},
		{"/ws/app?format=sse", `format: "sse" is not known: want text or ndjson`, http.StatusBadRequest},
		{"/ws/app?wait=1s", `unknown parameter "wait": /ws takes stream, n, from,`, http.StatusBadRequest},
		{"/ws/app?gaps=close", `gaps: "close"`, http.StatusBadRequest},
		{"/ws/app?gaps=ignore&gaps=ignore", "gaps: is given twice", http.StatusBadRequest},
		{"/ws/app?grep=", "grep: is empty", http.StatusBadRequest},
		{"/ws/app?grep=a%28b&n=1", `grep: missing closing ) at character 2 of "a(b"`, http.StatusBadRequest},
		{"/ws/app?grep=ok&not=a%7Cb%29", `not: unexpected ) at character 4 of "a|b)"`, http.StatusBadRequest},
		{"/ws/app?not=" + strings.Repeat("x", 2000), "not: an expression of 2000 bytes is too long", http.StatusBadRequest},
		{"/ws/app?grep=a" + strings.Repeat("&grep=a", 16), "at most 16 expressions", http.StatusBadRequest},
		{"/ws/app?grep=(abc){1000}", "repeats too much", http.StatusBadRequest},
		{"/ws/app?level=loud", `level: "loud" is not a level`, http.StatusBadRequest},
		{"/ws/app?level=warn&level=error", "level: is given twice", http.StatusBadRequest},
		{"/ws/app?since=noon", "since: times are not known here", http.StatusBadRequest},
		{"/ws/app?=", `unknown parameter ""`, http.StatusBadRequest},
		{"/ws/app?N=1", `unknown parameter "N"`, http.StatusBadRequest},
		{"/ws/app?n=%zz", `parameter "n=%zz"`, http.StatusBadRequest},
		{"/ws/app?n=1;gaps=ignore", "separated by &", http.StatusBadRequest},
		{"/ws/app?stream=db", "the path names a stream already", http.StatusBadRequest},
		{"/ws?stream=app&stream=app", `"app" is named twice`, http.StatusBadRequest},
		{"/ws/ap%", "a % stands as %25", http.StatusBadRequest},
		{"/ws", "no stream is named", http.StatusBadRequest},
		{"/ws/", "no stream is named", http.StatusBadRequest},
		{"/ws?n=1", "no stream is named", http.StatusBadRequest},
		{"/ws/app\x01", "control character", http.StatusBadRequest},
		{"ws/app", "must start with /", http.StatusBadRequest},
		{"http://127.0.0.1:8080/ws/app", "must start with /", http.StatusBadRequest},
		{"", "must start with /", http.StatusBadRequest},
		{"/ws/nope", `no stream is named "nope"`, http.StatusNotFound},
		{"/ws?stream=app&stream=nope", `no stream is named "nope"`, http.StatusNotFound},
		{"/ws?stream=", `no stream is named ""`, http.StatusNotFound},
		{"/ws//var/log/syslog", `no stream is named "/var/log/syslog"`, http.StatusNotFound},
		{"/ws/" + strings.Repeat("x", 5000), "...", http.StatusNotFound},
		{"/wsx", "nothing is at", http.StatusNotFound},
		{"/chat", "nothing is at", http.StatusNotFound},
	} {
		_, err := s.Admit(upgrade(test.uri))
		if got := status(t, err); got != test.status {
			t.Errorf("%.60s: %d, want %d", test.uri, got, test.status)
		} else if !strings.Contains(err.Error(), test.says) || len(err.Error()) > 500 {
			t.Errorf("%.60s: %q, want %q", test.uri, err, test.says)
		}
	}
}

func TestStreamsOfOneRequestAreBounded(t *testing.T) {
	s := newSite(t)
	var uri strings.Builder
	uri.WriteString("/ws?n=0")
	for i := range defaultStreams + 1 {
		name := "many/" + strconv.Itoa(i)
		if _, err := s.hub.Open(name, line.Origin{}); err != nil {
			t.Fatal(err)
		}
		if i == defaultStreams {
			if _, err := s.Admit(upgrade(uri.String())); err != nil {
				t.Errorf("%d streams: %v", defaultStreams, err)
			}
		}
		uri.WriteString("&stream=" + name)
	}
	_, err := s.Admit(upgrade(uri.String()))
	if status(t, err) != http.StatusBadRequest || !strings.Contains(err.Error(), "at most 256") {
		t.Errorf("%d streams: %v", defaultStreams+1, err)
	}
}

func TestSubprotocolSelectsBatches(t *testing.T) {
	s := newSite(t)
	for _, test := range []struct {
		uri, protocols string
		status         int
		encoding       stream.Encoding
	}{
		{"/ws", "tailbeam.v1", 101, stream.Batches},
		{"/ws/", "chat , tailbeam.v1", 101, stream.Batches},
		{"/ws?&", "tailbeam.v1", 101, stream.Batches},
		{"/ws/app", "", 101, stream.Plain},
		{"/ws/app", "tailbeam.v2", 101, stream.Plain},
		{"/ws/app", "xtailbeam.v1", 101, stream.Plain},
		{"/ws/app", "tailbeam.v1", 400, 0},
		{"/ws?stream=app", "tailbeam.v1", 400, 0},
		{"/ws?n=1", "tailbeam.v1", 400, 0},
	} {
		r := upgrade(test.uri)
		r.Protocols = test.protocols
		ask, err := s.Admit(r)
		if got := status(t, err); got != test.status || ask.Encoding != test.encoding {
			t.Errorf("%s with %q: %d, encoding %d", test.uri, test.protocols, got, ask.Encoding)
		}
	}
}

// Admit runs on a loop, beside deliveries.
func TestAdmissionAllocatesOnlyItsAnswer(t *testing.T) {
	s := newSite(t, func(c *Config) { c.PublicURL = "https://example.org/"; c.Token = "secret" })
	r := upgrade("/ws/var/log/syslog?n=0")
	r.Origin = "https://example.org"
	r.Cookie = "a=b; " + s.keys.cookie + "=" + s.keys.pass
	if n := testing.AllocsPerRun(100, func() {
		if _, err := s.Admit(r); err != nil {
			t.Error(err)
		}
	}); n > 2 {
		t.Errorf("%v allocations, want the parameters and the list of streams alone", n)
	}
}

func BenchmarkAdmit(b *testing.B) {
	s := newSite(b)
	r := upgrade("/ws/var/log/syslog?n=0")
	r.Origin = "http://127.0.0.1:8080"
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Admit(r); err != nil {
			b.Fatal(err)
		}
	}
}
