package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// farHistory is one that cannot be read for a while: it says so, or does not
// answer.
type farHistory struct {
	memoryHistory
	mu     sync.Mutex
	reads  int // that succeed before
	silent bool
	back   chan struct{} // closed when it can be read again
}

// reach returns why it cannot be read.
func (h *farHistory) reach(ctx context.Context) error {
	h.mu.Lock()
	h.reads--
	gone := h.reads < 0
	h.mu.Unlock()
	select {
	case <-h.back:
		return nil
	default:
	}
	switch {
	case gone && h.silent:
		select {
		case <-h.back:
		case <-ctx.Done():
			return ctx.Err()
		}
	case gone:
		return line.ErrAway
	}
	return nil
}

func (h *farHistory) Forward(ctx context.Context, p line.Position, buf []byte) (line.Batch, error) {
	if err := h.reach(ctx); err != nil {
		return line.Batch{}, err
	}
	return h.memoryHistory.Forward(ctx, p, buf)
}

func (h *farHistory) Start(ctx context.Context) (line.Position, error) {
	if err := h.reach(ctx); err != nil {
		return line.Position{}, err
	}
	return h.memoryHistory.Start(ctx)
}

// What other streams say comes though one of several cannot be read, live lines
// too; and what that one lacks comes when it can be, once.
func TestSeveralStreamsDoNotWaitForOneThatIsAway(t *testing.T) {
	for _, silent := range []bool{false, true} {
		for _, reads := range []int{0, 1, 2} {
			t.Run(fmt.Sprintf("silent=%v reads=%d", silent, reads), func(t *testing.T) {
				w := newWorld(t, Config{MergeWait: 20 * time.Millisecond}, paths[0].listen)
				far := &farHistory{reads: reads, silent: silent, back: make(chan struct{})}
				if _, err := w.hub.Open("far", line.Origin{Source: "far", History: far, Marks: testMarks{}}); err != nil {
					t.Fatal(err)
				}
				w.openFile("near")
				far.write(5, []byte(strings.Repeat("3 far and before\n", 10_000)))
				w.past["far"] = &far.memoryHistory
				w.append("far", "5 far")
				w.append("near", "1 near", "4 near", "6 near")
				r := w.tail("stream=far&stream=near&n=all&format=records")
				var cursor string
				seen := map[string]int{}
				take := func() string {
					text, err := r.body.ReadString('\n')
					if err != nil {
						t.Fatal(err)
					}
					var record struct{ Stream, Line, Cursor string }
					if err := json.Unmarshal([]byte(text), &record); err != nil {
						t.Fatal(err)
					}
					cursor = record.Cursor
					if record.Line != "" {
						seen[record.Line]++
					}
					return record.Line
				}
				for take() != "6 near" {
				}
				w.append("near", "7 near, live")
				for take() != "7 near, live" {
				}
				if reads > 0 { // where its beginning is not known yet, there is no cursor for it
					r.end()
					r = w.tail("stream=far&stream=near&format=records&from=" + cursor)
				}
				w.append("near", "8 near, live")
				for take() != "8 near, live" {
				}
				close(far.back)
				for take() != "5 far" {
				}
				w.append("far", "9 far, live")
				for take() != "9 far, live" {
				}
				if seen["3 far and before"] != 10_000 {
					t.Errorf("%d lines of far", seen["3 far and before"])
				}
				delete(seen, "3 far and before")
				for text, n := range seen {
					if n != 1 {
						t.Errorf("%q came %d times", text, n)
					}
				}
				if len(seen) != 7 {
					t.Errorf("%d lines", len(seen))
				}
			})
		}
	}
}

// A gap in one of several streams takes nothing of the others away.
func TestAGapInOneOfSeveralStreams(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.openFile("a")
		w.openFile("b")
		w.past["a"].write(5, []byte("1 a\n2 a\n7 lost\n"))
		w.append("a", "9 a")
		w.append("b", "1 b", "3 b", "8 b")
		query := "stream=a&stream=b&"
		lines, cursor := readPlain(w, query+"n=all", 3)
		rest := strings.Join(lines[3:], "|")
		if got := strings.Join(lines[:3], "|"); got != "a\t1 a|b\t1 b|a\t2 a" {
			t.Fatalf("got %q", got)
		}
		if rest != "" { // the word to quit came when all was sent
			cursor = wire.Cursors([]wire.Seal{wire.SealOf("a"), wire.SealOf("b")}, []wire.Place{{{Gen: 5, Off: 8}}, {{Gen: 7, Off: 4}}})
		}
		w.past["a"].mu.Lock()
		w.past["a"].files = w.past["a"].files[1:]
		w.past["a"].mu.Unlock()
		c := w.dial(query + "from=" + cursor)
		reason := c.expectClose(wire.CloseGap)
		c = w.dial(query + reason)
		c.expect("b\t3 b", "b\t8 b", "a\t9 a")
		c = w.dial(query + "gaps=ignore&from=" + cursor)
		c.expect("b\t3 b", "b\t8 b", "a\t9 a")
		records, _ := readFrames(w, query+"from="+cursor, 3)
		if got := strings.Join(records, "|"); got != "b\t3 b|b\t8 b|a\t9 a" {
			t.Errorf("records: %q", got)
		}
	})
}
