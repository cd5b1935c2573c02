package stream

import (
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// TestOneSubscriptionOfAConnectionIsCompressed takes turns between several: a
// client inflates all of them with one context.
func TestOneSubscriptionOfAConnectionIsCompressed(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		names := []string{"a", "b", "c"}
		for _, name := range names {
			w.open(name)
		}
		c := w.dialPacked("", wire.Subprotocol)
		// compressed returns of which streams messages of lines are compressed.
		compressed := func(of ...string) (packed string) {
			for i := range 300 { // more than there is between two key points
				for _, name := range of {
					want := numbered(i, i+20)
					w.append(name, want...)
					before := c.inflated
					m := c.message()
					if m.Stream != name || strings.Join(m.lines, "|") != strings.Join(want, "|") {
						t.Fatalf("message %d: %+v, want lines of %s", i, m, name)
					}
					if c.inflated > before && !strings.Contains(packed, name) {
						packed += name
					}
				}
			}
			return packed
		}
		c.subscribe(`"id":1,"stream":"a","n":0`)
		c.live()
		c.subscribe(`"id":2,"stream":"b","n":0`)
		c.live()
		if got := compressed("a", "b"); got != "a" {
			t.Fatalf("compressed are %q, want those of a", got)
		}
		c.send(ws.OpText, `{"unsubscribe":1}`)
		c.subscribe(`"id":3,"stream":"c","n":0`)
		c.live()
		if got := compressed("b", "c"); got != "c" {
			t.Fatalf("compressed are %q, want those of c", got)
		}
	})
}
