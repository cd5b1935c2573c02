package stream

import (
	"bytes"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tailbeam/stream/netpoll"
	"tailbeam/tailer/line"
)

// TestTheHotPathAllocatesNothing takes lines from append to the other ends of
// real sockets. All that is allocated is a segment now and then: so many times
// for one, however many lines and viewers there are.
func TestTheHotPathAllocatesNothing(t *testing.T) {
	const lines, perSegment = 20_000, 12
	for _, viewers := range []int{1, 20} {
		for _, batch := range []int{1, 100} {
			t.Run(fmt.Sprintf("viewers=%d/batch=%d", viewers, batch), func(t *testing.T) {
				h := newHotPath(t, viewers, 500)
				for range 2 * int(h.log.max) / len(h.batch.Data) { // until segments go as they come
					h.turn(t)
				}
				h.take(batch)
				before := h.log.noted
				allocations := testing.AllocsPerRun(1, func() { // which runs twice, and counts once
					for range lines / batch {
						h.turn(t)
					}
				})
				if n := (h.log.noted - before) / 2; n != lines {
					t.Fatalf("%d lines were counted", n)
				}
				if segments := lines*lineLength/maxSegment + 1; allocations > float64(segments*perSegment) {
					t.Errorf("%v allocations for %d lines in %d segments", allocations, lines, segments)
				}
			})
		}
	}
}

const lineLength = 150

// hotPath is a loop without its goroutine, with viewers of one log.
type hotPath struct {
	loop  *loop
	log   *Log
	peers []int // descriptors of the other ends
	batch *line.Batch
	buf   []byte
	want  int // bytes of a batch on the wire
}

func newHotPath(t testing.TB, viewers, lines int) *hotPath {
	hub := NewHub(Config{Memory: minMemory})
	sink, err := hub.Open("a", line.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := newLoop(NewServer(hub, Config{Loops: 1}))
	if err != nil {
		t.Fatal(err)
	}
	h := &hotPath{loop: l, log: sink.(*Log), buf: make([]byte, 256<<10)}
	for range viewers {
		h.join(t, Ask{Streams: []*Log{h.log}})
	}
	h.batch = &line.Batch{Pos: line.Position{Gen: 1}}
	h.take(lines)
	t.Cleanup(func() {
		l.each(func(v *viewer) { l.drop(v, endedCut) })
		l.poll.Close()
		for _, fd := range h.peers {
			unix.Close(fd)
		}
	})
	return h
}

// join adds a viewer.
func (h *hotPath) join(t testing.TB, ask Ask) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	h.peers = append(h.peers, pair[1])
	v := h.loop.viewers.take()
	v.sock, v.state = netpoll.FromFD(pair[0]), open
	if err := h.loop.poll.Add(v.sock, v.token()); err != nil {
		t.Fatal(err)
	}
	begin, err := beginnings(ask.Streams, ask.Backlog, ask.From)
	if err != nil {
		t.Fatal(err)
	}
	var refusal *Refusal
	if v.party, refusal = h.loop.server.admit(netip.IPv6Loopback(), &ask, webSocket); refusal != nil {
		t.Fatal(refusal)
	}
	h.loop.start(v, ask, begin, nil)
}

// take makes the next batches hold so many lines.
func (h *hotPath) take(lines int) {
	text := append(bytes.Repeat([]byte("x"), lineLength-1), '\n')
	h.batch.Data, h.batch.Ends = bytes.Repeat(text, lines), nil
	for i := range lines {
		h.batch.Ends = append(h.batch.Ends, uint32((i+1)*lineLength))
	}
	h.want = lines * (lineLength - 1 + 4)
}

// turn appends the batch and takes it to all peers.
func (h *hotPath) turn(t testing.TB) {
	h.log.Append(h.batch)
	h.batch.Pos = h.batch.End()
	h.loop.pace.next = time.Time{}
	h.loop.sweep()
	h.loop.tally.show(&h.loop.server.counters)
	for _, fd := range h.peers {
		for got := 0; got < h.want; {
			n, err := unix.Read(fd, h.buf)
			if err != nil || n == 0 {
				t.Fatalf("%d bytes of %d came: %v", got, h.want, err)
			}
			got += n
		}
	}
}

func BenchmarkHotPath(b *testing.B) {
	for _, viewers := range []int{1, 100} {
		for _, lines := range []int{1, 20} {
			b.Run(fmt.Sprintf("viewers=%d/lines=%d", viewers, lines), func(b *testing.B) {
				h := newHotPath(b, viewers, lines)
				b.ReportAllocs()
				b.SetBytes(int64(viewers * h.want))
				for b.Loop() {
					h.turn(b)
				}
			})
		}
	}
}
