package stream

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// logged returns n lines of a stream that says something every so many seconds:
// most begin with their time, some are late, and some belong to the one before.
// The longest have so many bytes more than that.
func logged(random *rand.Rand, name string, n, every, longest int) []string {
	lines, now := make([]string, n), 0
	for i := range lines {
		now += random.IntN(2*every + 1)
		switch random.IntN(8) {
		case 0:
			lines[i] = fmt.Sprintf("at %s %d", name, i)
		case 1:
			lines[i] = fmt.Sprintf("%d %s %d, late", max(now-random.IntN(20), 0), name, i)
		default:
			lines[i] = fmt.Sprintf("%d %s %d %s", now, name, i, strings.Repeat("x", random.IntN(longest)))
		}
	}
	return lines
}

// mergedLines is the naive twin of a merge: of what comes next in each stream the
// earliest is taken, and the first of those of the same time.
func mergedLines(names []string, of map[string][]string) (all []string) {
	rest, times := map[string][]string{}, map[string]int{}
	timeOf := func(name string) {
		if t, ok := (testMarks{}).Time([]byte(rest[name][0])); ok {
			times[name] = int(t.Unix())
		}
	}
	for _, name := range names {
		times[name] = -1
		if rest[name] = of[name]; len(rest[name]) > 0 {
			timeOf(name)
		}
	}
	for {
		best := ""
		for _, name := range names {
			if len(rest[name]) > 0 && (best == "" || times[name] < times[best]) {
				best = name
			}
		}
		if best == "" {
			return all
		}
		all = append(all, best+"\t"+rest[best][0])
		if rest[best] = rest[best][1:]; len(rest[best]) > 0 {
			timeOf(best)
		}
	}
}

// transports are the ways to read several streams: each reads about so many
// lines and returns them behind the names of their streams, with the cursor to go
// on from after a break.
var transports = map[string]func(w *world, query string, most int) (lines []string, cursor string){
	"plain":             readPlain,
	"records on frames": readFrames,
	"records":           readBody,
	"events":            readEvents,
	"polls":             readPoll,
}

func readPlain(w *world, query string, most int) (lines []string, cursor string) {
	c := w.dial(query)
	defer c.Close()
	for {
		switch f := c.frame(); f.Header.OpCode {
		case ws.OpText:
			if lines = append(lines, string(f.Payload)); len(lines) == most {
				c.send(ws.OpText, "quit")
			}
		case ws.OpClose:
			_, reason := ws.ParseCloseFrameData(f.Payload)
			return lines, strings.TrimPrefix(reason, "from=")
		}
	}
}

func readFrames(w *world, query string, most int) ([]string, string) {
	c := w.dial(query + "&format=records")
	defer c.Close()
	return readRecords(c.text, most)
}

func readBody(w *world, query string, most int) ([]string, string) {
	r := w.tail(query + "&format=records")
	defer r.end()
	return readRecords(func() string {
		text, err := r.body.ReadString('\n')
		if err != nil {
			w.t.Fatal(err)
		}
		return text
	}, most)
}

func readRecords(next func() string, most int) (lines []string, cursor string) {
	for len(lines) < most {
		text := next()
		var r struct {
			Stream, Cursor string
			Line           *string
		}
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			panic(fmt.Sprintf("%q: %v", text, err))
		}
		if r.Cursor != "" {
			cursor = r.Cursor
		}
		if r.Line != nil {
			lines = append(lines, r.Stream+"\t"+*r.Line)
		}
	}
	return lines, cursor
}

func readEvents(w *world, query string, most int) (lines []string, cursor string) {
	r := w.tail(query + "&format=events")
	defer r.end()
	for kind := ""; len(lines) < most; {
		text, err := r.body.ReadString('\n')
		if err != nil {
			w.t.Fatal(err)
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(text, "\n"), ": ")
		switch field {
		case "":
			kind = ""
		case "event":
			kind = value
		case "id":
			cursor = value
		case "data":
			if kind == "" {
				lines = append(lines, value)
			}
		}
	}
	return lines, cursor
}

func readPoll(w *world, query string, most int) (lines []string, cursor string) {
	r := w.tail(query + "&wait=30s")
	defer r.end()
	text := r.rest()
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n"), r.Header.Get(wire.CursorHeader)
}

// subscribed returns the first lines of a subscription of tailbeam.v1 behind the
// names of their streams. Its cursors are those of each stream alone.
func (w *world) subscribed(query string, n int) (lines []string) {
	w.t.Helper()
	wish, err := url.ParseQuery(query)
	if err != nil {
		w.t.Fatal(err)
	}
	fields := map[string]any{"id": 1}
	for name, values := range wish {
		fields[name] = values
		if name == "n" || name == "since" {
			fields[name] = values[0]
		}
	}
	text, err := json.Marshal(map[string]any{"subscribe": fields})
	if err != nil {
		w.t.Fatal(err)
	}
	c := w.dial("", wire.Subprotocol)
	defer c.Close()
	c.send(ws.OpText, string(text))
	for len(lines) < n {
		m := c.message()
		if m.Error != nil || m.Gap != nil {
			w.t.Fatalf("%s: %+v", text, m)
		}
		for _, line := range m.lines {
			lines = append(lines, m.Stream+"\t"+line)
		}
	}
	return lines
}

func TestSeveralStreamsAreMergedByTime(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	names := []string{"busy", "calm", "odd", "pipe", "quiet"}
	of := map[string][]string{
		"busy": logged(random, "busy", 2500, 2, 400),
		"calm": logged(random, "calm", 1000, 30, 300),
		"pipe": logged(random, "pipe", 500, 70, 300),
	}
	for i := range 300 {
		of["odd"] = append(of["odd"], fmt.Sprintf("without a time %d", i))
	}
	streams := "stream=" + strings.Join(names, "&stream=")
	ways := map[string]func([]string) []string{
		"n=all":   func(lines []string) []string { return lines },
		"n=100":   func(lines []string) []string { return lines[max(len(lines)-100, 0):] },
		"n=0":     func([]string) []string { return nil },
		"since=7": func(lines []string) []string { return lines[7:] },
		"n=all&grep=x&not=late": func(lines []string) []string {
			return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !strings.Contains(l, "x") || strings.Contains(l, "late") })
		},
	}
	w := newWorld(t, Config{Memory: minMemory, MaxUnsent: 64 << 10, MaxFilters: 10, Moment: second}, paths[0].listen)
	for _, name := range names {
		if name == "pipe" {
			w.open(name)
		} else {
			w.openFile(name)
		}
		older := 0
		if name == "busy" { // half of it is in a file of which memory knows nothing
			older = len(of[name]) / 2
			w.past[name].write(5, []byte(strings.Join(of[name][:older], "\n")+"\n"))
		}
		for part := range slices.Chunk(of[name][older:], 100) {
			w.append(name, part...)
		}
	}
	for query, part := range ways {
		if strings.HasPrefix(query, "since") {
			streams = strings.Replace(streams, "&stream=pipe&stream=quiet", "", 1) // they know no times
		}
		chosen := map[string][]string{}
		for _, name := range names {
			if strings.Contains(streams, name) {
				all := of[name]
				if name == "busy" && strings.HasPrefix(query, "since") {
					all = all[len(all)/2:] // times are looked for in the newest file
				}
				chosen[name] = part(all)
			}
		}
		want := mergedLines(names, chosen)
		for name, read := range transports {
			begin := streams + "&" + query
			for i, at := 0, 0; at < len(want); i++ {
				lines, cursor := read(w, begin, 1+random.IntN(len(want)-at))
				for k, line := range lines {
					if at+k >= len(want) || line != want[at+k] {
						t.Fatalf("%s over %s, connection %d: line %d is %.80q", query, name, i, at+k, line)
					}
				}
				if at += len(lines); len(lines) == 0 {
					t.Fatalf("%s over %s, connection %d: nothing behind %d of %d lines, and %q", query, name, i, at, len(want), cursor)
				}
				begin = streams + "&from=" + url.QueryEscape(cursor) + strings.TrimPrefix(query, strings.SplitN(query, "&", 2)[0])
			}
		}
		text := w.tail(streams + "&follow=0&" + query).rest()
		if text != strings.Join(append(want, ""), "\n") {
			t.Errorf("%s as text to the end: %d bytes", query, len(text))
		}
		if got := w.subscribed(streams+"&"+query, len(want)); !slices.Equal(got, want) {
			t.Errorf("%s over tailbeam.v1: %d lines in another order", query, len(got))
		}
	}
}

// TestMergedStreamsGoOnLive lets viewers of several streams break off at random
// places while lines are appended at full speed, and come back: each gets every
// line of each stream once and in order.
func TestMergedStreamsGoOnLive(t *testing.T) {
	names := []string{"a", "b", "c"}
	w := newWorld(t, Config{Memory: minMemory, Loops: 2}, paths[0].listen)
	random := rand.New(rand.NewPCG(10, 11))
	const lines, before = 3000, 300
	of := map[string][]string{}
	for i, name := range names {
		w.openFile(name)
		of[name] = logged(random, name, lines, 2+5*i, 3000) // more than memory holds
		w.append(name, of[name][:before]...)
	}
	var viewers sync.WaitGroup
	for name, read := range transports {
		random := rand.New(rand.NewPCG(12, uint64(len(name))))
		viewers.Go(func() {
			seen, begin := map[string]int{}, "n=all&"
			for left := len(names) * lines; left > 0 && !t.Failed(); {
				got, cursor := read(w, begin+"stream="+strings.Join(names, "&stream="), 1+random.IntN(min(left, 2500)))
				for _, line := range got {
					from, text, _ := strings.Cut(line, "\t")
					if n := seen[from]; n >= lines || text != of[from][n] {
						t.Errorf("%s: line %d of %s is %.60q", name, n, from, text)
						return
					}
					seen[from]++
				}
				left -= len(got)
				begin = "from=" + cursor + "&"
			}
		})
	}
	for at := before; at < lines; at += 18 {
		for _, name := range names {
			w.append(name, of[name][at:at+18]...)
		}
	}
	viewers.Wait()
}
