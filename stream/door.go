package stream

import (
	"bytes"
	"errors"
	"io"
	"net/netip"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// maxHead is the most bytes of a request head that the loops look at. A longer
// one is left to the HTTP server, which refuses it.
const maxHead = 4 << 10

// door is the first door: it upgrades a request for a WebSocket right on the
// bytes that were read. Whatever it does not like, it leaves to the second
// door with all its bytes, which answers in full.
type door struct {
	upgrader ws.Upgrader
	request  Request
	ask      Ask
	admit    func(*Request) (Ask, error)
	// negotiate answers an offer of an extension; deflates says that one was
	// accepted.
	negotiate func(httphead.Option) httphead.Option
	deflates  bool
	in        []byte
	out       []byte
}

// errElsewhere sends a request to the second door.
var errElsewhere = errors.New("not for the first door")

func (d *door) init() {
	d.upgrader = ws.Upgrader{
		ReadBufferSize:  maxHead,
		WriteBufferSize: 512,
		OnRequest: func(uri []byte) error {
			d.request.URI = string(uri)
			return nil
		},
		OnHost:   func(host []byte) error { return once(&d.request.Host, host) },
		OnHeader: d.header,
		ProtocolCustom: func(list []byte) (string, bool) {
			if d.request.Protocols != "" {
				return "", false
			}
			d.request.Protocols = string(list)
			return wire.ChooseProtocol(d.request.Protocols), true
		},
		Negotiate: func(offer httphead.Option) (answer httphead.Option, err error) {
			if !d.deflates {
				answer = d.negotiate(offer)
				d.deflates = answer.Size() > 0
			}
			return answer, nil
		},
		OnBeforeUpgrade: func() (ws.HandshakeHeader, error) {
			var err error
			d.ask, err = d.admit(&d.request)
			if err == nil && !d.ask.Since.IsZero() {
				err = errElsewhere // it takes reading files
			}
			return nil, err
		},
	}
}

func (d *door) header(key, value []byte) error {
	switch string(key) {
	case "Origin":
		return once(&d.request.Origin, value)
	case "Authorization":
		return once(&d.request.Authorization, value)
	case "Cookie":
		return once(&d.request.Cookie, value)
	}
	return nil
}

// once stores a header that may come only once.
func once(field *string, value []byte) error {
	if *field != "" {
		return errElsewhere
	}
	*field = string(value)
	return nil
}

// upgrade answers the request whose whole head is given. It returns the
// response, which is valid until the next call, or an error if the request is
// not for this door.
func (d *door) upgrade(head []byte, remote netip.AddrPort) ([]byte, Ask, error) {
	if !hasKey(head) {
		return nil, Ask{}, errElsewhere
	}
	d.request = Request{Remote: remote}
	d.in, d.out, d.deflates = head, d.out[:0], false
	_, err := d.upgrader.Upgrade(d)
	d.in = nil
	d.ask.deflates = d.deflates
	return d.out, d.ask, err
}

// Read gives the upgrader the request.
func (d *door) Read(p []byte) (int, error) {
	if len(d.in) == 0 {
		return 0, io.EOF
	}
	n := copy(p, d.in)
	d.in = d.in[n:]
	return n, nil
}

// Write takes the upgrader's response.
func (d *door) Write(p []byte) (int, error) {
	d.out = append(d.out, p...)
	return len(p), nil
}

// verdict is what the first bytes of a connection are.
type verdict uint8

const (
	unclear   verdict = iota // more bytes are needed
	forViewer                // a request for a WebSocket, its head complete
	forHTTP                  // anything else
)

var (
	viewerPrefix = []byte("GET /ws")
	headEnd      = []byte("\r\n\r\n")
)

// judge tells what p is the beginning of, and how long the request head is.
func judge(p []byte) (verdict, int) {
	if n := min(len(p), len(viewerPrefix)); !bytes.Equal(p[:n], viewerPrefix[:n]) {
		return forHTTP, 0
	}
	if end := bytes.Index(p, headEnd); end >= 0 && end+len(headEnd) <= maxHead {
		return forViewer, end + len(headEnd)
	}
	if len(p) >= maxHead {
		return forHTTP, 0
	}
	return unclear, 0
}
