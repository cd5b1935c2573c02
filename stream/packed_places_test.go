package stream

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

// TestPlacesAreKnownWhileThePackedFormWaits has the maker of a packed form wait
// for a loop with lines that are shown already: who has them stands behind
// them.
func TestPlacesAreKnownWhileThePackedFormWaits(t *testing.T) {
	hub := NewHub(Config{})
	sink, err := hub.Open("a", line.Origin{Source: "a"})
	if err != nil {
		t.Fatal(err)
	}
	log, _ := hub.Log("a")
	hub.holdPacked(&log.ring)
	defer hub.releasePacked(&log.ring)
	p := log.view().packed
	slow := &tap{ring: &p.ring} // a loop that offers nothing
	slow.dirty.Store(true)
	p.mu.Lock()
	p.max = 1
	p.mu.Unlock()
	p.attach(slow)
	defer p.detach(slow)

	b := line.Batch{Pos: line.Position{Gen: 7}}
	for i := range 4 * keyEvery / 16 { // more than one turn
		b.Data = fmt.Appendf(b.Data, "%016x\n", uint64(i)*0x9e3779b97f4a7c15)
		b.Ends = append(b.Ends, uint32(len(b.Data)))
	}
	sink.Append(&b)
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		p.mu.Lock()
		waits, taken := p.waiting > 0, p.taken
		p.mu.Unlock()
		if waits {
			got, want := p.places(p.view().end), log.view()
			if place := want.place(taken); !reflect.DeepEqual(got[0], place) {
				t.Errorf("a viewer with everything stands at %v, want %v", got, place)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the maker does not wait")
		}
	}
}
