package stream

import (
	"testing"

	"tailbeam/tailer/line"
)

// Viewers of a host that does not answer wait, as many as they are, and nobody
// else does: neither for files of this machine nor for those of another host.
func TestHostThatDoesNotAnswerDelaysNobodyElse(t *testing.T) {
	w := newWorld(t, Config{Memory: minMemory, Readers: 1}, paths[0].listen)
	g := &gates{open: make(chan struct{})}
	for name, host := range map[string]string{"hangs": "web1", "far": "web2", "here": ""} {
		past := new(memoryHistory)
		origin := line.Origin{Source: name, Host: host, History: past}
		if name == "hangs" {
			origin.History = gatedHistory{past, name, g}
		}
		if _, err := w.hub.Open(name, origin); err != nil {
			t.Fatal(err)
		}
		w.past[name] = past
	}
	hung := w.fill("hangs", 0, 9<<20)
	here, far := w.fill("here", 0, 9<<20), w.fill("far", 0, 9<<20)
	first, second := w.dial("n=all&stream=hangs"), w.dial("n=all&stream=hangs")
	w.until("one of two asks the host that does not answer", func() bool { return g.came.Load() == 1 })
	w.dial("n=all&stream=here").expect(filling(0, here)...)
	w.dial("n=all&stream=far").expect(filling(0, far)...)
	close(g.open)
	first.expect(filling(0, hung)...)
	second.expect(filling(0, hung)...)
}
