package stream

import (
	"context"
	"fmt"
	"testing"

	"github.com/coder/websocket"

	"tailbeam/stream/wire"
)

// An independent client inflates what is sent, also when it joins between two
// key points, and its compressed messages are understood.
func TestAnotherClientInflates(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		dial := func(query string, protocols ...string) *websocket.Conn {
			c, response, err := websocket.Dial(ctx, "ws://"+w.addr+"/ws?"+query, &websocket.DialOptions{
				CompressionMode: websocket.CompressionContextTakeover, CompressionThreshold: 1, Subprotocols: protocols,
			})
			if err != nil {
				t.Fatal(err)
			}
			if response.Header.Get("Sec-WebSocket-Extensions") == "" {
				t.Fatal("nothing was negotiated")
			}
			c.SetReadLimit(1 << 20)
			return c
		}
		read := func(c *websocket.Conn) string {
			t.Helper()
			_, text, err := c.Read(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		first := dial("stream=a")
		defer first.CloseNow()
		for round := range 4 {
			joins := dial("stream=a&n=0")
			defer joins.CloseNow()
			page := dial("", wire.Subprotocol)
			defer page.CloseNow()
			subscribe := fmt.Sprintf(`{"subscribe":{"id":%d,"stream":["a"],"n":0,"grep":["line"]}}`, round)
			if err := page.Write(ctx, websocket.MessageText, []byte(subscribe)); err != nil {
				t.Fatal(err)
			}
			if m := parseReceived(t, read(page)); m.Notice == nil {
				t.Fatalf("%+v", m)
			}
			lines := numbered(0, 1500)
			w.append("a", lines...)
			for _, want := range lines {
				for _, c := range []*websocket.Conn{first, joins} {
					if got := read(c); got != want {
						t.Fatalf("%q, want %q", got, want)
					}
				}
			}
			for n := 0; n < len(lines); {
				for _, got := range parseReceived(t, read(page)).lines {
					if got != lines[n] {
						t.Fatalf("%q, want %q", got, lines[n])
					}
					n++
				}
			}
		}
		if w.server.Stats().Compressed == 0 {
			t.Error("nothing was compressed")
		}
	})
}
