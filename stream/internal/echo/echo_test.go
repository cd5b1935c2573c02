package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/gobwas/ws"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// start serves on a free port until the test ends.
func start(t *testing.T) (addr string) {
	t.Helper()
	return startWith(t, 0)
}

// startWith is start with a stream.Config.MaxCompressed.
func startWith(t *testing.T, compressed int) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, ln, compressed) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// doors are addresses that the first and the second door upgrade.
var doors = []string{"/ws", "/"}

// dial connects with a client that shares no code with the server.
func dial(t *testing.T, url string) (*websocket.Conn, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	c, _, err := websocket.Dial(ctx, "ws://"+url, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.SetReadLimit(-1)
	t.Cleanup(func() { c.CloseNow() })
	return c, ctx
}

func TestMessagesOfAllSizesComeBack(t *testing.T) {
	addr := start(t)
	for _, door := range doors {
		c, ctx := dial(t, addr+door)
		for _, size := range []int{0, 1, 125, 126, 127, 128, 65535, 65536, 1 << 20, 16 << 20} {
			for _, kind := range []websocket.MessageType{websocket.MessageText, websocket.MessageBinary} {
				if size > 1<<20 && (kind == websocket.MessageText || door != doors[0]) {
					continue // once is enough
				}
				message := bytes.Repeat([]byte("*"), size)
				if kind == websocket.MessageBinary {
					message = bytes.Repeat([]byte{0xfe}, size)
				}
				sent := make(chan error, 1)
				go func() { sent <- c.Write(ctx, kind, message) }()
				got, back, err := c.Read(ctx)
				if err != nil || got != kind || !bytes.Equal(back, message) {
					t.Fatalf("%d bytes of %v: got %d of %v, %v", size, kind, len(back), got, err)
				}
				if err := <-sent; err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := c.Close(websocket.StatusNormalClosure, "bye"); err != nil {
			t.Errorf("close: %v", err)
		}
	}
}

func TestManyMessagesAtOnceComeBackInOrder(t *testing.T) {
	addr := start(t)
	const messages = 5000
	c, ctx := dial(t, addr+"/ws")
	sent := make(chan error, 1)
	go func() {
		for i := range messages {
			if err := c.Write(ctx, websocket.MessageText, fmt.Appendf(nil, "%d %s", i, strings.Repeat("x", i%300))); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	for i := range messages {
		_, back, err := c.Read(ctx)
		if want := fmt.Sprintf("%d %s", i, strings.Repeat("x", i%300)); err != nil || string(back) != want {
			t.Fatalf("message %d: %q, %v", i, back, err)
		}
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}

func TestAMessageInManyFragmentsComesBack(t *testing.T) {
	addr := start(t)
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{64, 1024, 1 << 20} { // of a fragment
		c := dialRaw(t, addr+"/ws")
		message := bytes.Repeat([]byte("κόσμε "), 4<<20/11/(1+(1024/size)))
		var sent bytes.Buffer
		for i := 0; i < len(message); i += size {
			op := ws.OpContinuation
			if i == 0 {
				op = ws.OpText
			}
			part := message[i:min(i+size, len(message))]
			sent.Write(masked(op, i+size >= len(message), 0, part))
			if random.IntN(1000) == 0 {
				sent.Write(masked(ws.OpPing, true, 0, []byte("between")))
			}
		}
		go c.Write(sent.Bytes())
		for {
			f, err := c.frame()
			if err != nil {
				t.Fatalf("fragments of %d bytes: %v", size, err)
			}
			if f.Header.OpCode == ws.OpPong {
				continue
			}
			if f.Header.OpCode != ws.OpText || !bytes.Equal(f.Payload, message) {
				t.Fatalf("fragments of %d bytes: %d bytes of %v came back of %d", size, len(f.Payload), f.Header.OpCode, len(message))
			}
			break
		}
	}
}

// raw is a client that writes bytes as they are.
type raw struct {
	net.Conn
	in io.Reader
}

func dialRaw(t *testing.T, url string) *raw {
	t.Helper()
	conn, br, _, err := ws.Dialer{Timeout: patience}.Dial(t.Context(), "ws://"+url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	if br != nil {
		return &raw{conn, br}
	}
	return &raw{conn, conn}
}

// frame reads the next frame of the server that is no ping, for it may ask for
// a sign of life at any time. The length of a frame is trusted.
func (c *raw) frame() (ws.Frame, error) {
	for {
		h, err := ws.ReadHeader(c.in)
		if err != nil {
			return ws.Frame{}, err
		}
		f := ws.Frame{Header: h, Payload: make([]byte, h.Length)}
		if _, err = io.ReadFull(c.in, f.Payload); err != nil || h.OpCode != ws.OpPing {
			return f, err
		}
	}
}

// masked returns a frame as a client sends it, with reserved bits.
func masked(op ws.OpCode, fin bool, rsv byte, payload []byte) []byte {
	f := ws.NewFrame(op, fin, bytes.Clone(payload))
	f.Header.Rsv = rsv
	f = ws.MaskFrameInPlaceWith(f, [4]byte{0x37, 0xfa, 0x21, 0x3d})
	return ws.MustCompileFrame(f)
}

func TestABadAddressIsAnError(t *testing.T) {
	if err := run(t.Context(), "127.0.0.1:http:80", 0); err == nil {
		t.Error("no error")
	}
}

func TestBothDoorsUpgrade(t *testing.T) {
	addr := start(t)
	r, err := http.Get("http://" + addr + "/")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode/100 != 4 {
		t.Errorf("a request that is none for a WebSocket gets %s", r.Status)
	}
}

func TestCompressionIsAcceptedOrDeclined(t *testing.T) {
	for compressed, want := range map[int]string{0: "permessage-deflate;client_no_context_takeover", -1: ""} {
		addr := startWith(t, compressed)
		for _, door := range doors {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			c, answer, err := websocket.Dial(ctx, "ws://"+addr+door, &websocket.DialOptions{CompressionMode: websocket.CompressionContextTakeover})
			if err != nil {
				t.Fatal(err)
			}
			defer c.CloseNow()
			if got := answer.Header.Get("Sec-WebSocket-Extensions"); got != want {
				t.Errorf("%s: %q is accepted with %d, want %q", door, got, compressed, want)
			}
			text := strings.Repeat("the same again ", 1000)
			if err := c.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
				t.Fatal(err)
			}
			c.SetReadLimit(-1)
			if _, got, err := c.Read(ctx); err != nil || string(got) != text {
				t.Errorf("%s: %d bytes came back (%v)", door, len(got), err)
			}
		}
	}
}
