package watch

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"tailbeam/stream/wire"
)

const (
	// dialTimeout bounds connecting and the handshake.
	dialTimeout = 20 * time.Second
	// maxMessage is the longest message that is taken, in bytes. Those of a
	// server hold a line of 1 MiB and its header, or many shorter lines.
	maxMessage = 16 << 20
)

// socket is a connection that speaks tailbeam.v1. One goroutine uses it;
// another may close it.
type socket struct {
	conn    net.Conn
	reader  wsutil.Reader
	silence time.Duration
	message []byte
}

// errRetry marks a refusal that may be over soon.
var errRetry = errors.New("not available now")

// dial connects to a server. The error is a *Refused where trying again is of
// no use.
func dial(ctx context.Context, s Server, silence time.Duration) (*socket, error) {
	header := http.Header{}
	if s.Token != "" {
		header.Set("Authorization", "Bearer "+s.Token)
	}
	var said strings.Builder
	dialer := ws.Dialer{
		Timeout:   dialTimeout,
		Protocols: []string{wire.Subprotocol},
		Header:    ws.HandshakeHeaderHTTP(header),
		OnStatusError: func(_ int, _ []byte, response io.Reader) {
			r, err := http.ReadResponse(bufio.NewReader(response), nil)
			if err == nil {
				body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<10))
				said.WriteString(strings.TrimSpace(string(body)))
			}
		},
	}
	conn, buffered, hello, err := dialer.Dial(ctx, strings.Replace(s.URL, "http", "ws", 1)+"ws")
	var status ws.StatusError
	switch {
	case errors.As(err, &status) && (status >= 500 || status == http.StatusTooManyRequests):
		return nil, errors.Join(errRetry, errors.New(reason(s, int(status), said.String())))
	case errors.As(err, &status):
		return nil, &Refused{reason(s, int(status), said.String())}
	case err != nil:
		return nil, err
	case hello.Protocol != wire.Subprotocol:
		conn.Close()
		return nil, &Refused{s.URL + " is no tailbeam server: it does not speak " + wire.Subprotocol}
	}
	k := &socket{conn: conn, silence: silence}
	var source io.Reader = conn
	if buffered != nil { // frames that came with the answer
		source = buffered
	}
	k.reader = wsutil.Reader{
		Source:         bufio.NewReaderSize(source, 64<<10),
		State:          ws.StateClientSide,
		OnIntermediate: k.control,
	}
	return k, nil
}

func reason(s Server, status int, said string) string {
	if said == "" || strings.ContainsAny(said, "<\n") {
		said = http.StatusText(status)
	}
	return s.URL + ": " + said
}

// closed is how a server ends a connection.
type closed struct {
	code   ws.StatusCode
	reason string
}

// Error says it for a person.
func (e *closed) Error() string {
	switch {
	case e.code == wire.CloseAway:
		return "the server stops"
	case e.reason == "" || strings.HasPrefix(e.reason, "from="):
		return "the server closed it"
	}
	return "the server closed it: " + e.reason
}

// next returns the next text message, valid until the next call. The error is
// a *closed where the server ended the connection.
func (k *socket) next() ([]byte, error) {
	for {
		if err := k.conn.SetReadDeadline(time.Now().Add(k.silence)); err != nil {
			return nil, err
		}
		h, err := k.reader.NextFrame()
		if err != nil {
			return nil, err
		}
		if h.OpCode.IsControl() {
			if err := k.control(h, &k.reader); err != nil {
				return nil, err
			}
			continue
		}
		k.message = k.message[:0]
		for {
			if len(k.message) == cap(k.message) {
				k.message = append(k.message, make([]byte, max(4096, len(k.message)))...)[:len(k.message)]
			}
			n, err := k.reader.Read(k.message[len(k.message):cap(k.message)])
			k.message = k.message[:len(k.message)+n]
			if err == io.EOF {
				return k.message, nil
			}
			if err != nil {
				return nil, err
			}
			if len(k.message) > maxMessage {
				return nil, errors.New("a message that is too long")
			}
		}
	}
}

// control answers a ping, and takes a close for the end (RFC 6455, section
// 5.5).
func (k *socket) control(h ws.Header, payload io.Reader) error {
	data := make([]byte, h.Length)
	if _, err := io.ReadFull(payload, data); err != nil {
		return err
	}
	switch h.OpCode {
	case ws.OpPing:
		return k.send(ws.OpPong, data)
	case ws.OpClose:
		code, text := ws.ParseCloseFrameData(data)
		_ = k.send(ws.OpClose, data[:min(2, len(data))]) // the connection is over either way
		return &closed{code, text}
	}
	return nil
}

// send writes one frame.
func (k *socket) send(op ws.OpCode, data []byte) error {
	if err := k.conn.SetWriteDeadline(time.Now().Add(k.silence)); err != nil {
		return err
	}
	return ws.WriteFrame(k.conn, ws.MaskFrameInPlace(ws.NewFrame(op, true, data)))
}
