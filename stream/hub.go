package stream

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// Hub holds the logs of all streams and the feeds that are made from them. It
// is the line.Registry of the sources. Its methods may be called from any
// goroutine.
type Hub struct {
	memory int64
	budget *budget

	mu    sync.RWMutex
	logs  map[string]*Log
	feeds map[string]*feed
}

// NewHub returns an empty hub. Of the configuration it uses Memory and
// TotalMemory.
func NewHub(c Config) *Hub {
	c = c.withDefaults()
	return &Hub{
		memory: c.Memory,
		budget: newBudget(c.TotalMemory),
		logs:   make(map[string]*Log),
		feeds:  make(map[string]*feed),
	}
}

// Open makes a stream known under a name and returns its log.
func (h *Hub) Open(name string, origin line.Origin) (line.Sink, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if known := h.logs[name]; known != nil {
		return nil, fmt.Errorf("two sources are named %q: %s and %s; name one of them otherwise with NAME=SOURCE",
			name, known.origin.Source, origin.Source)
	}
	l := newLog(name, origin, h.memory)
	h.budget.join(&l.ring)
	h.logs[name] = l
	return l, nil
}

// Remove takes a stream away. Its viewers get what they lack and are sent
// away.
func (h *Hub) Remove(name, reason string) {
	h.mu.Lock()
	l := h.logs[name]
	delete(h.logs, name)
	h.mu.Unlock()
	if l != nil {
		h.budget.leave(&l.ring)
		l.Notice(line.Notice{Event: line.Removed, Condition: line.Ended, Reason: reason})
	}
}

// Log returns the log of a stream.
func (h *Hub) Log(name string) (*Log, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	l, ok := h.logs[name]
	return l, ok
}

// Held returns how many bytes of memory hold the newest lines of all streams.
func (h *Hub) Held() int64 { return h.budget.held.Load() }

// Streams returns what there is to say about each stream, sorted by name.
func (h *Hub) Streams() []Info {
	h.mu.RLock()
	logs := make([]*Log, 0, len(h.logs))
	for _, l := range h.logs {
		logs = append(logs, l)
	}
	h.mu.RUnlock()
	slices.SortFunc(logs, func(a, b *Log) int { return strings.Compare(a.name, b.name) })
	infos := make([]Info, len(logs))
	for i, l := range logs {
		infos[i] = l.Info()
	}
	return infos
}

// batchFeed returns the feed of messages for a subscription id.
func (h *Hub) batchFeed(id int, logs []*Log) *feed {
	return h.feed("b"+strconv.Itoa(id), batches{id}, logs)
}

// prefixedFeed returns the feed of several logs as prefixed lines.
func (h *Hub) prefixedFeed(logs []*Log) *feed {
	return h.feed("p", prefixed{}, logs)
}

// documentFeed returns the feed of what was asked for over HTTP, or as records.
func (h *Hub) documentFeed(ask *Ask, wrap framing) *feed {
	enc := document{form: ask.Encoding, wrap: wrap, named: ask.Prefix}
	key := []byte{'d', byte('0' + ask.Encoding), byte('0' + wrap)}
	if ask.Prefix {
		key = append(key, 'p')
	}
	return h.feed(string(key), enc, ask.Streams)
}

// feed returns the feed of an encoding of some logs, which is made if nobody
// had it. Each call is followed by one of release.
func (h *Hub) feed(encoding string, enc encoder, logs []*Log) *feed {
	key := encoding
	for _, l := range logs {
		key += "\x00" + l.name
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[key]
	if f != nil && slices.Equal(f.logs, logs) {
		f.refs++
		return f
	}
	f = &feed{
		key: key, logs: logs, enc: enc, refs: 1,
		taken: make([]uint64, len(logs)),
		ends:  make([]wire.Place, len(logs)),
		over:  make([]bool, len(logs)),
	}
	f.ring.init(h.memory)
	if e, ok := enc.(document); ok {
		f.framing = e.wrap
	}
	h.budget.join(&f.ring)
	h.feeds[key] = f
	f.making.Lock() // an append that sees the feed waits until it is whole
	defer f.making.Unlock()
	for i, l := range logs {
		l.mu.Lock()
		f.taken[i], f.ends[i], f.over[i] = l.end, l.stop.place(), l.ended
		l.feeds = append(l.feeds[:len(l.feeds):len(l.feeds)], f)
		l.mu.Unlock()
	}
	f.ended = !slices.Contains(f.over, false)
	return f
}

// release gives a feed back.
func (h *Hub) release(f *feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.refs--; f.refs > 0 {
		return
	}
	if h.feeds[f.key] == f {
		delete(h.feeds, f.key)
	}
	h.budget.leave(&f.ring)
	for _, l := range f.logs {
		l.mu.Lock()
		l.feeds = slices.DeleteFunc(slices.Clone(l.feeds), func(other *feed) bool { return other == f })
		l.mu.Unlock()
	}
}
