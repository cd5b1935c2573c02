package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cursorOf returns the cursor behind the newest line of a stream, as a plain
// viewer gets it.
func cursorOf(t *testing.T, p *program, stream string) string {
	t.Helper()
	v := dialGobwas(t, "ws://"+p.host()+"/ws/"+stream+"?n=1")
	if text, closed := v.next(t); closed != nil {
		t.Fatal(text, closed)
	}
	v.say(t, "quit")
	return strings.TrimPrefix(expectClose(t, v, 1000), "from=")
}

// A cursor that is not of this stream, or not what the server gave, is told
// apart from one whose lines are gone.
func TestForeignAndChangedCursorsAreRefused(t *testing.T) {
	dir := t.TempDir()
	appendTo(t, filepath.Join(dir, "a.log"), "one\ntwo\n")
	appendTo(t, filepath.Join(dir, "b.log"), "one\ntwo\n")
	p := start(t, "a="+filepath.Join(dir, "a.log"), "b="+filepath.Join(dir, "b.log"))
	cursor := cursorOf(t, p, "a")
	for _, test := range []struct{ path, says string }{
		{"/ws/b?from=" + cursor, "of another stream"},
		{"/ws/a?from=" + cursor[:len(cursor)-1], "changed"},
		{"/ws/a?from=" + cursor + "x", "changed"},
		{"/ws/a?from=" + strings.ToLower(cursor), "changed"},
		{"/ws/a?from=" + cursor + "~" + cursor, "covers 2 streams"},
	} {
		r, err := http.NewRequest("GET", "http://"+p.host()+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for key, value := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
			r.Header.Set(key, value)
		}
		status, body := roundTrip(t, r)
		if status != http.StatusBadRequest || strings.Count(body, "\n") != 1 || !strings.Contains(body, test.says) {
			t.Errorf("%s: %d %q, want %q", test.path, status, body, test.says)
		}
	}
}

// Where lines are gone, a gap says why, and what is there comes behind it.
func TestGapForWhatIsGone(t *testing.T) {
	for _, gone := range []struct {
		name   string
		do     func(t *testing.T, file string)
		reason string
		bytes  string
	}{
		{"replaced", func(t *testing.T, file string) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}, "no longer there", "null"},
		{"cut", func(t *testing.T, file string) {
			if err := os.Truncate(file, 0); err != nil {
				t.Fatal(err)
			}
		}, "no longer there", "null"},
	} {
		t.Run(gone.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "app.log")
			appendTo(t, file, joined(lines(0, 100)))
			p := start(t, "app="+file)
			cursor := cursorOf(t, p, "app")
			p.cmd.Process.Kill()
			<-p.exited
			appendTo(t, file, joined(lines(100, 200))) // not read by anybody
			gone.do(t, file)
			appendTo(t, file, "new\n")
			v := dialBatches(t, start(t, "app="+file), cursor)
			m := v.message(t)
			if !strings.Contains(m, `"gap":`) || !strings.Contains(m, `"bytes":`+gone.bytes) || !strings.Contains(m, gone.reason) {
				t.Errorf("first comes %s", m)
			}
			if got := v.next(t); len(got) != 1 || got[0] != "new" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// A file in the way of a directory, and a circle of links, are notices; the
// stream goes on when they are gone, and others never stop.
func TestRecoversWhenTheCauseIsGone(t *testing.T) {
	dir := t.TempDir()
	file, other := filepath.Join(dir, "app.log"), filepath.Join(dir, "other.log")
	appendTo(t, file, "line 0\n")
	appendTo(t, other, "other 0\n")
	p := start(t, "app="+file, "other="+other)
	v := dialBatches(t, p, "")
	next := v.expectFrom(t, 0, 0)
	untouched := dialGobwas(t, "ws://"+p.host()+"/ws/other")
	expect(t, untouched, "other 0")
	condition := func(want string) {
		t.Helper()
		until(t, "app is "+want, func() bool {
			for _, s := range p.streams() {
				if s.Name == "app" && s.Condition == want {
					return true
				}
			}
			return false
		})
	}
	for i, block := range []func(){
		func() { must(t, os.Mkdir(file, 0o755)) },
		func() { must(t, os.Symlink("app.log", file)) },
	} {
		rename(t, file, file+".1")
		block()
		condition("failed")
		appendTo(t, other, "other "+string(rune('1'+i))+"\n")
		expect(t, untouched, "other "+string(rune('1'+i)))
		must(t, os.Remove(file))
		must(t, os.Remove(file+".1"))
		appendTo(t, file, joined(lines(next, next+1)))
		condition("live")
		next = v.expectFrom(t, next, next)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// message returns the next message that is not a bare notice.
func (v *batchViewer) message(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	for {
		_, text, err := v.conn.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), `"notice"`) {
			return string(text)
		}
	}
}
