package netpoll

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// eventsPerTurn bounds how many events one batch holds, so that a loop comes
// back to its viewers in between.
const eventsPerTurn = 256

// Poller tells which sockets are ready. The epoll descriptor is itself given
// to the runtime's poller, so that waiting parks a goroutine and no thread.
type Poller struct {
	fd    int
	file  *os.File
	batch chan []Event
	taken chan struct{}
	quit  chan struct{}
	ended chan struct{}
}

// NewPoller starts the poller's goroutine.
func NewPoller() (*Poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	p := &Poller{
		fd:    fd,
		file:  os.NewFile(uintptr(fd), "epoll"),
		batch: make(chan []Event),
		taken: make(chan struct{}),
		quit:  make(chan struct{}),
		ended: make(chan struct{}),
	}
	raw, err := p.file.SyscallConn()
	if err != nil {
		p.file.Close()
		return nil, fmt.Errorf("poll the epoll descriptor: %w", err)
	}
	go p.run(raw.Read)
	return p, nil
}

// Events returns the channel of batches. A batch is valid until Done is
// called, and no other comes before that.
func (p *Poller) Events() <-chan []Event { return p.batch }

// Done gives the last batch back.
func (p *Poller) Done() { p.taken <- struct{}{} }

// run fetches events without blocking and parks while there are none.
func (p *Poller) run(park func(func(uintptr) bool) error) {
	defer close(p.ended)
	var raw [eventsPerTurn]unix.EpollEvent
	events := make([]Event, 0, eventsPerTurn)
	n := 0
	look := func(fd uintptr) bool {
		var err error
		n, err = fetch(int(fd), raw[:])
		return n > 0 || (err != nil && err != unix.EINTR)
	}
	for {
		if err := park(look); err != nil {
			return
		}
		events = events[:0]
		for i := range max(n, 0) {
			events = append(events, event(&raw[i]))
		}
		select {
		case p.batch <- events:
		case <-p.quit:
			return
		}
		select {
		case <-p.taken:
		case <-p.quit:
			return
		}
	}
}

func event(raw *unix.EpollEvent) Event {
	e := Event{Token: uint64(uint32(raw.Fd)) | uint64(uint32(raw.Pad))<<32}
	if raw.Events&^unix.EPOLLOUT != 0 {
		e.Ready |= Readable
	}
	if raw.Events&unix.EPOLLOUT != 0 {
		e.Ready |= Writable
	}
	return e
}

// Add watches s for something to read, under token.
func (p *Poller) Add(s Socket, token uint64) error {
	return p.control(unix.EPOLL_CTL_ADD, s, token, unix.EPOLLIN|unix.EPOLLRDHUP)
}

// WantWrite watches s for room to write as well.
func (p *Poller) WantWrite(s Socket, token uint64) error {
	return p.control(unix.EPOLL_CTL_MOD, s, token, unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLOUT)
}

// WantRead watches s for something to read only.
func (p *Poller) WantRead(s Socket, token uint64) error {
	return p.control(unix.EPOLL_CTL_MOD, s, token, unix.EPOLLIN|unix.EPOLLRDHUP)
}

// Remove watches s no longer. A socket that is closed needs no Remove.
func (p *Poller) Remove(s Socket) error {
	return p.control(unix.EPOLL_CTL_DEL, s, 0, 0)
}

func (p *Poller) control(op int, s Socket, token uint64, events uint32) error {
	if s.conn != nil {
		return nil
	}
	e := unix.EpollEvent{Events: events, Fd: int32(uint32(token)), Pad: int32(uint32(token >> 32))}
	if err := control(p.fd, op, int(s.fd), &e); err != nil {
		return os.NewSyscallError("epoll_ctl", err)
	}
	return nil
}

// Close ends the poller and waits for its goroutine. No event comes any more.
func (p *Poller) Close() {
	close(p.quit)
	p.file.Close()
	<-p.ended
}
