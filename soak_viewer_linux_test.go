package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gobwas/ws"
)

// connect opens a connection for a viewer.
func (s *soak) connect(path string) (*soakViewer, error) {
	d := ws.Dialer{Timeout: deadline}
	conn, in, _, err := d.Dial(context.Background(), "ws://"+s.host+path)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", path, err)
	}
	if in == nil {
		in = bufio.NewReader(conn)
	}
	s.connections.Add(1)
	return &soakViewer{s: s, conn: conn.(*net.TCPConn), in: in}, nil
}

// read takes lines for a time, or until the soak is over.
func (v *soakViewer) read(length time.Duration) {
	end := time.Now().Add(length)
	for v.fault == nil && !v.s.stopped.Load() && time.Now().Before(end) {
		v.conn.SetReadDeadline(end)
		if _, err := v.in.Peek(1); err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
			return // there was nothing to read
		}
		v.conn.SetReadDeadline(time.Now().Add(deadline))
		v.next()
	}
}

// next takes one frame and reports whether it was the last.
func (v *soakViewer) next() (last bool) {
	h, err := ws.ReadHeader(v.in)
	if err != nil {
		v.fault = err
		return true
	}
	payload := make([]byte, h.Length)
	if _, err := io.ReadFull(v.in, payload); err != nil {
		v.fault = err
		return true
	}
	switch h.OpCode {
	case ws.OpText:
		v.take(string(payload))
	case ws.OpPing:
		v.say(ws.OpPong, payload)
	case ws.OpClose:
		code, reason := ws.ParseCloseFrameData(payload)
		if code != ws.StatusNormalClosure {
			v.fault = fmt.Errorf("close %d %q behind line %d", code, reason, v.last)
		}
		v.cursor = strings.TrimPrefix(reason, "from=")
		return true
	}
	return false
}

// take holds a line against the one before it.
func (v *soakViewer) take(text string) {
	number, _, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	switch {
	case err != nil || len(text) != soakLine-1:
		v.fault = fmt.Errorf("torn line of %d bytes: %.20q", len(text), text)
	case v.last > 0 && (n <= v.last || n > v.last+1 && !v.skips):
		v.fault = fmt.Errorf("line %d behind %d", n, v.last)
	}
	v.last = n
	v.s.lines.Add(1)
}

// quit leaves with a cursor.
func (v *soakViewer) quit() {
	v.say(ws.OpText, []byte("quit"))
	for v.fault == nil {
		v.conn.SetReadDeadline(time.Now().Add(deadline))
		if v.next() {
			return
		}
	}
}

func (v *soakViewer) say(op ws.OpCode, payload []byte) {
	v.conn.SetWriteDeadline(time.Now().Add(deadline))
	if err := ws.WriteFrame(v.conn, ws.MaskFrame(ws.NewFrame(op, true, payload))); err != nil && v.fault == nil {
		v.fault = err
	}
}
