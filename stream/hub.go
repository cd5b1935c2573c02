package stream

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// Hub holds the logs of all streams and the feeds that are made from them. It
// is the line.Registry of the sources. Its methods may be called from any
// goroutine.
type Hub struct {
	config Config
	budget *budget
	makers sync.WaitGroup // of filtered feeds and packed rings

	deflaters deflaters

	mu       sync.RWMutex
	logs     map[string]*Log
	feeds    map[string]*feed
	filtered int // feeds
}

// NewHub returns an empty hub. Of the configuration it uses Memory, TotalMemory,
// MaxLine, MaxFilters and AdvanceEvery.
func NewHub(c Config) *Hub {
	c = c.withDefaults()
	h := &Hub{
		config: c,
		budget: newBudget(c.TotalMemory),
		logs:   make(map[string]*Log),
		feeds:  make(map[string]*feed),
	}
	h.deflaters.max = int64(c.MaxCompressed)
	return h
}

// Open makes a stream known under a name and returns its log.
func (h *Hub) Open(name string, origin line.Origin) (line.Sink, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if known := h.logs[name]; known != nil {
		return nil, fmt.Errorf("two sources are named %q: %s and %s; name one of them otherwise with NAME=SOURCE",
			name, known.origin.Source, origin.Source)
	}
	l := newLog(name, origin, h.config.Memory)
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

// returning is how long after its last viewer left one may come back to a stream.
const returning = 10 * time.Minute

// Watched implements line.Audience.
func (h *Hub) Watched(name string) bool {
	l, ok := h.Log(name)
	return ok && (l.viewers.Load() > 0 || time.Since(time.Unix(l.left.Load(), 0)) < returning)
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
func (h *Hub) batchFeed(id int, logs []*Log, filter Filter) (*feed, *Refusal) {
	return h.feed("b"+strconv.Itoa(id), batches{id}, logs, filter)
}

// feedFor returns the feed that a viewer asks for, or none where that is a log
// as it stands, or where it subscribes by message.
func (h *Hub) feedFor(ask *Ask, wrap framing) (*feed, *Refusal) {
	switch {
	case ask.Encoding == Batches, ask.Encoding == Echo:
		return nil, nil
	case ask.Encoding >= Text:
		return h.documentFeed(ask, wrap)
	case ask.Prefix || len(ask.Streams) > 1:
		return h.feed("p", prefixed{}, ask.Streams, ask.Filter)
	case !ask.Filter.IsZero():
		return h.feed("s", single{}, ask.Streams, ask.Filter)
	}
	return nil, nil
}

// documentFeed returns the feed of what was asked for over HTTP, or as records.
func (h *Hub) documentFeed(ask *Ask, wrap framing) (*feed, *Refusal) {
	enc := document{form: ask.Encoding, wrap: wrap, named: ask.Prefix}
	key := []byte{'d', byte('0' + ask.Encoding), byte('0' + wrap)}
	if ask.Prefix {
		key = append(key, 'p')
	}
	return h.feed(string(key), enc, ask.Streams, ask.Filter)
}

// feed returns the feed of an encoding of the lines of some logs that a filter
// chooses, which is made if nobody had it. Each call that is not refused is
// followed by one of release. Without a filter none is refused.
func (h *Hub) feed(encoding string, enc encoder, logs []*Log, filter Filter) (*feed, *Refusal) {
	key := encoding + filter.key()
	for _, l := range logs {
		key += "\x00" + l.name
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[key]
	if f != nil && slices.Equal(f.logs, logs) {
		f.refs++
		return f, nil
	}
	f = &feed{
		key: key, logs: logs, enc: enc, refs: 1,
		taken: make([]uint64, len(logs)),
		over:  make([]bool, len(logs)),

		partials: make([]*partial, len(logs)),
	}
	f.ring.derive(h.config.Memory / 2) // beside what the logs hold
	f.ends = make([]wire.Place, len(logs))
	levels := false
	if e, ok := enc.(document); ok {
		f.framing, levels = e.wrap, e.form == Records
	}
	if !filter.IsZero() {
		if h.filtered >= h.config.MaxFilters {
			return nil, &Refusal{http.StatusServiceUnavailable, fmt.Sprintf(
				"%d filters are in use, which is the limit: use one that others use, leave out grep, not and level, or let the operator raise --max-filters", h.filtered)}
		}
		h.filtered++
	}
	if levels || !filter.IsZero() {
		f.sieve = &sieve{filter: filter, levels: levels}
		f.maker = newMaker(f, h.config.AdvanceEvery)
		f.derived.made = f.maker.made
	}
	h.budget.join(&f.ring)
	h.feeds[key] = f
	h.begin(f)
	return f, nil
}

// begin lets a feed take what its logs will hold from now on.
func (h *Hub) begin(f *feed) {
	f.making.Lock() // an append that sees the feed waits until it is whole
	defer f.making.Unlock()
	for i, l := range f.logs {
		l.mu.Lock()
		f.mu.Lock()
		f.taken[i], f.ends[i], f.over[i] = l.end, l.stop.place(), l.ended
		if f.maker == nil {
			f.partials[i] = l.partial
		} else if l.partial != nil {
			f.announced = append(f.announced, &announced{log: i, off: l.end, partial: l.partial})
		}
		f.mu.Unlock()
		l.feeds = append(l.feeds[:len(l.feeds):len(l.feeds)], f)
		l.mu.Unlock()
	}
	f.mu.Lock()
	f.ended = !slices.Contains(f.over, false)
	f.mu.Unlock()
	if f.maker != nil {
		ctx, cancel := context.WithCancel(context.Background())
		f.cancel = cancel
		h.makers.Go(func() { f.maker.run(ctx, h.config.MaxLine) })
	}
}

// release gives a feed back, if there is one.
func (h *Hub) release(f *feed) {
	if f == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.refs--; f.refs > 0 {
		return
	}
	if h.feeds[f.key] == f {
		delete(h.feeds, f.key)
	}
	if f.maker != nil {
		f.cancel()
		if !f.sieve.filter.IsZero() {
			h.filtered--
		}
	}
	h.budget.leave(&f.ring)
	for _, l := range f.logs {
		l.mu.Lock()
		l.feeds = slices.DeleteFunc(slices.Clone(l.feeds), func(other *feed) bool { return other == f })
		l.mu.Unlock()
	}
}
