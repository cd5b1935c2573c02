package stream

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

func TestSinceBeginsAtATime(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory, Moment: second}, func(t *testing.T, w *world) {
		w.openFile("a")
		w.open("pipe")
		next := w.fill("a", 0, 9<<20)
		for _, first := range []int{3, next - 5} {
			since := strconv.Itoa(first)
			plain := w.dial("stream=a&since=" + since)
			plain.expect(filling(first, next)...)
			page := w.dial("", wire.Subprotocol)
			page.subscribe(`"id":1,"stream":"a","since":%q`, since)
			if lines, _ := page.lines(next - first); lines[0] != filling(first, first+1)[0] {
				t.Fatalf("begins with %q", lines[0])
			}
		}
		_, _, _, err := ws.Dialer{}.Dial(t.Context(), "ws://"+w.addr+"/ws?stream=pipe&since=3")
		if status, ok := err.(ws.StatusError); !ok || status != http.StatusBadRequest {
			t.Errorf("a stream without a file: %v, want 400", err)
		}
		page := w.dial("", wire.Subprotocol)
		for _, ask := range []string{`"id":1,"stream":"pipe","since":"3"`, `"id":1,"stream":"a","since":"noon"`, `"id":1,"stream":"a","since":"3","n":4`} {
			page.subscribe("%s", ask)
			if m := page.message(); m.Error == nil || m.Error.Status != 400 {
				t.Errorf("%s: %+v", ask, m)
			}
		}
		page.subscribe(`"id":1,"stream":"a","n":0`)
		page.live()
	})
}
