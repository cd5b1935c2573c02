package wire

import (
	"bytes"
	"io"
	"testing"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// FuzzReader compares the Reader, which sees bytes in pieces, with gobwas's
// own reader, which sees them whole.
func FuzzReader(f *testing.F) {
	seed := func(frames ...ws.Frame) {
		var p []byte
		for _, frame := range frames {
			p = append(p, ws.MustCompileFrame(ws.MaskFrame(frame))...)
		}
		f.Add(p, 3)
	}
	seed(ws.NewTextFrame([]byte("hello")), ws.NewPingFrame([]byte("x")), ws.NewCloseFrame(nil))
	seed(ws.NewFrame(ws.OpText, false, []byte("a")), ws.NewPingFrame(nil), ws.NewFrame(ws.OpContinuation, true, []byte("b")))
	seed(ws.NewBinaryFrame(bytes.Repeat([]byte("x"), 200)))
	const max = 1 << 10
	f.Fuzz(func(t *testing.T, p []byte, step int) {
		got := readAll(bytes.Clone(p), max, 1+(step&63))
		want := readAllTwin(bytes.Clone(p))
		if len(got) > len(want) {
			t.Fatalf("%d messages, the twin has %d", len(got), len(want))
		}
		for i := range got {
			if got[i].Op != want[i].Op || !bytes.Equal(got[i].Data, want[i].Data) {
				t.Fatalf("message %d is %v %q, the twin's %v %q", i, got[i].Op, got[i].Data, want[i].Op, want[i].Data)
			}
		}
	})
}

// readAll shows p to a Reader a few bytes at a time.
func readAll(p []byte, max, step int) []Message {
	var r Reader
	var messages []Message
	for shown := 0; shown < len(p); {
		shown = min(shown+step, len(p))
		for {
			n, m, err := r.Next(p[:shown], max)
			if err != nil {
				return messages
			}
			if m.Op != 0 {
				messages = append(messages, Message{m.Op, bytes.Clone(m.Data)})
			}
			if n == 0 {
				break
			}
			p, shown = p[n:], shown-n
		}
	}
	return messages
}

func readAllTwin(p []byte) []Message {
	var messages []Message
	r := wsutil.Reader{Source: bytes.NewReader(p), State: ws.StateServerSide, CheckUTF8: true}
	r.OnIntermediate = func(h ws.Header, src io.Reader) error {
		data, err := io.ReadAll(src)
		if err == nil {
			messages = append(messages, Message{h.OpCode, data})
		}
		return err
	}
	for {
		h, err := r.NextFrame()
		if err != nil {
			return messages
		}
		data, err := io.ReadAll(&r)
		if err != nil {
			return messages
		}
		messages = append(messages, Message{h.OpCode, data})
	}
}
