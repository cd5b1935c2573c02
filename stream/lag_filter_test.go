package stream

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// skimmer holds what a viewer with a filter and lag=skip gets of a stream
// against all of its lines: what is chosen comes once and in order unless it
// lies in a gap, and a gap says how many lines and bytes it has.
type skimmer struct {
	c      *client
	seal   wire.Seal
	starts []int64        // of all lines, and the end
	chosen func(int) bool // by index
	next   int            // line
	gaps   int

	uncounted bool // gaps need not say how many lines they have
}

// skim takes messages until the viewer stands behind all lines.
func (s *skimmer) skim(texts []string) {
	t := s.c.t
	t.Helper()
	for s.next < len(texts) {
		m := s.c.message()
		if m.Notice != nil || m.Error != nil {
			t.Fatalf("%+v behind %d lines", m, s.next)
		}
		if m.Gap != nil {
			from, to := s.index(m.Gap.From), s.index(m.Gap.To)
			s.pass(from)
			if m.Gap.To != m.To || to <= from {
				t.Fatalf("%+v to %s, from line %d to %d", m.Gap, m.To, from, to)
			}
			if m.Gap.Bytes == nil || *m.Gap.Bytes != s.starts[to]-s.starts[from] || m.Gap.Lines != to-from && !s.uncounted {
				t.Errorf("%+v, but it is %d lines of %d bytes", m.Gap, to-from, s.starts[to]-s.starts[from])
			}
			s.next = to
			s.gaps++
		}
		for i, text := range m.lines {
			at := s.index(fmt.Sprintf("%s.%d", m.Base, m.Off[i]))
			s.pass(at)
			if text != texts[at] || !s.chosen(at) {
				t.Fatalf("line %d is %.40q", at, text)
			}
			s.next++
		}
		s.pass(s.index(m.To))
	}
}

// pass goes over lines that are not chosen.
func (s *skimmer) pass(to int) {
	s.c.t.Helper()
	for ; s.next < to; s.next++ {
		if s.chosen(s.next) {
			s.c.t.Fatalf("line %d does not come", s.next)
		}
	}
	if s.next > to {
		s.c.t.Fatalf("line %d comes behind %d", to, s.next)
	}
}

// index returns the line at which a cursor stands.
func (s *skimmer) index(cursor string) int {
	s.c.t.Helper()
	places, err := wire.ParseCursors(cursor, []wire.Seal{s.seal})
	if err != nil {
		s.c.t.Fatalf("%q: %v", cursor, err)
	}
	for i, start := range s.starts {
		if start == places[0].Last().Off {
			return i
		}
	}
	s.c.t.Fatalf("%q is no beginning of a line", cursor)
	return 0
}

func newSkimmer(c *client, stream string, texts []string, chosen func(int) bool) *skimmer {
	s := &skimmer{c: c, seal: wire.SealOf(stream), starts: []int64{0}, chosen: chosen}
	for i, text := range texts {
		s.starts = append(s.starts, s.starts[i]+int64(len(text))+1)
	}
	return s
}

func TestLagSkipOfAFilterIsToldExactly(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		c := w.dial("", wire.Subprotocol)
		c.slowly()
		c.subscribe(`"id":1,"stream":"a","n":0,"lag":"skip","grep":"^line \\d*[02468] "`)
		c.live()
		all := filling(0, w.fill("a", 0, 24<<20))
		w.append("a", "line 0 behind")
		all = append(all, "line 0 behind")
		s := newSkimmer(c, "a", all, func(i int) bool { return i%2 == 0 || i == len(all)-1 })
		s.skim(all)
		if s.gaps == 0 {
			t.Error("nothing was skipped")
		}
	})
}

// TestLagSkipOfAFilterThatIsBrokenOff has a filter fall behind memory, whose
// viewer reads along: what it is not sent is told. How many lines it was, nobody
// knows: memory dropped them before they were looked at.
func TestLagSkipOfAFilterThatIsBrokenOff(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		marks := new(gatedMarks)
		w.past["a"] = new(memoryHistory)
		if _, err := w.hub.Open("a", line.Origin{Source: "a", History: w.past["a"], Marks: marks}); err != nil {
			t.Fatal(err)
		}
		c := w.dial("", wire.Subprotocol)
		c.Conn.(bufferedConn).Conn.(*net.TCPConn).SetReadBuffer(1 << 20)
		c.subscribe(`"id":1,"stream":"a","n":0,"lag":"skip","level":"warn"`)
		c.live()
		all := []string{"warn first"}
		w.append("a", all...)
		s := newSkimmer(c, "a", all, func(i int) bool { return strings.HasPrefix(all[i], "warn") })
		s.skim(all)
		gate := make(chan struct{})
		marks.gate.Store(&gate)
		for i := range 3 * minMemory >> 20 {
			var lines []string
			for j := range 100 {
				word := "info"
				if j%10 == 0 {
					word = "warn"
				}
				lines = append(lines, fmt.Sprintf("%s %d %d %s", word, i, j, strings.Repeat("x", 10<<10)))
			}
			w.append("a", lines...)
			all = append(all, lines...)
		}
		close(gate)
		w.append("a", "warn last")
		all = append(all, "warn last")
		next := s.next
		s = newSkimmer(c, "a", all, s.chosen)
		s.next, s.uncounted = next, true
		s.skim(all)
		if s.gaps == 0 {
			t.Error("nothing was skipped")
		}
	})
}
