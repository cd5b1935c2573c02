package main

import (
	"bufio"
	"bytes"
	"compress/flate"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// buildWsload compiles wsload as bench does.
func buildWsload(t *testing.T) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		if os.Getenv("TAILBEAM_REQUIRE_TOOLS") == "1" {
			t.Fatal("cc is missing: install gcc")
		}
		t.Skip("cc is missing: install gcc")
	}
	binary := filepath.Join(t.TempDir(), "wsload")
	if err := command(t.Context(), ".", cc, "-O2", "-o", binary, "c/wsload.c"); err != nil {
		t.Fatal(err)
	}
	return binary
}

// script builds what a server sends after its handshake.
type script struct{ bytes.Buffer }

func (s *script) frame(first byte, payload []byte) {
	s.WriteByte(first)
	switch n := len(payload); {
	case n < 126:
		s.WriteByte(byte(n))
	case n < 1<<16:
		s.WriteByte(126)
		s.Write(binary.BigEndian.AppendUint16(nil, uint16(n)))
	default:
		s.WriteByte(127)
		s.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
	}
	s.Write(payload)
}

func (s *script) line(seq, length int) {
	text := fmt.Sprintf("seq=%d t=%d ", seq, 1)
	s.frame(0x81, []byte(text+strings.Repeat("x", max(0, length-len(text)))))
}

func (s *script) close(code uint16) { s.frame(0x88, binary.BigEndian.AppendUint16(nil, code)) }

// deflated is a message as permessage-deflate sends it (RFC 7692 7.2.1).
func deflated(t *testing.T, w *flate.Writer, out *bytes.Buffer, text string) []byte {
	t.Helper()
	out.Reset()
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(bytes.TrimSuffix(out.Bytes(), []byte{0, 0, 0xff, 0xff}))
}

// serve answers one connection: the headers, then the bytes.
func serve(t *testing.T, ln net.Listener, answer func(key string) string, body []byte) {
	conn, err := ln.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	in := bufio.NewReader(conn)
	req, err := http.ReadRequest(in)
	if err != nil {
		t.Errorf("read the request: %v", err)
		return
	}
	conn.Write(append([]byte(answer(req.Header.Get("Sec-WebSocket-Key"))), body...))
	conn.(*net.TCPConn).CloseWrite()
	for { // until the client leaves
		if _, err := in.ReadByte(); err != nil {
			return
		}
	}
}

func upgrade(headers string) func(string) string {
	return func(key string) string {
		sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		return "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n" +
			"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n" + headers + "\r\n"
	}
}

// wsload runs one viewer against the script and returns its JSON.
func wsload(t *testing.T, binary string, answer func(string) string, body []byte, args ...string) map[string]any {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		serve(t, ln, answer, body)
	}()
	defer func() { ln.Close(); <-done }()
	args = append([]string{"-n", "1", "-d", "30", "-u", "ws://" + ln.Addr().String() + "/x?f=1"}, args...)
	out, err := exec.CommandContext(t.Context(), binary, args...).Output()
	if exit := (*exec.ExitError)(nil); err != nil && !(asExit(err, &exit) && exit.ExitCode() == 3) {
		t.Fatalf("wsload: %v", err)
	}
	var got map[string]any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("wsload printed %q: %v", out, err)
	}
	return got
}

func asExit(err error, exit **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*exit = e
	return ok
}

// TestWsloadCounts holds wsload's counters against scripts that lose, double,
// swap, split and break lines, read in pieces of several sizes.
func TestWsloadCounts(t *testing.T) {
	binary := buildWsload(t)
	const shared = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n"
	const single = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
	type counts map[string]float64
	clean := counts{"gaps": 0, "missing": 0, "dups": 0, "out_of_order": 0, "no_seq": 0, "protocol_errors": 0}
	for _, c := range []struct {
		name   string
		args   string
		answer func(string) string
		script func(*script)
		want   counts
		closed string // the code of the close, or empty
	}{
		{"clean, all three lengths", "", upgrade(""), func(s *script) {
			for i := 1; i <= 300; i++ {
				s.line(i, map[bool]int{true: 70000, false: 40 + i%3*80}[i%50 == 1])
			}
		}, counts{"frames": 300, "gaps": 0, "dups": 0, "no_seq": 0}, "1000"},
		{"clean, whole messages", "--utf8 --multi", upgrade(""), func(s *script) {
			for i := 1; i <= 300; i++ {
				s.line(i, 40+i%3*80)
			}
		}, clean, "1000"},
		{"three lines lost", "", upgrade(""), func(s *script) {
			for i := 1; i <= 300; i++ {
				if i != 150 && i != 151 && i != 200 {
					s.line(i, 60)
				}
			}
		}, counts{"frames": 297, "gaps": 2, "missing": 3, "dups": 0, "out_of_order": 0}, "1000"},
		{"three lines doubled", "", upgrade(""), func(s *script) {
			for i := 1; i <= 300; i++ {
				s.line(i, 60)
				if i == 77 || i == 200 {
					s.line(i, 60)
				}
				if i == 250 {
					s.line(10, 60)
				}
			}
		}, counts{"frames": 303, "gaps": 0, "dups": 3, "out_of_order": 0}, "1000"},
		{"two lines swapped", "", upgrade(""), func(s *script) {
			for _, i := range []int{1, 2, 4, 3, 5} {
				s.line(i, 60)
			}
		}, counts{"gaps": 1, "missing": 1, "dups": 0, "out_of_order": 1}, "1000"},
		{"fragments with pings between", "", upgrade(""), func(s *script) {
			for i := 1; i <= 20; i++ {
				text := fmt.Appendf(nil, "seq=%d t=1 fragmented", i)
				s.frame(0x01, text[:3])
				s.frame(0x89, []byte("pp"))
				s.frame(0x00, text[3:7])
				s.frame(0x00, nil)
				s.frame(0x80, text[7:])
			}
		}, counts{"frames": 20, "gaps": 0, "dups": 0, "pings": 20}, "1000"},
		{"compressed, never offered", "", upgrade(""), func(s *script) {
			s.line(1, 60)
			s.frame(0xC1, []byte("zz"))
		}, counts{"frames": 1, "protocol_errors": 1}, "1002"},
		{"a length that is not minimal", "", upgrade(""), func(s *script) {
			s.Write([]byte{0x81, 126, 0, 7})
			s.WriteString("seq=1 x")
		}, counts{"protocol_errors": 1}, "1002"},
		{"deflate, one by one", "-z", upgrade(single), func(s *script) {
			for i := 1; i <= 4; i++ {
				var out bytes.Buffer
				w, _ := flate.NewWriter(&out, 5)
				m := deflated(t, w, &out, fmt.Sprintf("seq=%d t=1 %s", i, strings.Repeat("abc", i*i*100)))
				s.frame(0x41, m[:5])
				s.frame(0x80, m[5:])
			}
			s.line(5, 60)
		}, counts{"frames": 5, "gaps": 0, "dups": 0, "inflate_errors": 0, "inflated_bytes": 4*10 + 30*300}, "1000"},
		{"deflate with a shared context", "-z --takeover", upgrade(shared), func(s *script) {
			var out bytes.Buffer
			w, _ := flate.NewWriter(&out, 5)
			for i := 1; i <= 9; i++ {
				s.frame(0xC1, deflated(t, w, &out, fmt.Sprintf("seq=%d t=1 the same words again", i)))
			}
		}, counts{"frames": 9, "gaps": 0, "dups": 0, "no_seq": 0, "inflate_errors": 0, "inflated_bytes": 9 * 30}, "1000"},
		{"not UTF-8, and another close code", "--utf8", upgrade(""), func(s *script) {
			for i := 1; i <= 100; i++ {
				s.line(i, 60)
			}
			s.frame(0x81, []byte("\xc3\x28 bad"))
			s.frame(0x81, []byte("ok \xe2\x82\xac"))
			s.close(1008)
		}, counts{"frames": 102, "bad_utf8": 1, "no_seq": 2}, "1008"},
		{"an extension that was not offered", "", upgrade(single), func(*script) {}, counts{"connected": 0, "failed": 1}, ""},
		{"a wrong accept key", "", func(string) string { return upgrade("")("wrong") }, func(*script) {}, counts{"connected": 0, "failed": 1}, ""},
		{"refused", "", func(string) string { return "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" }, func(*script) {},
			counts{"connected": 0, "failed": 1}, ""},
		{"event stream, chunked", "--sse", func(string) string {
			return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
		}, func(s *script) {
			for _, i := range []int{1, 2, 4, 3, 6} {
				text := fmt.Sprintf("id: %d\r\ndata: seq=%d t=1 hi\n\n", i, i)
				fmt.Fprintf(s, "%x\r\n%s\r\n%X;ext=1\r\n%s\r\n", 9, text[:9], len(text)-9, text[9:])
			}
			s.WriteString("0\r\n\r\n")
		}, counts{"frames": 5, "gaps": 2, "missing": 2, "out_of_order": 1}, "1000"},
	} {
		for _, piece := range []string{"262144", "1000", "7", "1"} {
			t.Run(c.name+"/read="+piece, func(t *testing.T) {
				t.Parallel()
				var s script
				c.script(&s)
				if !strings.Contains(c.args, "--sse") {
					s.close(1000)
				}
				args := append([]string{"--rbuf", piece}, strings.Fields(c.args)...)
				got := wsload(t, binary, c.answer, s.Bytes(), args...)
				for name, want := range c.want {
					if got[name] != want {
						t.Errorf("%s = %v, want %v", name, got[name], want)
					}
				}
				if c.closed != "" && got["closed"].(map[string]any)[c.closed] != 1.0 {
					t.Errorf("closed = %v, want one %s", got["closed"], c.closed)
				}
			})
		}
	}
}
