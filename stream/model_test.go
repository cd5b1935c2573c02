package stream

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// TestRandomViewers lets many viewers come, lag, pause and go while lines are
// appended at full speed, and compares what each of them sees with what was
// written: from its first line on every line once and in order, across as many
// connections as it takes. Where the server says that lines are missing, and
// only there, it may go on later; a stream with a history never does, unless
// the viewer asked to skip.
func TestRandomViewers(t *testing.T) {
	t.Run("with history", func(t *testing.T) { randomViewers(t, (*world).openFile) })
	t.Run("without", func(t *testing.T) { randomViewers(t, (*world).open) })
}

func randomViewers(t *testing.T, open func(*world, string) line.Sink) {
	onEachPath(t, Config{Memory: minMemory, Loops: 3}, func(t *testing.T, w *world) { watchRandomly(t, w, open) })
}

func watchRandomly(t *testing.T, w *world, open func(*world, string) line.Sink) {
	const streams, lines = 3, lastLine
	names := make([]string, streams)
	for i := range names {
		names[i] = fmt.Sprintf("s%d", i)
		open(w, names[i])
		w.append(names[i], "0 first")
	}
	var viewers sync.WaitGroup
	for i := range 24 {
		viewers.Go(func() {
			lag := []string{"", "skip", "close"}[i/6%3]
			m := modelViewer{w: w, lag: lag, gap: lag == "skip" && i%2 == 0, random: rand.New(rand.NewPCG(1, uint64(i))), seen: map[string]int{}}
			if err := m.watch(names, i, lines); err != nil {
				t.Errorf("viewer %d: %v", i, err)
			}
		})
	}
	var writers sync.WaitGroup
	var offsets sync.Mutex // world.append is for one goroutine
	for i, name := range names {
		writers.Go(func() {
			random := rand.New(rand.NewPCG(2, uint64(i)))
			for n := 1; n <= lines; {
				var batch []string
				for range 1 + random.IntN(200) {
					batch = append(batch, fmt.Sprintf("%d %s", n, strings.Repeat("x", random.IntN(200))))
					n++
				}
				offsets.Lock()
				w.append(name, batch...)
				offsets.Unlock()
			}
		})
	}
	writers.Wait()
	gone := make(chan struct{})
	go func() {
		viewers.Wait()
		close(gone)
	}()
	for n := lines + 1000; ; n++ { // who skips may skip the first ones
		for _, name := range names {
			w.append(name, fmt.Sprintf("%d the end", n))
		}
		select {
		case <-gone:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// lastLine is the number of the last line before the end.
const lastLine = 6_000

// modelViewer checks what one client sees.
type modelViewer struct {
	w      *world
	random *rand.Rand
	seen   map[string]int // the newest number of each stream
	gap    bool           // lines may be missing next
	lag    string
	ended  int
}

// watch follows one stream or all, plain or in batches, until each has ended.
func (m *modelViewer) watch(names []string, i, lines int) error {
	if i%3 != 0 {
		names = names[i%len(names):][:1]
	}
	cursor := ""
	for m.ended < len(names) {
		var err error
		if i%2 == 0 {
			cursor, err = m.connectPlain(names, cursor)
		} else {
			cursor, err = m.connectBatches(names, cursor)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dial connects; one of three connections takes compressed messages.
func (m *modelViewer) dial(query string, protocols ...string) (*client, error) {
	d := ws.Dialer{Protocols: protocols, Timeout: patience}
	if m.random.IntN(3) == 0 {
		d.Extensions = append(d.Extensions, deflateOffer)
	}
	conn, br, _, err := d.Dial(context.Background(), "ws://"+m.w.addr+"/ws?"+query)
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Now().Add(patience))
	return &client{t: m.w.t, Conn: buffered(conn, br)}, nil
}

// connectPlain reads until the server closes, or for a random number of lines,
// and returns the cursor to go on from.
func (m *modelViewer) connectPlain(names []string, cursor string) (string, error) {
	query := "n=1&lag=" + m.lag + "&stream=" + strings.Join(names, "&stream=")
	if cursor != "" {
		query += "&from=" + cursor
	}
	c, err := m.dial(query)
	if err != nil {
		return "", err
	}
	defer c.Close()
	budget := 1 + m.random.IntN(lastLine)
	for {
		f, err := c.read()
		if err != nil {
			return "", err
		}
		switch f.Header.OpCode {
		case ws.OpText:
			name, text := names[0], string(f.Payload)
			if len(names) > 1 {
				name, text, _ = strings.Cut(text, "\t")
			}
			if err := m.take(name, text); err != nil {
				return "", err
			}
			if budget--; budget == 0 || m.ended == len(names) {
				ws.WriteFrame(c.Conn, ws.MaskFrame(ws.NewTextFrame([]byte("quit"))))
			} else if m.random.IntN(lastLine/2) == 0 {
				for _, word := range []string{"pause", "resume"} { // a closed connection tells when it is read
					ws.WriteFrame(c.Conn, ws.MaskFrame(ws.NewTextFrame([]byte(word))))
				}
			}
		case ws.OpClose:
			code, reason := ws.ParseCloseFrameData(f.Payload)
			m.gap = m.gap || code == wire.CloseGap && m.w.past[names[0]] == nil
			if code != wire.CloseGap && code != wire.CloseEnd && !m.lagged(code) {
				return "", fmt.Errorf("close %d %q", code, reason)
			}
			return strings.TrimPrefix(reason, "from="), nil
		}
	}
}

// lagged reports whether a viewer asked to be closed like this.
func (m *modelViewer) lagged(code ws.StatusCode) bool {
	return m.lag == "close" && code == wire.ClosePolicy
}

// connectBatches does the same over tailbeam.v1.
func (m *modelViewer) connectBatches(names []string, cursor string) (string, error) {
	c, err := m.dial("", wire.Subprotocol)
	if err != nil {
		return "", err
	}
	defer c.Close()
	cursors := strings.Split(cursor, "~")
	for id, name := range names {
		if cursor == "" || cursors[id] == "" {
			c.subscribe(`"id":%d,"stream":%q,"n":1,"lag":%q`, id, name, m.lag)
		} else {
			c.subscribe(`"id":%d,"stream":%q,"from":%q,"lag":%q`, id, name, cursors[id], m.lag)
		}
	}
	if cursor == "" {
		cursors = make([]string, len(names))
	}
	budget := 1 + m.random.IntN(lastLine)
	for {
		f, err := c.read()
		if err != nil {
			return "", err
		}
		if f.Header.OpCode == ws.OpClose {
			code, reason := ws.ParseCloseFrameData(f.Payload)
			m.gap = m.gap || code == wire.CloseGap && m.w.past[names[0]] == nil
			if code != wire.CloseGap && !m.lagged(code) {
				return "", fmt.Errorf("close %d %q", code, reason)
			}
			return strings.Join(cursors, "~"), nil
		}
		if f.Header.OpCode != ws.OpText {
			continue
		}
		r := parseReceived(c.t, string(f.Payload))
		m.gap = m.gap || r.Gap != nil && (m.lag == "skip" || m.w.past[names[0]] == nil)
		for _, text := range r.lines {
			if err := m.take(r.Stream, text); err != nil {
				return "", err
			}
		}
		if r.To != "" {
			cursors[*r.ID] = r.To
		}
		if budget -= r.N; budget <= 0 || m.ended == len(names) {
			return strings.Join(cursors, "~"), nil
		}
	}
}

// take compares a line with the one before it.
func (m *modelViewer) take(name, text string) error {
	number, _, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	if err != nil {
		return fmt.Errorf("torn line %q", text)
	}
	last, known := m.seen[name]
	if strings.HasSuffix(text, "the end") {
		if last < lastLine+1000 { // the first one
			m.ended++
		}
		m.seen[name] = n
		return nil
	}
	if known && (n <= last || n > last+1 && !m.gap) {
		return fmt.Errorf("%s: line %d after %d", name, n, last)
	}
	m.seen[name] = n
	return nil
}
