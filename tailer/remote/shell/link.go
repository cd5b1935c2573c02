package shell

import (
	"bytes"
	"compress/gzip"
	"io"
	"sync"
	"time"
)

// slowLink is how many bytes have to come in a second for it not to be worth
// that the other side compresses them.
const slowLink = 10 << 20

// again is after how many pieces it is tried anew which way is faster.
const again = 64

// A link is what is known of how fast large pieces come, as they are and
// compressed, in bytes of the file in a second. SSH itself compresses nothing
// here.
type link struct {
	mu            sync.Mutex
	plain, packed float64
	pieces        int
	failed        int  // how many came packed and were not whole, one after the other
	unable        bool // there is no gzip(1) that can be used
}

// pack reports whether the next piece is to be compressed.
func (l *link) pack() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unable || l.plain == 0 || l.plain > slowLink {
		return false
	}
	if l.pieces++; l.pieces%again == 0 {
		return l.packed < l.plain
	}
	return l.packed == 0 || l.packed > l.plain
}

// note takes how long a piece took.
func (l *link) note(p *piece, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rate := float64(p.size) / max(took.Seconds(), 1e-6)
	if p.packed {
		l.packed, l.failed = rate, 0
	} else {
		l.plain = rate
	}
}

// fail notes that a piece came packed and was not whole: as a rule because the
// file ends in it.
func (l *link) fail() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed++
	l.unable = l.unable || l.failed > 8
}

// refuse notes that nothing can be compressed there.
func (l *link) refuse() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unable = true
}

// inflate unpacks what should be size bytes, or returns nil.
func inflate(data []byte, size int) []byte {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil
	}
	if n, err := r.Read(make([]byte, 1)); n > 0 || err != io.EOF { // the checksum, and nothing else
		return nil
	}
	return text
}
