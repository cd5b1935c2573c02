package stream

import (
	"context"
	"io"
	"testing"

	"tailbeam/stream/wire"
)

func TestShutdownSendsEverythingAndThenClose1001(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		plain, page := w.dial("stream=a"), w.dial("", wire.Subprotocol)
		page.subscribe(`"id":1,"stream":"a","n":0`)
		page.live()
		plain.settle()
		all := numbered(0, 10_000)
		w.append("a", all...)
		ended := make(chan error)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		go func() { ended <- w.server.Shutdown(ctx) }()
		plain.expect(all...)
		if reason := plain.expectClose(wire.CloseAway); reason == "" {
			t.Error("no cursor")
		}
		if lines, _ := page.lines(10_000); lines[9999] != all[9999] {
			t.Errorf("the last line is %q", lines[9999])
		}
		page.expectClose(wire.CloseAway)
		for _, c := range []*client{plain, page} {
			if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("behind Close: %d bytes, %v", n, err)
			}
			c.Close()
		}
		if err := <-ended; err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if n := w.server.Stats().Viewers; n != 0 {
			t.Errorf("%d viewers are left", n)
		}
	})
}

func TestShutdownCutsOffWhoDoesNotLeave(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		w.dial("stream=a").settle()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.server.Shutdown(ctx); err != context.Canceled {
			t.Errorf("Shutdown: %v", err)
		}
	})
}
