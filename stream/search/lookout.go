package search

import (
	"os"
	"runtime"
	"time"
)

// A lookout makes Go look whether new lines have come, or who reads them. While a
// processor always has something to run, its scheduler looks only every 10 ms,
// and live lines would wait for that long beside a search.
//
// Whoever looks waits for a byte that a goroutine is about to write into a
// pipe: with nothing else to run, the scheduler finds that byte where it finds
// everything that has come. That takes some microseconds; a sleep, which would
// do as well, takes a millisecond.
type lookout struct{ from, to *os.File }

// stint is for how long searches work between two looks.
const stint = 200 * time.Microsecond

// newLookout returns one for a search. Without a pipe there is nothing but to
// let others run.
func newLookout() *lookout {
	from, to, err := os.Pipe()
	if err != nil {
		return &lookout{}
	}
	return &lookout{from, to}
}

func (l *lookout) close() {
	if l.from != nil {
		l.from.Close()
		l.to.Close()
	}
}

// look looks. It may be called from several goroutines at a time.
func (l *lookout) look() {
	if l.from == nil {
		runtime.Gosched()
		return
	}
	go l.to.Write([]byte{0})
	var b [1]byte
	l.from.Read(b[:])
}
