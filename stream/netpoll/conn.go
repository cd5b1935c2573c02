package netpoll

import (
	"io"
	"net"
	"sync"
	"time"
)

const (
	connReadSize  = 4 << 10
	connWriteSize = 64 << 10
	connLinger    = 5 * time.Second
)

// Conn makes a net.Conn look like a non-blocking descriptor: a goroutine that
// reads ahead one buffer, and one that writes what it was given. It is told
// once that it became readable; who reads goes on until ErrAgain.
type Conn struct {
	conn net.Conn
	post func(Ready)

	mu       sync.Mutex
	wake     sync.Cond // for both goroutines
	closed   bool
	shut     bool // no more writes
	wantRoom bool // a Write was refused
	in       []byte
	inErr    error
	out      []byte
	outBuf   []byte
	outErr   error
}

// newConn starts the goroutines. post is called from them when the connection
// became ready; it must not block.
func newConn(conn net.Conn, post func(Ready)) *Conn {
	c := &Conn{conn: conn, post: post}
	c.wake.L = &c.mu
	go c.readAhead()
	go c.writeOut()
	return c
}

// readAhead reads a buffer, waits until it was taken, and so on.
func (c *Conn) readAhead() {
	buf := make([]byte, connReadSize)
	for {
		n, err := c.conn.Read(buf)
		c.mu.Lock()
		c.in, c.inErr = buf[:n], err
		c.mu.Unlock()
		c.post(Readable)
		c.mu.Lock()
		for len(c.in) > 0 && !c.closed {
			c.wake.Wait()
		}
		done := err != nil || c.closed
		c.mu.Unlock()
		if done {
			return
		}
	}
}

// writeOut writes what Write left, waits for more, and so on.
func (c *Conn) writeOut() {
	for {
		c.mu.Lock()
		for len(c.out) == 0 && !c.closed && !c.shut {
			c.wake.Wait()
		}
		if len(c.out) == 0 || c.closed && !c.shut {
			closed := c.closed
			c.mu.Unlock()
			if half, ok := c.conn.(interface{ CloseWrite() error }); ok && !closed {
				half.CloseWrite()
			}
			return
		}
		out := c.out
		c.mu.Unlock()
		_, err := c.conn.Write(out)
		c.mu.Lock()
		c.out, c.outErr = nil, err
		if c.closed {
			c.conn.Close()
		}
		tell := c.wantRoom
		c.wantRoom = false
		c.mu.Unlock()
		if tell || err != nil {
			c.post(Readable | Writable)
		}
		if err != nil {
			return
		}
	}
}

func (c *Conn) read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.outErr != nil {
		return 0, c.outErr
	}
	if len(c.in) > 0 {
		n := copy(p, c.in)
		c.in = c.in[n:]
		if len(c.in) == 0 {
			c.wake.Broadcast()
		}
		return n, nil
	}
	if c.inErr == io.EOF {
		return 0, nil
	}
	if c.inErr != nil {
		return 0, c.inErr
	}
	return 0, ErrAgain
}

func (c *Conn) write(bufs [][]byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.outErr != nil {
		return 0, c.outErr
	}
	if len(c.out) > 0 {
		c.wantRoom = true
		return 0, ErrAgain
	}
	c.outBuf = c.outBuf[:0]
	for _, b := range bufs {
		room := connWriteSize - len(c.outBuf)
		c.wantRoom = c.wantRoom || len(b) > room
		c.outBuf = append(c.outBuf, b[:min(len(b), room)]...)
	}
	c.out = c.outBuf
	c.wake.Broadcast()
	return len(c.out), nil
}

func (c *Conn) closeWrite() {
	c.mu.Lock()
	c.shut = true
	c.wake.Broadcast()
	c.mu.Unlock()
}

// close ends the connection: at once, or when what was written before
// closeWrite is out, which has a few seconds.
func (c *Conn) close() {
	c.mu.Lock()
	c.closed = true
	c.wake.Broadcast()
	pending := c.shut && len(c.out) > 0
	c.mu.Unlock()
	if pending {
		c.conn.SetDeadline(time.Now().Add(connLinger))
		return
	}
	c.conn.Close()
}
