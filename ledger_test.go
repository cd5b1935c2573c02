package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
)

// A ledger is a client that goes on by its cursor whatever happens, and the
// naive twin of a log: it knows every line that was written. Lines are
// "FILE NUMBER".
type ledger struct {
	t     *testing.T
	ended chan struct{} // closed when the response is over

	mu      sync.Mutex
	flowing sync.Cond
	stalled bool
	written map[string]struct{} // and not seen yet
	seen    map[string]struct{}
	last    map[int]int // number of the last line of each file
	cursor  string
	gaps    []string
}

func newLedger(t *testing.T) *ledger {
	l := &ledger{t: t, written: map[string]struct{}{}, seen: map[string]struct{}{}, last: map[int]int{}}
	l.flowing.L = &l.mu
	return l
}

// enter notes a line that is about to be written, and returns it.
func (l *ledger) enter(file, number int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := fmt.Sprintf("%d %d", file, number)
	l.written[text] = struct{}{}
	return text
}

// follow goes on behind the cursor, or begins with the first line.
func (l *ledger) follow(p *program) {
	l.t.Helper()
	query := "n=all"
	if l.cursor != "" {
		query = "from=" + url.QueryEscape(l.cursor)
	}
	r, err := http.Get("http://" + p.host() + "/tail/app?format=ndjson&" + query)
	must(l.t, err)
	if r.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(r.Body)
		l.t.Fatalf("%s: %s", r.Status, text)
	}
	l.ended = make(chan struct{})
	go l.read(r.Body, l.ended)
}

// read takes lines until the response ends, or the server.
func (l *ledger) read(body io.ReadCloser, ended chan<- struct{}) {
	defer close(ended)
	defer body.Close()
	records := bufio.NewScanner(body)
	for records.Scan() {
		var r struct {
			Cursor, Line string
			Gap          json.RawMessage
		}
		if err := json.Unmarshal(records.Bytes(), &r); err != nil {
			return // cut off
		}
		l.mu.Lock()
		for l.stalled {
			l.flowing.Wait()
		}
		if r.Gap != nil {
			l.gaps = append(l.gaps, string(r.Gap))
		}
		if r.Line != "" {
			l.takeLocked(r.Line)
		}
		if r.Cursor != "" {
			l.cursor = r.Cursor
		}
		l.mu.Unlock()
	}
}

func (l *ledger) takeLocked(text string) {
	file, number := 0, 0
	if _, err := fmt.Sscanf(text, "%d %d", &file, &number); err != nil {
		l.t.Errorf("%q is no line", text)
	}
	if _, again := l.seen[text]; again {
		l.t.Errorf("%q came again", text)
	} else if _, is := l.written[text]; !is {
		l.t.Errorf("%q was never written", text)
	}
	if last, known := l.last[file]; known && number <= last {
		l.t.Errorf("%q after line %d of the same file", text, last)
	}
	l.last[file] = number
	l.seen[text] = struct{}{}
	delete(l.written, text)
}

// missing returns lines that did not come.
func (l *ledger) missing() (missing []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for text := range l.written {
		missing = append(missing, text)
	}
	return missing
}

// stall has the client read nothing until flow.
func (l *ledger) stall() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stalled = true
}

func (l *ledger) flow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stalled = false
	l.flowing.Broadcast()
}
