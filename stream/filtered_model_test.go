package stream

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// script is what happens to a stream in the model: lines in the order in which
// they are read, over several generations of which the older one goes on for a
// while beside the newer.
type script struct {
	steps []step
}

type step struct {
	gen     line.Generation
	lines   []string
	rotates bool // before the lines
	drained line.Generation
}

func newScript(random *rand.Rand, generations, size int) *script {
	s := new(script)
	n := 0
	text := func(gen int) string {
		n++
		level := []string{"INFO", "ERROR", "DEBUG", " at", " at", "none"}[random.IntN(6)]
		word := []string{"red", "blue", "Green", "grey"}[random.IntN(4)]
		return fmt.Sprintf("%s %s g%d n%d %s", level, word, gen, n, strings.Repeat("x", random.IntN(300)))
	}
	some := func(gen int) (lines []string) {
		for range 1 + random.IntN(150) {
			lines = append(lines, text(gen))
		}
		return lines
	}
	for g := 1; g <= generations; g++ {
		for written := 0; written < size; {
			b := step{gen: line.Generation(g), lines: some(g), rotates: written == 0 && g > 1}
			for _, l := range b.lines {
				written += len(l) + 1
			}
			s.steps = append(s.steps, b)
			if g > 1 && written < size/4 { // late lines of the one before
				s.steps = append(s.steps, step{gen: line.Generation(g - 1), lines: some(g - 1)})
			} else if g > 1 && s.steps[len(s.steps)-1].drained == 0 {
				s.steps[len(s.steps)-1].drained = line.Generation(g - 1)
			}
		}
	}
	return s
}

// chosen is the naive twin of a filter: the lines that it chooses in each
// generation.
func (s *script) chosen(f Filter) map[string][]string {
	files := map[line.Generation][]string{}
	for _, b := range s.steps {
		files[b.gen] = append(files[b.gen], b.lines...)
	}
	chosen := map[string][]string{}
	for gen, lines := range files {
		level, off, at := line.None, 0, 0
		for _, text := range lines {
			if own := (testMarks{}).Level([]byte(text)); own != line.None {
				level, at = own, off
			} else if off-at > reach {
				level = line.None
			}
			off += len(text) + 1
			passes := level == line.None || level >= f.Level
			for _, pattern := range f.Grep {
				passes = passes && compiled(pattern).MatchString(text)
			}
			for _, pattern := range f.Not {
				passes = passes && !compiled(pattern).MatchString(text)
			}
			if passes {
				key := fmt.Sprintf("g%d", gen)
				chosen[key] = append(chosen[key], text)
			}
		}
	}
	return chosen
}

var compiled = func() func(string) *regexp.Regexp {
	known := map[string]*regexp.Regexp{}
	return func(pattern string) *regexp.Regexp {
		if known[pattern] == nil {
			known[pattern] = regexp.MustCompile(pattern)
		}
		return known[pattern]
	}
}()

// play delivers the script to a stream.
func (s *script) play(w *world, name string, sink line.Sink) {
	ends := map[line.Generation]int64{}
	for _, b := range s.steps {
		if b.rotates {
			if h := w.past[name]; h != nil {
				h.write(b.gen, nil) // the file is there before anybody hears of it
			}
			sink.Notice(line.Notice{Event: line.Rotated, Condition: line.Live, Pos: line.Position{Gen: b.gen}})
		}
		batch := &line.Batch{Pos: line.Position{Gen: b.gen, Off: ends[b.gen]}}
		for _, l := range b.lines {
			batch.Data = append(append(batch.Data, l...), '\n')
			batch.Ends = append(batch.Ends, uint32(len(batch.Data)))
		}
		ends[b.gen] += int64(len(batch.Data))
		if h := w.past[name]; h != nil {
			h.write(b.gen, batch.Data)
		}
		sink.Append(batch)
		if b.drained != 0 {
			sink.Notice(line.Notice{Event: line.Drained, Pos: line.Position{Gen: b.drained, Off: ends[b.drained]}})
		}
	}
}

// TestFilteredViewersSeeWhatATwinChooses lets viewers with filters come, lag,
// stop reading and come back by cursor while files are written and rotated, and
// compares what each of them sees with what a naive filter chooses: each line
// once, in the order of its file.
func TestFilteredViewersSeeWhatATwinChooses(t *testing.T) {
	filters := []Filter{
		{},
		{Grep: []string{"red"}},
		{Grep: []string{"(?i)GREEN"}, Not: []string{"^INFO"}},
		{Level: line.Error},
		{Level: line.Info, Grep: []string{"red|blue", `n\d*7 `}},
		{Not: []string{"xxx"}},
		{Grep: []string{`n\d*999 `}},
	}
	s := newScript(rand.New(rand.NewPCG(3, 4)), 3, 768<<10)
	wanted := make([]map[string][]string, len(filters))
	for i, f := range filters {
		wanted[i] = s.chosen(f)
	}
	for path := range paths {
		w := newLittleWorld(t, Config{Loops: 2, MaxFilters: 100}, 256<<10, path)
		sink := w.openFile("a")
		w.open("quiet")
		began, over := make(chan struct{}), make(chan struct{})
		var ready, viewers sync.WaitGroup
		for i := range 2 * len(filters) {
			m := &filteredViewer{w: w, random: rand.New(rand.NewPCG(5, uint64(i))), filter: filters[i%len(filters)], kind: i % 3}
			m.want = maps.Clone(wanted[i%len(filters)])
			for _, lines := range m.want {
				m.left += len(lines)
			}
			m.over = over
			ready.Add(1)
			viewers.Go(func() {
				if err := m.watch(func() { ready.Done(); <-began }); err != nil {
					t.Errorf("viewer %d, %+v: %v", i, m.filter, err)
				}
			})
		}
		ready.Wait()
		close(began)
		s.play(w, "a", sink)
		close(over)
		viewers.Wait()
		if n := w.server.Stats().Demoted; n == 0 {
			t.Errorf("%s: nobody fell behind", paths[path].name)
		}
	}
}

// filteredViewer checks what one client sees across its connections.
type filteredViewer struct {
	w      *world
	random *rand.Rand
	filter Filter
	kind   int // plain, plain of two streams, or batches
	want   map[string][]string
	left   int
	over   chan struct{} // closed when everything was written
}

func (m *filteredViewer) watch(ready func()) error {
	cursor, first := "", true
	for m.left > 0 || first {
		c, err := m.connect(cursor)
		if err != nil {
			return err
		}
		if first {
			ready()
			first = false
			c.SetDeadline(time.Now().Add(patience))
		}
		cursor, err = m.read(c, cursor)
		c.Close()
		if err != nil {
			return err
		}
	}
	c, err := m.connect(cursor) // nothing is left
	if err != nil {
		return err
	}
	defer c.Close()
	if m.kind == 2 {
		for {
			if r := c.message(); r.N > 0 {
				return fmt.Errorf("then %q", r.lines)
			} else if r.Notice != nil {
				return nil
			}
		}
	}
	c.silent()
	return nil
}

func (m *filteredViewer) connect(cursor string) (*client, error) {
	model := modelViewer{w: m.w, random: m.random}
	start := "&n=all"
	if cursor != "" {
		start = "&from=" + cursor
	}
	var c *client
	var err error
	switch m.kind {
	case 0:
		c, err = model.dial("stream=a" + start + asQuery(m.filter))
	case 1:
		c, err = model.dial("stream=a&stream=quiet" + start + asQuery(m.filter))
	default:
		if c, err = model.dial("", wire.Subprotocol); err == nil {
			begin := `"n":"all"`
			if cursor != "" {
				begin = fmt.Sprintf(`"from":%q`, cursor)
			}
			c.subscribe(`"id":1,"stream":"a",%s,%s`, begin, asFields(m.filter))
		}
	}
	if err == nil {
		c.Conn.(bufferedConn).Conn.(*net.TCPConn).SetReadBuffer(32 << 10)
	}
	return c, err
}

// read takes a random number of lines and returns the cursor behind them.
func (m *filteredViewer) read(c *client, cursor string) (string, error) {
	budget := 1 + m.random.IntN(2000)
	for m.left > 0 {
		if m.random.IntN(1500) == 0 {
			<-m.over // a viewer that does not read for a while
			c.SetDeadline(time.Now().Add(patience))
		}
		f, err := c.read()
		if err != nil {
			return "", err
		}
		switch f.Header.OpCode {
		case ws.OpClose:
			code, reason := ws.ParseCloseFrameData(f.Payload)
			if code != wire.CloseEnd {
				return "", fmt.Errorf("close %d %q", code, reason)
			}
			return strings.TrimPrefix(reason, "from="), nil
		case ws.OpText:
			lines := []string{strings.TrimPrefix(string(f.Payload), "a\t")}
			if m.kind == 2 {
				r := parseReceived(c.t, string(f.Payload))
				if r.Gap != nil || r.Error != nil {
					return "", fmt.Errorf("%s", f.Payload)
				}
				if lines = r.lines; r.To != "" {
					cursor = r.To
				}
			}
			for _, text := range lines {
				if err := m.take(text); err != nil {
					return "", err
				}
			}
			if budget -= len(lines); budget > 0 {
				break
			}
			if m.kind == 2 {
				return cursor, nil
			}
			if budget+len(lines) > 0 {
				c.send(ws.OpText, "quit")
			}
		}
	}
	if m.kind == 2 {
		return cursor, nil
	}
	c.send(ws.OpText, "quit")
	return strings.TrimPrefix(c.expectClose(wire.CloseEnd), "from="), nil
}

// take compares a line with the next one of its generation.
func (m *filteredViewer) take(text string) error {
	words := strings.Fields(text)
	i := slices.IndexFunc(words, func(word string) bool { return word[0] == 'g' && word != "grey" })
	if i < 0 {
		return fmt.Errorf("torn line %q", text)
	}
	lines := m.want[words[i]]
	if len(lines) == 0 || lines[0] != text {
		next := "no line"
		if len(lines) > 0 {
			next = lines[0]
		}
		return fmt.Errorf("%.60q, want %.60q", text, next)
	}
	m.want[words[i]] = lines[1:]
	m.left--
	return nil
}
