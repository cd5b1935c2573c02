package shell

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// receive takes answers until the output ends.
func (s *Session) receive(out *bufio.Reader) {
	for {
		c := s.next()
		if c == nil {
			break
		}
		began := time.Now()
		if err := s.take(c, out); err != nil {
			s.end(fmt.Errorf("connection lost: %w", err))
			break
		}
		s.mu.Lock()
		if s.err == nil {
			c.took = time.Since(began)
			s.pending = s.pending[1:]
			close(c.done)
		}
		s.mu.Unlock()
	}
}

// next returns the oldest call that is not answered, or nil when the session has
// ended.
func (s *Session) next() *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.err == nil && len(s.pending) == 0 {
		s.filled.Wait()
	}
	if s.err != nil {
		return nil
	}
	return s.pending[0]
}

var errTooLong = &Error{Words: "the answer is too long: name fewer files"}

// take reads the answer to a call: everything up to its nonce, and the rest of
// that line. When the session has ended, what comes belongs to nobody.
func (s *Session) take(c *call, out *bufio.Reader) error {
	nonce := []byte(c.nonce)
	for {
		if _, err := out.Peek(len(nonce)); err != nil {
			return unexpected(err)
		}
		ahead, _ := out.Peek(out.Buffered()) // cannot fail
		at := bytes.Index(ahead, nonce)
		n := at
		if at < 0 {
			n = len(ahead) - len(nonce) + 1
		}
		s.mu.Lock()
		err := s.err
		if err == nil {
			c.append(ahead[:n])
		}
		s.mu.Unlock()
		if err != nil {
			return err
		}
		_, _ = out.Discard(n) // cannot fail
		if at >= 0 {
			break
		}
	}
	text, err := out.ReadString('\n')
	if err != nil {
		return unexpected(err)
	}
	status, err := strconv.Atoi(strings.TrimSpace(text[len(nonce):]))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		c.status = status
	}
	return err
}

// append keeps a part of an answer, unless that is too long in all.
func (c *call) append(data []byte) {
	switch {
	case c.err != nil:
	case c.fixed && len(c.data)+len(data) > cap(c.data) || len(c.data)+len(data) > maxAnswer:
		c.data, c.err = nil, errTooLong
	default:
		c.data = append(c.data, data...)
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("the other side has closed it")
	}
	return err
}
