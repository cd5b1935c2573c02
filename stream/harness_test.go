package stream

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// paths are the ways on which a viewer's bytes may go. The contract is the
// same on each.
var paths = []struct {
	name   string
	listen func(net.Listener) net.Listener
}{
	{"descriptor", func(ln net.Listener) net.Listener { return ln }},
	{"second door", func(ln net.Listener) net.Listener { return hiddenListener{ln} }},
	{"goroutines", func(ln net.Listener) net.Listener { return hiddenConns{ln} }},
}

// hiddenListener keeps the acceptor from the descriptors.
type hiddenListener struct{ net.Listener }

// hiddenConns keeps everyone from the descriptors.
type hiddenConns struct{ net.Listener }

func (h hiddenConns) Accept() (net.Conn, error) {
	conn, err := h.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return hiddenConn{conn.(*net.TCPConn)}, nil
}

// hiddenConn is a TCP connection that does not look like one.
type hiddenConn struct{ *net.TCPConn }

// onEachPath runs a test once for each path.
func onEachPath(t *testing.T, c Config, test func(*testing.T, *world)) {
	for _, p := range paths {
		t.Run(p.name, func(t *testing.T) {
			test(t, newWorld(t, c, p.listen))
		})
	}
}

// world is a running server with a hub.
type world struct {
	t      *testing.T
	hub    *Hub
	server *Server
	addr   string
	offset map[string]int64
	past   map[string]*memoryHistory
}

func newWorld(t *testing.T, c Config, listen func(net.Listener) net.Listener) *world {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newWorldOn(t, c, ln, listen)
}

// newWorldOn is newWorld on a listener of the test's own.
func newWorldOn(t *testing.T, c Config, ln net.Listener, listen func(net.Listener) net.Listener) *world {
	t.Helper()
	hub := NewHub(c)
	w := &world{t: t, hub: hub, server: NewServer(hub, c), addr: ln.Addr().String(), offset: map[string]int64{}, past: map[string]*memoryHistory{}}
	served := make(chan error, 1)
	go func() { served <- w.server.Serve(listen(ln), testSite{w}) }()
	t.Cleanup(func() {
		<-w.server.began
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		w.server.Shutdown(ctx)
		if err := <-served; err != http.ErrServerClosed {
			t.Errorf("Serve: %v", err)
		}
	})
	return w
}

// open makes a stream known.
func (w *world) open(name string) line.Sink {
	w.t.Helper()
	sink, err := w.hub.Open(name, line.Origin{Source: name, Marks: testMarks{}})
	if err != nil {
		w.t.Fatal(err)
	}
	return sink
}

// openFile makes a stream known that has a history.
func (w *world) openFile(name string) line.Sink {
	w.t.Helper()
	h := new(memoryHistory)
	sink, err := w.hub.Open(name, line.Origin{Source: name, History: h, Marks: testMarks{}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.past[name] = h
	return sink
}

// append appends lines to a stream, as one batch of one generation.
func (w *world) append(name string, lines ...string) {
	log, _ := w.hub.Log(name)
	b := &line.Batch{Pos: line.Position{Gen: 7, Off: w.offset[name]}}
	for _, l := range lines {
		b.Data = append(append(b.Data, l...), '\n')
		b.Ends = append(b.Ends, uint32(len(b.Data)))
	}
	w.offset[name] += int64(len(b.Data))
	if h := w.past[name]; h != nil {
		h.write(b.Pos.Gen, b.Data)
	}
	log.Append(b)
}

// second reads a moment in the tests: a number of seconds.
func second(s string) (time.Time, error) {
	n, err := strconv.Atoi(s)
	return time.Unix(int64(n), 0), err
}

// testMarks knows the level of a line that begins with its name, and the time
// of one that begins with a number of seconds.
type testMarks struct{}

func (testMarks) Level(text []byte) line.Level {
	word, _, _ := strings.Cut(string(text), " ")
	level, _ := line.ParseLevel(word)
	return level
}

func (testMarks) Time(text []byte) (time.Time, bool) {
	word, _, _ := strings.Cut(string(text), " ")
	t, err := second(word)
	return t, err == nil
}

// testSite admits what the tests ask for.
type testSite struct{ w *world }

func (s testSite) Admit(r *Request) (Ask, error) {
	u, err := url.Parse(r.URI)
	if err != nil {
		return Ask{}, err
	}
	q := u.Query()
	ask := Ask{From: q.Get("from"), IgnoreGaps: q.Get("gaps") == "ignore", Once: q.Get("follow") == "0"}
	ask.Filter = Filter{Grep: q["grep"], Not: q["not"]}
	if q.Has("level") {
		if ask.Filter.Level, err = line.ParseLevel(q.Get("level")); err != nil {
			return Ask{}, &Refusal{400, err.Error()}
		}
	}
	if ask.Lag, err = ParseLag(q.Get("lag")); err != nil {
		return Ask{}, &Refusal{400, err.Error()}
	}
	switch q.Get("format") {
	case "events":
		ask.Encoding = Events
	case "records":
		ask.Encoding = Records
	}
	if wire.ChooseProtocol(r.Protocols) != "" {
		ask.Encoding = Batches
		return ask, nil
	}
	for _, name := range q["stream"] {
		log, ok := s.w.hub.Log(name)
		if !ok {
			return Ask{}, &Refusal{404, "no stream " + name}
		}
		ask.Streams = append(ask.Streams, log)
	}
	ask.Prefix = len(ask.Streams) > 1
	if q.Has("since") {
		if ask.Since, err = second(q.Get("since")); err != nil {
			return Ask{}, &Refusal{400, err.Error()}
		}
	}
	if n := q.Get("n"); n == "all" {
		ask.Backlog = All
	} else {
		ask.Backlog, _ = strconv.Atoi(n)
	}
	return ask, nil
}

func (s testSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ask, err := s.Admit(&Request{URI: r.RequestURI, Host: r.Host, Protocols: r.Header.Get("Sec-WebSocket-Protocol")})
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/tail") {
		s.w.server.Tail(w, r, tailed(ask, r.URL.Query()))
		return
	}
	if r.Header.Get("Upgrade") == "" {
		fmt.Fprintln(w, "plain answer")
		return
	}
	s.w.server.Upgrade(w, r, ask)
}

// until waits for what must come.
func (w *world) until(what string, is func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Errorf("it does not come: %s", what)
			return
		}
	}
}

// tailed completes what a request over plain HTTP asks for.
func tailed(ask Ask, q url.Values) Ask {
	if ask.Encoding == Plain {
		ask.Encoding = Text
	}
	if q.Has("wait") {
		wait, _ := time.ParseDuration(q.Get("wait"))
		ask.Wait = &wait
	}
	return ask
}

// client is a viewer's side of a connection.
type client struct {
	t *testing.T
	net.Conn
	waited   time.Time // when its deadline was set last
	inflater io.Reader
	window   []byte // of what was inflated
	inflated int    // messages
}

// dial connects and waits until the server has made a viewer of it.
func (w *world) dial(query string, protocols ...string) *client {
	w.t.Helper()
	d := ws.Dialer{Protocols: protocols, Timeout: patience}
	conn, br, _, err := d.Dial(context.Background(), "ws://"+w.addr+"/ws?"+query)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return &client{t: w.t, Conn: buffered(conn, br)}
}

// buffered reads through the reader that read the response, or a new one.
func buffered(conn net.Conn, br *bufio.Reader) net.Conn {
	if br == nil {
		br = bufio.NewReaderSize(conn, 64<<10)
	}
	return bufferedConn{conn, br}
}

type bufferedConn struct {
	net.Conn
	r *bufio.Reader
}

func (c bufferedConn) Read(p []byte) (int, error) { return c.r.Read(p) }

// frame returns the next frame as it came.
func (c *client) frame() ws.Frame {
	c.t.Helper()
	f, err := c.read()
	if err != nil {
		c.t.Fatalf("read a frame: %v", err)
	}
	return f
}

// answer returns the next frame that is no ping; pings come at any time, and
// are answered.
func (c *client) answer() ws.Frame {
	c.t.Helper()
	for {
		f := c.frame()
		if f.Header.OpCode != ws.OpPing {
			return f
		}
		c.send(ws.OpPong, string(f.Payload))
	}
}

// text returns the next text message.
func (c *client) text() string {
	c.t.Helper()
	f := c.answer()
	if f.Header.OpCode != ws.OpText {
		c.t.Fatalf("frame %v %q, want text", f.Header.OpCode, f.Payload)
	}
	return string(f.Payload)
}

// expect reads text messages and compares them.
func (c *client) expect(want ...string) {
	c.t.Helper()
	for i, w := range want {
		if got := c.text(); got != w {
			c.t.Fatalf("message %d is %q, want %q", i, got, w)
		}
	}
}

// expectClose reads up to a Close frame and returns its reason.
func (c *client) expectClose(code ws.StatusCode) string {
	c.t.Helper()
	for {
		f := c.frame()
		if f.Header.OpCode != ws.OpClose {
			continue
		}
		got, reason := ws.ParseCloseFrameData(f.Payload)
		if got != code {
			c.t.Fatalf("close %d %q, want %d", got, reason, code)
		}
		return reason
	}
}

func (c *client) send(op ws.OpCode, payload string) {
	c.t.Helper()
	if err := ws.WriteFrame(c.Conn, ws.MaskFrame(ws.NewFrame(op, true, []byte(payload)))); err != nil {
		c.t.Fatalf("write a frame: %v", err)
	}
}

// settle waits until the server has done what came before: it answers a ping.
func (c *client) settle() {
	c.t.Helper()
	c.send(ws.OpPing, "settle")
	for {
		if f := c.frame(); f.Header.OpCode == ws.OpPong && string(f.Payload) == "settle" {
			return
		}
	}
}

func numbered(from, to int) []string {
	var lines []string
	for i := from; i < to; i++ {
		lines = append(lines, fmt.Sprintf("line %d %s", i, strings.Repeat("x", i%100)))
	}
	return lines
}

// readFrame reads a frame of a server, whose length is trusted.
func readFrame(r io.Reader) (ws.Frame, error) {
	h, err := ws.ReadHeader(r)
	if err != nil {
		return ws.Frame{}, err
	}
	f := ws.Frame{Header: h, Payload: make([]byte, h.Length)}
	_, err = io.ReadFull(r, f.Payload)
	return f, err
}
