package stream

import (
	"testing"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// ended returns how many connections ended for a reason.
func (w *world) ended(reason string) uint64 {
	for _, e := range w.server.Stats().Ended {
		if e.Name == reason {
			return e.Count
		}
	}
	w.t.Fatalf("no reason is called %q", reason)
	return 0
}

func TestWhatIsSentIsCounted(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		next := w.fill("a", 0, 5<<20)
		frames, bytes := uint64(0), uint64(0)
		for _, query := range []string{"n=all", "n=0"} { // from the file, and live
			c := w.dial("stream=a&" + query)
			if query == "n=0" {
				w.append("a", filling(0, next)...)
			}
			for range next {
				bytes += uint64(len(ws.MustCompileFrame(c.answer())))
				frames++
			}
			c.send(ws.OpText, "quit")
			c.expectClose(wire.CloseEnd)
		}
		w.until("both viewers are gone", func() bool { return w.ended("done") == 2 })
		w.until("all is counted", func() bool { return w.server.Stats().Bytes >= bytes })
		stats := w.server.Stats()
		if most := bytes + 200; stats.Frames != frames || stats.Bytes > most { // the Close frames
			t.Errorf("%d frames of %d bytes are counted, want %d and at most %d", stats.Frames, stats.Bytes, frames, most)
		}
		if stats.Sweeps.Count == 0 || stats.Sweeps.Sum <= 0 {
			t.Errorf("sweeps %+v", stats.Sweeps)
		}
	})
}

func TestWhyConnectionsEndIsCounted(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		for reason, end := range map[string]func(*client){
			"done":            func(c *client) { c.send(ws.OpText, "quit") },
			"client_close":    func(c *client) { c.send(ws.OpClose, "\x03\xe8") },
			"client_gone":     func(c *client) { c.Close() },
			"protocol":        func(c *client) { c.send(ws.OpBinary, "x") },
			"message_too_big": func(c *client) { c.send(ws.OpText, string(make([]byte, defaultMessage+1))) },
		} {
			c := w.dial("stream=a")
			c.settle()
			end(c)
			w.until(reason, func() bool { return w.ended(reason) == 1 })
		}
	})
}

func TestLagIsMeasured(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		c := w.dial("stream=a&n=0")
		c.slowly()
		c.settle()
		next := w.fill("a", 0, 15<<20)
		w.until("a viewer lags", func() bool {
			s := w.server.Stats()
			return s.Lag > 1<<20 && s.Blocked == 1 && s.Replays == 1
		})
		c.expect(filling(0, next)...)
		w.until("no viewer lags", func() bool {
			s := w.server.Stats()
			return s.Lag == 0 && s.Blocked == 0 && s.Replays == 0
		})
	})
}
