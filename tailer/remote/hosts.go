package remote

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/history"
	"tailbeam/tailer/remote/dial"
)

// Config says how hosts are read. Zero values are replaced by the defaults.
type Config struct {
	Dial dial.Options
	// As in local.Config and history.Options.
	MaxLine       int
	Encoding      charset.Encoding
	Linger, Grace time.Duration
	Time          func(text []byte, ref time.Time) (time.Time, bool)
	Store         *history.Store
	Logger        *slog.Logger // default none

	// Busy is how often files are looked at that have just changed, Poll that
	// have not where the host cannot say when one does, and Sweep otherwise.
	// Defaults 20ms, 250ms and 2s.
	Busy, Poll, Sweep time.Duration
	Find              time.Duration // how often patterns are matched; default 1s
	// First and Most bound the wait before a host is connected to again;
	// defaults 250ms and 30s. Refused is the wait after nobody was let in;
	// default 10m.
	First, Most, Refused time.Duration
	// Start is how long what reads files over there may take until it answers;
	// default 20s.
	Start time.Duration
	// Patience is for how long nothing may come of an answer until the session
	// is given up; default 30s.
	Patience time.Duration
	// Hang is how long a file may take to answer that may hang; default 10s.
	Hang time.Duration
	// Storm is how many connections are made at a time; default 16.
	Storm int
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{
		{&c.Busy, 20 * time.Millisecond},
		{&c.Poll, 250 * time.Millisecond},
		{&c.Sweep, 2 * time.Second},
		{&c.Find, time.Second},
		{&c.First, 250 * time.Millisecond},
		{&c.Most, 30 * time.Second},
		{&c.Refused, 10 * time.Minute},
		{&c.Start, 20 * time.Second},
		{&c.Hang, 10 * time.Second},
	} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	if c.Storm < 1 {
		c.Storm = 16
	}
	if c.Store == nil {
		c.Store = history.NewStore(history.StoreOptions{})
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	c.Dial.Logger = c.Logger
	return c
}

// Hosts are all that are read.
type Hosts struct {
	cfg    Config
	storm  chan struct{} // a token for each connection that is being made
	ctx    context.Context
	cancel context.CancelFunc

	mu    sync.Mutex
	hosts map[string]*Host
}

// Open returns no host yet.
func Open(cfg Config) *Hosts {
	h := &Hosts{cfg: cfg.withDefaults(), hosts: map[string]*Host{}}
	h.storm = make(chan struct{}, h.cfg.Storm)
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

// Host returns a host, to which a connection is made from now on. Hosts that
// are written in the same way are the same.
func (hs *Hosts) Host(t dial.Target) *Host {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	name := t.String()
	if hs.hosts[name] == nil {
		hs.hosts[name] = newHost(hs, t)
	}
	return hs.hosts[name]
}

// Close stops everything and waits for every goroutine. No other method may be
// called from then on.
func (hs *Hosts) Close() {
	hs.cancel()
	hs.mu.Lock()
	defer hs.mu.Unlock()
	var closing sync.WaitGroup
	for _, h := range hs.hosts {
		closing.Go(h.close)
	}
	hs.hosts = nil
	closing.Wait()
}
