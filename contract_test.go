package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// transport is a way to read lines and to come back for more.
type transport struct {
	name string
	// read connects with a query, lets something happen, which returns how many
	// lines there are to come, and reads them. It returns them, and the query
	// with which to go on.
	read func(t *testing.T, p *program, query string, happen func() int) (lines []string, next string)
}

var transports = []transport{
	{"websocket", readSocket},
	{"websocket ndjson", readSocketRecords},
	{"batches", readBatches},
	{"text", readText},
	{"text of HTTP 1.0", readOldText},
	{"events", readEvents},
	{"ndjson", readRecords},
	{"long poll", readPolls},
	{"long poll ndjson", readPollRecords},
}

// One scenario over every transport: a backlog through a compressed
// predecessor, appended lines, a rotation, a reader that is slower than memory
// lasts, a killed server, and between all of them a disconnect and a resume.
// What arrives is the same, byte for byte.
func TestEveryTransportDeliversTheSame(t *testing.T) {
	for _, by := range transports {
		t.Run(by.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "app.log")
			want := historyOf(t, file)
			var got []string
			query := "n=all"
			p := start(t, "--memory", "4MiB", "app="+file)
			read := func(happen func()) {
				t.Helper()
				var lines []string
				lines, query = by.read(t, p, query, func() int {
					happen()
					return len(want) - len(got)
				})
				got = append(got, lines...)
			}
			write := func(texts ...string) {
				appendTo(t, file, joined(texts))
				want = append(want, texts...)
			}
			read(func() {})
			read(func() {
				write("", "with\rreturn", "nul\x00 and \x1b[1mescape", "\tquoted \"\\ é \u2028",
					"not \xff\xfe\xc3 UTF-8 \xed\xa0\x80", "of DOS\r", "two returns\r\r", "\r", " \u009b2J \u202e\ufeff\x7f ", ": data: id: 7")
			})
			read(func() {
				write("before the rotation")
				rename(t, file+".2.gz", file+".3.gz")
				rename(t, file+".1", file+".2")
				rename(t, file, file+".1")
				write("behind the rotation")
			})
			read(func() {
				var long []string
				for i := range 40_000 {
					long = append(long, fmt.Sprintf("long %d %s", i, strings.Repeat("x", 150)))
				}
				write(long...)
			})
			write("while away")
			if err := p.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-p.exited
			p = start(t, "app="+file)
			read(func() { write("after the restart") })
			if len(got) != len(want) {
				t.Errorf("%d lines, want %d", len(got), len(want))
			}
			for i, line := range got {
				if expected := by.shows(seen(want[i])); line != expected {
					t.Fatalf("line %d is %q, want %q", i, line, expected)
				}
			}
		})
	}
}

// seen returns a line as viewers see it: bytes that are not UTF-8 are mended one
// by one, and the end of a line as DOS has it is none of its text.
func seen(line string) string { return string([]rune(strings.TrimSuffix(line, "\r"))) }

// shows returns a line as a transport shows it: events end at a carriage
// return.
func (by transport) shows(line string) string {
	if by.name == "events" {
		return strings.ReplaceAll(line, "\r", "\u240d")
	}
	return line
}

func readSocket(t *testing.T, p *program, query string, happen func() int) (lines []string, next string) {
	v := dialGobwas(t, "ws://"+p.host()+"/ws/app?"+query)
	for range happen() {
		lines = append(lines, message(t, v))
	}
	v.say(t, "quit")
	return lines, expectClose(t, v, 1000)
}

func readSocketRecords(t *testing.T, p *program, query string, happen func() int) (lines []string, next string) {
	v := dialGobwas(t, "ws://"+p.host()+"/ws/app?format=ndjson&"+query)
	for n := happen(); len(lines) < n; {
		lines, next = takeRecord(t, message(t, v), lines, next)
	}
	return lines, next
}

// message returns the next message of a WebSocket.
func message(t *testing.T, v viewer) string {
	t.Helper()
	text, end := v.next(t)
	if end != nil {
		t.Fatalf("closed: %+v", end)
	}
	return text
}

func readBatches(t *testing.T, p *program, query string, happen func() int) (lines []string, next string) {
	v := dialBatches(t, p, strings.TrimPrefix(strings.TrimPrefix(query, "n=all"), "from="))
	for n := happen(); len(lines) < n; {
		lines = append(lines, v.next(t)...)
	}
	return lines, "from=" + v.cursor
}

// record is a line of NDJSON.
type record struct {
	Cursor string
	Line   *string
	Gap    json.RawMessage
}

func takeRecord(t *testing.T, text string, lines []string, cursor string) ([]string, string) {
	t.Helper()
	var r record
	if err := json.Unmarshal([]byte(text), &r); err != nil || r.Gap != nil || r.Cursor == "" {
		t.Fatalf("%v: %s", err, text)
	}
	if r.Line != nil {
		lines = append(lines, *r.Line)
	}
	return lines, "from=" + r.Cursor
}

// openTail asks for lines over HTTP. The connection breaks when the test ends.
func openTail(t *testing.T, p *program, query, accept string) *bufio.Reader {
	t.Helper()
	return openURL(t, "http://"+p.host()+"/tail/app?"+query, accept)
}

func openURL(t *testing.T, address, accept string) *bufio.Reader {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	if q := r.URL.Query(); q.Has("Last-Event-ID") { // not a parameter, but a header
		r.Header.Set("Last-Event-ID", q.Get("Last-Event-ID"))
		r.URL.RawQuery = "n=3"
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(deadline, func() { response.Body.Close() })
	t.Cleanup(func() { timer.Stop(); response.Body.Close() })
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(response.Body)
		t.Fatalf("%s: %s %s", address, response.Status, body)
	}
	return bufio.NewReader(response.Body)
}

// line returns the next line of a body.
func line(t *testing.T, body *bufio.Reader) string {
	t.Helper()
	text, err := body.ReadString('\n')
	if err != nil {
		t.Fatalf("after %q: %v", text, err)
	}
	return strings.TrimSuffix(text, "\n")
}

// Text has no cursors, but one at its end: what is read in order goes on there.
func readText(t *testing.T, p *program, query string, happen func() int) (lines []string, next string) {
	body := openTail(t, p, query, "text/plain")
	for range happen() {
		lines = append(lines, line(t, body))
	}
	r, rest := p.fetch("/tail/app?follow=0&n=0")
	if len(rest) > 0 {
		t.Fatalf("%q", rest)
	}
	return lines, "from=" + r.Trailer.Get("Tailbeam-Cursor")
}

func readOldText(t *testing.T, p *program, query string, happen func() int) (lines []string, next string) {
	conn, err := net.Dial("tcp", p.host())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(deadline))
	fmt.Fprintf(conn, "GET /tail/app?%s HTTP/1.0\r\nHost: localhost\r\n\r\n", query)
	body := bufio.NewReader(conn)
	for line(t, body) != "\r" { // the head
	}
	for range happen() {
		lines = append(lines, line(t, body))
	}
	r, _ := p.fetch("/tail/app?follow=0&n=0")
	return lines, "from=" + r.Trailer.Get("Tailbeam-Cursor")
}

func readEvents(t *testing.T, p *program, query string, happen func() int) (lines []string, next string) {
	body := openTail(t, p, query, "text/event-stream")
	kind, id := "", ""
	for n := happen(); len(lines) < n; {
		field, value, _ := strings.Cut(line(t, body), ": ")
		switch field {
		case "event":
			kind = value
		case "id":
			id = value
		case "data":
			switch kind {
			case "":
				lines = append(lines, value)
				next = "Last-Event-ID=" + id
			case "gap":
				t.Fatalf("%s", value)
			}
		case "":
			kind = ""
		}
	}
	return lines, next
}

func readRecords(t *testing.T, p *program, query string, happen func() int) (lines []string, next string) {
	body := openTail(t, p, query, "application/x-ndjson")
	for n := happen(); len(lines) < n; {
		lines, next = takeRecord(t, line(t, body), lines, next)
	}
	return lines, next
}

func readPolls(t *testing.T, p *program, query string, happen func() int) (lines []string, next string) {
	n := happen()
	for next = query; len(lines) < n; {
		r, body := p.fetch("/tail/app?wait=30s&" + next)
		next = "from=" + url.QueryEscape(r.Header.Get("Tailbeam-Cursor"))
		if text := strings.TrimSuffix(string(body), "\n"); len(body) > 0 {
			lines = append(lines, strings.Split(text, "\n")...)
		}
	}
	return lines, next
}

func readPollRecords(t *testing.T, p *program, query string, happen func() int) (lines []string, next string) {
	n := happen()
	for next = query; len(lines) < n; {
		r, body := p.fetch("/tail/app?wait=30s&format=ndjson&" + next)
		for text := range strings.Lines(string(body)) {
			lines, _ = takeRecord(t, text, lines, "")
		}
		next = "from=" + r.Header.Get("Tailbeam-Cursor")
	}
	return lines, next
}
