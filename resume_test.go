package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// batchViewer speaks tailbeam.v1 and knows its cursor at any time, as a client
// does that wants to go on after whatever happens.
type batchViewer struct {
	conn   *websocket.Conn
	cursor string // behind the last line that next returned
	begun  string // what came of the line behind that
}

// dialBatches subscribes to the stream app, from a cursor or, with none, from
// its first line.
func dialBatches(t *testing.T, p *program, cursor string) *batchViewer {
	t.Helper()
	begin := `"n":"all"`
	if cursor != "" {
		begin = fmt.Sprintf(`"from":%q`, cursor)
	}
	v := subscribe(t, p, begin)
	v.cursor = cursor
	return v
}

// subscribe subscribes to the stream app and says where to begin, as JSON.
func subscribe(t *testing.T, p *program, begin string) *batchViewer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws://"+p.host()+"/ws", &websocket.DialOptions{Subprotocols: []string{"tailbeam.v1"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseNow() })
	conn.SetReadLimit(8 << 20)
	ask := `{"subscribe":{"id":0,"stream":["app"],` + begin + `}}`
	if err := conn.Write(ctx, websocket.MessageText, []byte(ask)); err != nil {
		t.Fatal(err)
	}
	return &batchViewer{conn: conn}
}

// next returns the next message of whole lines.
func (v *batchViewer) next(t *testing.T) []string {
	t.Helper()
	for {
		if whole := v.lines(t); whole != nil {
			return whole
		}
	}
}

// lines returns the next message of lines, or nil where that is an unfinished one.
func (v *batchViewer) lines(t *testing.T) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	for {
		_, text, err := v.conn.Read(ctx)
		if err != nil {
			t.Fatalf("after cursor %s: %v", v.cursor, err)
		}
		header, lines, hasLines := bytes.Cut(text, []byte("\n"))
		var h struct {
			To      string
			Gap     json.RawMessage
			Partial bool
		}
		if err := json.Unmarshal(header, &h); err != nil {
			t.Fatalf("%s: %v", header, err)
		}
		if h.Gap != nil {
			t.Fatalf("gap: %s", header)
		}
		if h.To != "" {
			v.cursor = h.To
		}
		if v.begun = ""; h.Partial {
			v.begun = string(lines)
			return nil
		}
		if hasLines {
			return strings.Split(string(lines), "\n")
		}
	}
}

// expectFrom reads lines until that with number last, and holds each against
// the one that must come. It returns the number of the next line.
func (v *batchViewer) expectFrom(t *testing.T, first, last int) int {
	t.Helper()
	for first <= last {
		for _, got := range v.next(t) {
			if want := fmt.Sprintf("line %d", first); got != want {
				t.Fatalf("%q, want %q", got, want)
			}
			first++
		}
	}
	return first
}

// compress does what gzip(1) does.
func compress(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(text)
	w.Close()
	if err := os.WriteFile(path+".gz", packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path+".gz", time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// whileAway is what happens to a file between two connections. It writes the
// lines from one number on and returns the next.
type whileAway struct {
	name string
	do   func(t *testing.T, file string, n int) int
}

var whilesAway = []whileAway{
	{"nothing", func(_ *testing.T, _ string, n int) int { return n }},
	{"more lines", func(t *testing.T, file string, n int) int {
		appendTo(t, file, joined(lines(n, n+1000)))
		return n + 1000
	}},
	{"rotation", func(t *testing.T, file string, n int) int {
		rename(t, file, file+".1")
		appendTo(t, file+".1", joined(lines(n, n+10)))
		appendTo(t, file, joined(lines(n+10, n+1000)))
		return n + 1000
	}},
	{"rotation and gzip", func(t *testing.T, file string, n int) int {
		rename(t, file, file+".1")
		compress(t, file+".1")
		appendTo(t, file, joined(lines(n, n+1000)))
		return n + 1000
	}},
	{"two rotations", func(t *testing.T, file string, n int) int {
		rename(t, file, file+".1")
		appendTo(t, file, joined(lines(n, n+1000)))
		rename(t, file+".1", file+".2")
		rename(t, file, file+".1")
		compress(t, file+".2")
		appendTo(t, file, joined(lines(n+1000, n+2000)))
		return n + 2000
	}},
}

// The server is killed in mid-stream, which nobody is told.
func TestKilledServerLosesNothing(t *testing.T) {
	for _, away := range whilesAway {
		t.Run(away.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "app.log")
			appendTo(t, file, joined(lines(0, 50_000)))
			p := start(t, "app="+file)
			v := dialBatches(t, p, "")
			stop, stopped := make(chan struct{}), make(chan int)
			go func() { // lines keep coming
				n := 50_000
				for {
					select {
					case <-stop:
						stopped <- n
						return
					default:
						appendTo(t, file, joined(lines(n, n+10)))
						n += 10
					}
				}
			}()
			next := v.expectFrom(t, 0, 60_000)
			if err := p.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-p.exited
			close(stop)
			end := away.do(t, file, <-stopped)
			v = dialBatches(t, start(t, "app="+file), v.cursor)
			if end > next {
				v.expectFrom(t, next, end-1)
			}
			appendTo(t, file, joined(lines(end, end+1)))
			v.expectFrom(t, max(next, end), end)
		})
	}
}

// The client is away, with a plain WebSocket and the cursor of its close.
func TestPlainViewerResumes(t *testing.T) {
	for _, away := range whilesAway {
		t.Run(away.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "app.log")
			appendTo(t, file, joined(lines(0, 1000)))
			p := start(t, "app="+file)
			v := dialGobwas(t, "ws://"+p.host()+"/ws/app?n=500")
			expect(t, v, lines(500, 1000)...)
			v.say(t, "quit")
			cursor := strings.TrimPrefix(expectClose(t, v, 1000), "from=")
			end := away.do(t, file, 1000)
			v = dialCoder(t, "ws://"+p.host()+"/ws/app?from="+cursor)
			expect(t, v, lines(1000, end)...)
			appendTo(t, file, joined(lines(end, end+1)))
			expect(t, v, lines(end, end+1)...)
		})
	}
}

// Everything is asked for that the file and its predecessors hold.
func TestBacklogIsTheWholeHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file+".3", joined(lines(0, 1000)))
	compress(t, file+".3")
	appendTo(t, file+".2", joined(lines(1000, 200_000)))
	compress(t, file+".2")
	appendTo(t, file+".1", joined(lines(200_000, 300_000)))
	appendTo(t, file, joined(lines(300_000, 300_100)))
	p := start(t, "app="+file)
	expect(t, dialGobwas(t, "ws://"+p.host()+"/ws/app?n=all"), lines(0, 300_100)...)
	expect(t, dialCoder(t, "ws://"+p.host()+"/ws/app?n=100500"), lines(300_100-100_500, 300_100)...)
	dialBatches(t, p, "").expectFrom(t, 0, 300_099)
}
