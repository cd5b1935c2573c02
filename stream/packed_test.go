package stream

import (
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

var deflateOffer = httphead.NewOption("permessage-deflate", map[string]string{"client_max_window_bits": ""})

// read returns the next frame, inflated with all that was inflated before on
// this connection where it is compressed.
func (c *client) read() (ws.Frame, error) {
	if now := time.Now(); now.Sub(c.waited) > time.Second { // it takes longer than to read a line
		c.waited = now
		c.SetDeadline(now.Add(patience))
	}
	f, err := readFrame(c.Conn)
	if err != nil || f.Header.Rsv == 0 {
		return f, err
	}
	if f.Header.Rsv != ws.Rsv(true, false, false) || f.Header.OpCode != ws.OpText {
		return f, fmt.Errorf("reserved bits %d of a frame %v", f.Header.Rsv, f.Header.OpCode)
	}
	in := io.MultiReader(bytes.NewReader(f.Payload), strings.NewReader("\x00\x00\xff\xff\x01\x00\x00\xff\xff"))
	if c.inflater == nil {
		c.inflater = flate.NewReader(in)
	}
	c.inflater.(flate.Resetter).Reset(in, c.window)
	text, err := io.ReadAll(c.inflater)
	if err != nil {
		return f, fmt.Errorf("inflate: %w", err)
	}
	c.window = append(c.window, text...)
	c.window = c.window[max(0, len(c.window)-32<<10):]
	c.inflated++
	f.Payload = text
	f.Header.Length = int64(len(text))
	return f, nil
}

// dialPacked connects with an offer to compress.
func (w *world) dialPacked(query string, protocols ...string) *client {
	w.t.Helper()
	d := ws.Dialer{Protocols: protocols, Timeout: patience, Extensions: []httphead.Option{deflateOffer}}
	conn, br, hs, err := d.Dial(context.Background(), "ws://"+w.addr+"/ws?"+query)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(hs.Extensions) != 1 {
		w.t.Fatalf("extensions %v", hs.Extensions)
	}
	w.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return &client{t: w.t, Conn: buffered(conn, br)}
}

func TestMessagesAreCompressedOnceForAll(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.openFile("a")
		w.open("b")
		w.append("a", numbered(0, 100)...)
		plain, late := w.dialPacked("stream=a&n=10"), w.dial("stream=a&n=0")
		two, some := w.dialPacked("stream=a&stream=b&n=10"), w.dialPacked("stream=a&n=10&grep=line")
		page := w.dialPacked("", wire.Subprotocol)
		page.subscribe(`"id":1,"stream":"a","n":10`)
		page.lines(10)
		page.live()
		plain.expect(numbered(90, 100)...)
		some.expect(numbered(90, 100)...)
		for _, want := range numbered(90, 100) {
			two.expect("a\t" + want)
		}
		for _, c := range []*client{plain, two, some, page} {
			c.settle()
		}
		const lines = 3000
		more := numbered(100, 100+lines)
		w.append("a", more...)
		late.expect(more...)
		plain.expect(more...)
		some.expect(more...)
		for _, want := range more {
			two.expect("a\t" + want)
		}
		if got, _ := page.lines(lines); strings.Join(got, "|") != strings.Join(more, "|") {
			t.Error("the lines of the batches differ")
		}
		for what, c := range map[string]*client{"plain": plain, "two": two, "filtered": some} {
			if c.inflated < lines*9/10 {
				t.Errorf("%s: %d of %d messages were compressed", what, c.inflated, lines)
			}
		}
		if page.inflated == 0 || late.inflated != 0 {
			t.Errorf("%d messages of batches and %d of a viewer without were compressed", page.inflated, late.inflated)
		}
		again := w.dialPacked("stream=a&n=0") // joins between two key points
		again.settle()
		w.append("a", numbered(0, 2*lines)...)
		again.expect(numbered(0, 2*lines)...)
		if again.inflated == 0 || again.inflated > 2*lines-1 {
			t.Errorf("%d messages were compressed", again.inflated)
		}
		plain.expect(numbered(0, 2*lines)...)
		plain.send(ws.OpText, "quit")
		reason := plain.expectClose(wire.CloseEnd)
		end := wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{{{Gen: 7, Off: w.offset["a"]}}})
		if reason != "from="+end {
			t.Errorf("%s, want %s", reason, end)
		}
	})
}

func TestACompressedViewerThatLagsComesBack(t *testing.T) {
	w := newWorld(t, Config{Memory: minMemory}, func(ln net.Listener) net.Listener { return ln })
	{
		w.openFile("a")
		slow, skip := w.dialPacked("stream=a"), w.dialPacked("stream=a&lag=skip")
		for _, c := range []*client{slow, skip} {
			c.Conn.(bufferedConn).Conn.(*net.TCPConn).SetReadBuffer(32 << 10)
			c.settle()
		}
		random := rand.New(rand.NewPCG(8, 9))
		noise := func(n int) (lines []string) { // so that it does not shrink
			for i := range n {
				lines = append(lines, fmt.Sprintf("%d %x", i, random.Uint64())+strings.Repeat(fmt.Sprintf("%x", random.Uint64()), 20))
			}
			return lines
		}
		var all []string
		for range 100 {
			some := noise(700)
			all = append(all, some...)
			w.append("a", some...)
		}
		slow.expect(all...)
		if w.server.Stats().Demoted == 0 {
			t.Error("no viewer was demoted")
		}
		before := slow.inflated
		for i := 0; ; i++ { // it comes back at a key point
			some := numbered(0, 1000)
			w.append("a", some...)
			slow.expect(some...)
			if slow.inflated > before+100 {
				break
			}
			if i == 1000 {
				t.Fatal("nothing is compressed any more")
			}
		}
		skip.settle() // it has skipped, or will without "the end" being among it
		w.append("a", "the end")
		for skip.text() != "the end" {
		}
	}
}

func TestWhatAClientCompresses(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		deflated := func(text string) string {
			var b bytes.Buffer
			fw, _ := flate.NewWriter(&b, 9)
			fw.Write([]byte(text))
			fw.Flush()
			return strings.TrimSuffix(b.String(), "\x00\x00\xff\xff")
		}
		send := func(c *client, fin bool, op ws.OpCode, rsv byte, payload string) {
			f := ws.NewFrame(op, fin, []byte(payload))
			f.Header.Rsv = rsv
			if err := ws.WriteFrame(c.Conn, ws.MaskFrame(f)); err != nil {
				t.Fatal(err)
			}
		}
		c := w.dialPacked("", wire.Subprotocol)
		for id := range 3 { // without context
			send(c, true, ws.OpText, 4, deflated(fmt.Sprintf(`{"subscribe":{"id":%d,"stream":"a","n":0}}`, id)))
			c.live()
		}
		whole := deflated(`{"subscribe":{"id":7,"stream":"a","n":0}}`)
		send(c, false, ws.OpText, 4, whole[:5])
		send(c, true, ws.OpPing, 0, "between")
		send(c, true, ws.OpContinuation, 0, whole[5:])
		for f := c.frame(); f.Header.OpCode != ws.OpPong; f = c.frame() {
		}
		c.live()
		for name, test := range map[string]struct {
			op      ws.OpCode
			rsv     byte
			payload string
			code    ws.StatusCode
		}{
			"a bomb":              {ws.OpText, 4, deflated(strings.Repeat("x", 5<<20)), wire.CloseBig},
			"nonsense":            {ws.OpText, 4, "\xff\xff\xff", wire.CloseProtocol},
			"not UTF-8":           {ws.OpText, 4, deflated("\xff"), wire.CloseText},
			"a compressed ping":   {ws.OpPing, 4, "x", wire.CloseProtocol},
			"another bit":         {ws.OpText, 2, "x", wire.CloseProtocol},
			"a compressed binary": {ws.OpBinary, 4, deflated("x"), wire.CloseKind},
		} {
			c := w.dialPacked("stream=a")
			send(c, true, test.op, test.rsv, test.payload)
			c.t = t
			t.Log(name)
			c.expectClose(test.code)
		}
		bare := w.dial("stream=a")
		send(bare, true, ws.OpText, 4, deflated("pause"))
		bare.expectClose(wire.CloseProtocol)
	})
}

func TestOffersThatAreDeclined(t *testing.T) {
	for offer, want := range map[string]string{
		"permessage-deflate":                                                         "permessage-deflate;client_no_context_takeover",
		"permessage-deflate; client_max_window_bits":                                 "permessage-deflate;client_no_context_takeover",
		"permessage-deflate; server_max_window_bits=15":                              "permessage-deflate;client_no_context_takeover;server_max_window_bits=15",
		"permessage-deflate; client_max_window_bits=10":                              "permessage-deflate;client_no_context_takeover",
		"permessage-deflate; server_max_window_bits=12":                              "",
		"permessage-deflate; server_max_window_bits=9; client_max_window_bits=9":     "",
		"permessage-deflate; server_no_context_takeover":                             "",
		"permessage-deflate; server_no_context_takeover, permessage-deflate":         "permessage-deflate;client_no_context_takeover",
		"permessage-deflate; unknown":                                                "",
		"x-webkit-deflate-frame":                                                     "",
		"permessage-deflate, permessage-deflate; server_max_window_bits=15, another": "permessage-deflate;client_no_context_takeover",
	} {
		onEachPath(t, Config{}, func(t *testing.T, w *world) {
			w.open("a")
			if got := w.extension(offer); got != want {
				t.Errorf("%s is answered %q, want %q", offer, got, want)
			}
		})
	}
	onEachPath(t, Config{MaxCompressed: -1}, func(t *testing.T, w *world) {
		w.open("a")
		if got := w.extension("permessage-deflate"); got != "" {
			t.Errorf("the answer is %q", got)
		}
	})
}

// extension returns the answer to an offer.
func (w *world) extension(offer string) string {
	w.t.Helper()
	conn, err := net.Dial("tcp", w.addr)
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(conn, "GET /ws?stream=a HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: %s\r\n\r\n", offer)
	var head []byte
	for one := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); {
		if _, err := conn.Read(one); err != nil {
			w.t.Fatalf("after %q: %v", head, err)
		}
		head = append(head, one...)
	}
	f := ws.Frame{}
	for w.append("a", "as it is"); f.Header.OpCode != ws.OpText; { // there may be a ping before it
		var err error
		if f, err = readFrame(conn); err != nil {
			w.t.Fatalf("%s: %v", offer, err)
		}
	}
	accepted := bytes.Contains(head, []byte("permessage-deflate"))
	if f.Header.Rsv != 0 && !accepted || f.Header.Rsv == 0 && string(f.Payload) != "as it is" {
		w.t.Errorf("%s: the line is sent with reserved bits %d as %q", offer, f.Header.Rsv, f.Payload)
	}
	for line := range strings.Lines(string(head)) {
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Sec-WebSocket-Extensions") {
			return strings.ReplaceAll(strings.TrimSpace(value), " ", "")
		}
	}
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		w.t.Errorf("%s: %q", offer, head)
	}
	return ""
}
