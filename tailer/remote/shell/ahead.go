package shell

import (
	"slices"
	"time"
)

// Between chunk and most bytes are asked for at a time when a file is read from
// one end to the other: as many as come within about brisk, so that others who
// read wait no longer than that.
const (
	chunk = 1 << 20
	most  = 4 << 20
	brisk = 50 * time.Millisecond
)

// large is how much a read asks for that may be one of many: who looks at a line
// here and there asks for less.
const large = 32 << 10

// lap is how far a read may go back behind the one before.
const lap = 4 << 10

// ahead is what is read of a file before it is asked for, while that is far
// behind its end: the answer to a question travels while the one before is used.
// Nothing is served from it but whole blocks, so that the end of a file is always
// the one that it has now.
type ahead struct {
	ended  int64 // where the last full read ended
	streak int   // how many full reads followed one another
	size   int   // what is asked for next
	now    piece
	next   piece
	asked  time.Time // when what was read last was asked for
}

// A piece is a part of a file that is there or on its way.
type piece struct {
	off    int64
	size   int
	packed bool // it comes compressed
	call   *call
	on     *Session
	data   []byte // when it is there
	// head is how the file begins, read right after the piece: who looks whether
	// a file is still the one that was read from need not ask for it.
	head *call
	sent time.Time
}

const (
	// headSize is how much of the beginning comes with a piece.
	headSize = 1 << 10
	// recent is how old a piece may be for its head to say how the file begins.
	recent = 2 * time.Second
)

// begins fills p with how the file begins, if that was read later than all that
// was given out.
func (a *ahead) begins(p []byte, off int64) (int, bool) {
	last := &a.now
	if a.next.data != nil {
		last = &a.next
	}
	if off != 0 || len(p) > headSize || last.head == nil || last.sent.Before(a.asked) || time.Since(last.sent) > recent {
		return 0, false
	}
	c := last.head
	<-c.done
	if c.err != nil || c.status != 0 {
		return 0, false
	}
	return copy(p, c.data), true
}

func (p *piece) end() int64 { return p.off + int64(p.size) }

// arrive waits for the piece, and reports whether all of it has come.
func (p *piece) arrive() bool {
	if p.data != nil {
		return true
	}
	<-p.call.done
	c := p.call
	if c.err != nil || c.status != 0 {
		if p.packed && (c.err == nil || c.err == errTooLong) {
			p.on.link.refuse()
		}
		return false
	}
	p.data = c.data
	if p.packed {
		p.data, c.data = inflate(c.data, p.size), nil
	}
	if len(p.data) < p.size {
		p.data = nil
		if p.packed {
			p.on.link.fail()
		}
		return false
	}
	p.on.link.note(p, c.took)
	return true
}

// after notes a read that went to the file.
func (a *ahead) after(f *file, off int64, got, want int) {
	if got < want || want < large {
		if got < want {
			a.drop()
		}
		return
	}
	if off > a.ended || off < a.ended-lap {
		a.streak = 0
	}
	a.streak++
	a.ended = off + int64(got)
	a.now, a.next = piece{}, piece{}
	if a.streak >= 2 {
		a.next = f.fetch(a.ended - lap)
	}
}

// fetch asks for the piece at an offset.
func (f *file) fetch(off int64) piece {
	s := f.fs.lead(f)
	if s == nil {
		return piece{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	slot := s.slots.find(f)
	if slot < 0 {
		return piece{}
	}
	f.size = max(f.size, chunk)
	p := piece{off: max(off, 0), size: f.size, packed: s.link.pack(), on: s}
	if left := f.long - p.off; left > 0 && left < int64(p.size) {
		p.size = int(left) // or all of it would come, and not be whole
	}
	command, room := "range", p.size
	if p.packed {
		command, room = "packed", p.size+p.size/100+1<<10 // where it cannot be compressed
	}
	p.call = &call{data: make([]byte, 0, room), fixed: true}
	s.sendLocked(p.call, command, append([]string{s.slots.touch(slot)}, extent(p.off, p.size)...)...)
	p.head, p.sent = &call{data: make([]byte, 0, headSize), fixed: true}, time.Now()
	s.sendLocked(p.head, "range", append([]string{s.slots.touch(slot)}, extent(0, headSize)...)...)
	return p
}

// maxLeaders is of how many files of a host something is read ahead.
const maxLeaders = 8

// lead notes that a file is read ahead, and returns the session to do it with.
// The one of which that was done longest ago has to give back what it holds.
func (fsys *FS) lead(f *file) *Session {
	fsys.mu.Lock()
	fsys.leaders = append(slices.DeleteFunc(fsys.leaders, func(l *file) bool { return l == f }), f)
	var last *file
	if len(fsys.leaders) > maxLeaders {
		last = fsys.leaders[0]
		fsys.leaders = slices.Delete(fsys.leaders, 0, 1)
	}
	s := fsys.on
	fsys.mu.Unlock()
	if last != nil && last.mu.TryLock() { // who reads it now is not in the way for long
		last.ahead.drop()
		last.mu.Unlock()
	}
	return s
}

// unlead forgets that a file is read ahead.
func (fsys *FS) unlead(f *file) {
	fsys.mu.Lock()
	defer fsys.mu.Unlock()
	fsys.leaders = slices.DeleteFunc(fsys.leaders, func(l *file) bool { return l == f })
}

// serve fills p from what was read ahead, if that has all of it.
func (a *ahead) serve(f *file, p []byte, off int64) bool {
	n, sent := a.now.copy(p, off), a.now.sent
	for n < len(p) {
		if a.next.call == nil {
			return false
		}
		at := off + int64(n)
		if at < a.next.off || at >= a.next.end() {
			return false // a look elsewhere
		}
		if !a.next.arrive() {
			a.drop()
			return false
		}
		n += a.next.copy(p[n:], at)
		sent = a.next.sent
		if off >= a.next.off {
			a.now = a.next
			switch took := a.now.call.took; {
			case took < brisk/2:
				a.size = min(2*a.now.size, most)
			case took > 2*brisk:
				a.size = max(a.now.size/2, chunk)
			}
			a.next = f.fetch(a.now.end())
		}
	}
	a.ended = off + int64(n)
	if sent.After(a.asked) {
		a.asked = sent
	}
	return true
}

// copy fills p with what the piece has from an offset on.
func (p *piece) copy(into []byte, off int64) int {
	if p.data == nil || off < p.off || off >= p.end() {
		return 0
	}
	return copy(into, p.data[off-p.off:])
}

// drop forgets everything.
func (a *ahead) drop() { *a = ahead{} }
