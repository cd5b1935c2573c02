package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// lines returns the text of lines from first up to, not including, last.
func lines(first, last int) []string {
	var text []string
	for i := first; i < last; i++ {
		text = append(text, fmt.Sprintf("line %d", i))
	}
	return text
}

func joined(lines []string) string { return strings.Join(lines, "\n") + "\n" }

func TestEachLineIsOneFrame(t *testing.T) {
	for name, dial := range dialers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "50% off.log")
			appendTo(t, file, joined(lines(0, 100)))
			p := start(t, filepath.Join(dir, "*.log"))
			stream := p.streams()[0].Name // holds % and a space
			if want := strings.TrimPrefix(filepath.ToSlash(dir), "/") + "/50%25 off.log"; stream != want {
				t.Fatalf("stream %q, want %q", stream, want)
			}
			inPath := dial(t, "ws://"+p.host()+"/ws/"+url.PathEscape(stream)+"?n=5")
			inQuery := dial(t, "ws://"+p.host()+"/ws?stream="+url.QueryEscape(stream))
			expect(t, inPath, lines(95, 100)...)
			expect(t, inQuery, lines(90, 100)...)
			for i := 100; i < 1000; i += 100 {
				appendTo(t, file, joined(lines(i, i+100)))
			}
			for _, v := range []viewer{inPath, inQuery} {
				expect(t, v, lines(100, 1000)...)
			}
			appendTo(t, file, "\n\x00\x1b[31m\xff\r\nhalf a l")
			appendTo(t, file, "ine\n")
			for _, v := range []viewer{inPath, inQuery} {
				expect(t, v, "", "\x00\x1b[31m\uFFFD", "half a line")
				v.say(t, "quit")
				expectClose(t, v, 1000)
			}
		})
	}
}

func TestSeveralStreamsAreTold(t *testing.T) {
	dir := t.TempDir()
	p := start(t, "a="+dir+"/a.log", "b="+dir+"/b.log")
	v := dialCoder(t, "ws://"+p.host()+"/ws?stream=a&stream=b")
	appendTo(t, dir+"/a.log", "one\n")
	expect(t, v, "a\tone")
	appendTo(t, dir+"/b.log", "two\n")
	expect(t, v, "b\ttwo")
}

func TestLinesSurviveRotation(t *testing.T) {
	const rotations = 20
	dir := t.TempDir()
	file := filepath.Join(dir, "app.log")
	appendTo(t, file, "first\n")
	p := start(t, "app="+file)
	v := dialGobwas(t, "ws://"+p.host()+"/ws/app?n=all")
	expect(t, v, "first")
	for i := range rotations {
		appendTo(t, file, joined(lines(100*i, 100*i+50)))
		if err := os.Rename(file, fmt.Sprintf("%s.%d", file, rotations-i)); err != nil {
			t.Fatal(err)
		}
		appendTo(t, file, joined(lines(100*i+50, 100*i+100)))
		expect(t, v, lines(100*i, 100*i+100)...)
	}
}

func TestStandardInputIsAStream(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := startWith(t, r, "build=-")
	v := dialCoder(t, "ws://"+p.host()+"/ws/build")
	if _, err := w.WriteString("one\ntwo"); err != nil {
		t.Fatal(err)
	}
	expect(t, v, "one")
	w.Close()
	expect(t, v, "two")
	expectClose(t, v, 1000)
	expect(t, dialGobwas(t, "ws://"+p.host()+"/ws/build"), "one", "two")
}

// A browser reuses the connection that fetched the page.
func TestKeptAliveConnectionIsUpgraded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\n")
	p := start(t, "app="+file)
	conn, err := net.Dial("tcp", p.host())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(deadline))
	r := bufio.NewReader(conn)
	fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", p.host())
	health, err := http.ReadResponse(r, nil)
	if err != nil || health.StatusCode != http.StatusOK {
		t.Fatal(health, err)
	}
	health.Body.Close()
	fmt.Fprintf(conn, "GET /ws/app HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", p.host())
	switched, err := http.ReadResponse(r, nil)
	if err != nil || switched.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(switched, err)
	}
	if got := switched.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" { // RFC 6455, 1.3
		t.Errorf("accepts with %q", got)
	}
	v := &gobwasViewer{conn, r}
	expect(t, v, "one")
	appendTo(t, file, "two\n")
	expect(t, v, "two")
	if err := wsutil.WriteClientMessage(conn, ws.OpClose, ws.NewCloseFrameBody(ws.StatusNormalClosure, "")); err != nil {
		t.Fatal(err)
	}
	expectClose(t, v, 1000)
}
