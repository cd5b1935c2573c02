package remote

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tailbeam/tailer/backoff"
	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/notify"
	"tailbeam/tailer/remote/dial"
	"tailbeam/tailer/remote/shell"
	"tailbeam/tailer/remote/subsystem"
)

// A Host is a machine whose files are read.
type Host struct {
	hosts    *Hosts
	target   dial.Target
	name     string
	files    *shell.FS // to follow; waits for the host
	back     *shell.FS // to read history; does not wait
	lane     *lane
	aside    *aside
	follower *local.Follower
	working  sync.WaitGroup
	kick     chan struct{} // a file has changed
	done     chan struct{} // run has returned
	bare     atomic.Bool   // there is no shell, but SFTP
	mute     atomic.Bool   // what was started as a shell last has not answered
	finding  atomic.Bool   // files are looked for
	losses   atomic.Int64  // how often a session for history was lost, or could not be had
	memory   subsystem.Memory
	hangs    shell.Hangs
	doubted  atomic.Bool // a file hangs, and it is not known which
	checking atomic.Bool // it is asked whether what hangs still does

	mu      sync.Mutex
	streams map[string]*Stream
	finds   []*Find
	state   state
	up      bool // lane has a session
	client  *dial.Client
	spare   []*dial.Client // further connections, at most maxSpare
	spoken  string         // what was logged last
}

// maxSpare is how many connections there are to a host beside the first, where
// one does not take enough sessions.
const maxSpare = 3

func newHost(hs *Hosts, t dial.Target) *Host {
	h := &Host{
		hosts: hs, target: t, name: t.String(), lane: newLane(),
		kick: make(chan struct{}, 1), done: make(chan struct{}), streams: map[string]*Stream{},
	}
	h.state = state{line.Waiting, "connecting to " + h.name}
	h.aside = &aside{host: h}
	h.files = shell.NewFS(h.name, h.lane, &h.hangs)
	h.back = shell.NewFS(h.name, h.aside, &h.hangs)
	h.follower = local.New(local.Config{
		MaxLine: hs.cfg.MaxLine, Encoding: hs.cfg.Encoding, Linger: hs.cfg.Linger, Grace: hs.cfg.Grace,
		FS: h.files, Skew: h.files.Skew, Slack: slack, Links: noLinks, Readers: 2, Openers: 2, MaxOpen: 1 << 20, Logger: hs.cfg.Logger,
	})
	go h.run()
	return h
}

// noLinks says that nothing is known of symbolic links: those of this machine are
// not those of the host.
func noLinks(string) (hops []disk.Hop, end, missing string) { return nil, "", "" }

// slack is how well a host's clock is known, which may tell whole seconds, and
// how old a look may be that is used.
const slack = 12 * time.Second

func (h *Host) close() {
	h.mu.Lock()
	for _, st := range h.streams {
		st.relay.mute()
	}
	h.mu.Unlock()
	h.lane.close()
	<-h.done
	h.working.Wait()
	h.follower.Close()
}

// run keeps the host connected until the end.
func (h *Host) run() {
	defer close(h.done)
	ctx := h.hosts.ctx
	wait := backoff.Backoff{First: h.hosts.cfg.First, Most: h.hosts.cfg.Most, Settled: time.Second}
	for ctx.Err() == nil {
		var lasted time.Duration
		before := h.stamps()
		client, err := h.connect(ctx)
		if err == nil {
			began := time.Now()
			err = h.serve(ctx, client)
			lasted = time.Since(began)
			h.drop(client)
		}
		if ctx.Err() != nil {
			return
		}
		var refused *dial.Error
		if errors.As(err, &refused) && refused.Kind != dial.Unreachable {
			h.become(state{line.Failed, refused.Error()})
			h.standBy(ctx, refused.Kind, before)
			continue
		}
		h.countDown(ctx, wait.After(lasted), err)
	}
}

// connect makes a connection when it is its turn.
func (h *Host) connect(ctx context.Context) (*dial.Client, error) {
	select {
	case h.hosts.storm <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var once sync.Once
	release := func() { once.Do(func() { <-h.hosts.storm }) }
	defer release()
	slow := time.AfterFunc(turn, release)
	defer slow.Stop()
	return dial.Connect(ctx, h.target, h.hosts.cfg.Dial)
}

// turn is how long others wait for one that does not answer.
const turn = time.Second

// serve follows files over a connection until that is lost.
func (h *Host) serve(ctx context.Context, client *dial.Client) error {
	h.bare.Store(false)
	s, err := h.session(ctx, client, h.woken)
	if err != nil {
		return err
	}
	defer s.Close()
	defer client.Close() // or one that hangs has s wait for it
	if err := h.sift(ctx, s); err != nil {
		return err
	}
	h.files.Use(s)
	if _, err := h.files.Look(s); err != nil { // so that it is known what is there
		return h.silent(err)
	}
	h.mu.Lock()
	h.client = client
	h.mu.Unlock()
	h.lane.use(s)
	defer h.lane.use(nil)
	h.mu.Lock()
	h.up = true
	for path, st := range h.streams {
		switch {
		case st.known.Load() == nil:
			h.working.Go(st.begin)
		case h.hangs.Of(path) != nil: // nothing can be said of what happened to it
			st.known.Load().Wake(notify.Lost | notify.Written)
		default:
			st.known.Load().Wake(notify.Missed | notify.Written)
		}
	}
	h.mu.Unlock()
	h.become(h.live())
	err = h.silent(h.watch(ctx, s))
	h.losses.Add(1)
	h.mu.Lock()
	h.up = false
	h.mu.Unlock()
	return err
}

// live returns how the host is when it can be read.
func (h *Host) live() state {
	if !h.bare.Load() {
		return state{condition: line.Live}
	}
	return state{line.Live, fmt.Sprintf("over SFTP: looked at every %s to %s", h.hosts.cfg.Poll, slow*h.hosts.cfg.Poll)}
}

// woken is called when a file has changed.
func (h *Host) woken(path string) {
	if path != "" {
		h.tell(map[string]shell.Change{path: shell.Grown})
		return
	}
	select {
	case h.kick <- struct{}{}:
	default:
	}
}

// openAside starts a session beside the one that follows, on a connection that takes one.
func (h *Host) openAside() (*shell.Session, error) {
	h.mu.Lock()
	clients := append([]*dial.Client{h.client}, h.spare...)
	reason := h.state.reason
	h.mu.Unlock()
	if clients[0] == nil {
		return nil, &shell.Error{Words: h.name + " cannot be read now: " + reason}
	}
	ctx, cancel := context.WithCancel(h.hosts.ctx)
	defer cancel()
	h.working.Go(func() { // whoever waits for a connection beside a lost one keeps others from making that anew
		select {
		case <-clients[0].Lost():
			cancel()
		case <-ctx.Done():
		}
	})
	var err error
	for _, client := range clients {
		var s *shell.Session
		if s, err = h.session(ctx, client, func(string) {}); err == nil {
			return s, nil
		}
	}
	if len(clients) > maxSpare {
		return nil, err
	}
	client, err := h.connect(ctx)
	if err != nil {
		return nil, err
	}
	s, err := h.session(ctx, client, func(string) {})
	if err != nil {
		client.Close()
		return nil, err
	}
	h.mu.Lock()
	kept := h.client != nil
	if kept {
		h.spare = append(h.spare, client)
	}
	h.mu.Unlock()
	if !kept {
		client.Close()
	}
	return s, nil
}

// drop ends a connection and those beside it.
func (h *Host) drop(client *dial.Client) {
	h.mu.Lock()
	spare := h.spare
	h.client, h.spare = nil, nil
	h.mu.Unlock()
	client.Close()
	for _, c := range spare {
		c.Close()
	}
	h.aside.close()
}

// become tells the files how the host is.
func (h *Host) become(s state) {
	h.mu.Lock()
	h.state = s
	relays := make([]*relay, 0, len(h.streams))
	for _, st := range h.streams {
		relays = append(relays, st.relay)
	}
	finds := slices.Clone(h.finds)
	h.mu.Unlock()
	for _, r := range relays {
		r.host(s)
	}
	for _, f := range finds {
		f.Changed()
	}
	text := s.reason
	if s.condition == line.Live {
		h.speak("")
		h.hosts.cfg.Logger.Info("host connected", "remote", h.name)
	} else if s.condition == line.Failed {
		h.speak(text)
	}
}

// speak logs why a host is not read, once.
func (h *Host) speak(reason string) {
	h.mu.Lock()
	again := h.spoken == reason
	h.spoken = reason
	h.mu.Unlock()
	if !again && reason != "" {
		h.hosts.cfg.Logger.Warn("host not read", "remote", h.name, "err", reason)
	}
}

// countDown waits before the next try, and tells how long that will be.
func (h *Host) countDown(ctx context.Context, pause time.Duration, err error) {
	reason := "unreachable: " + err.Error()
	h.speak(reason)
	until := time.Now().Add(pause)
	for left := pause; left > 0 && ctx.Err() == nil; left = time.Until(until) {
		seconds := (left + time.Second - 1) / time.Second
		text := fmt.Sprintf("%s; next try in %d s", reason, seconds)
		if seconds <= 1 {
			text = reason + "; trying again"
		}
		h.become(state{line.Waiting, text})
		less := time.Duration(1)
		if seconds > 10 {
			less = 5 // each is a notice to all who view one of the files
		}
		if wait(ctx, left-(seconds-less)*time.Second) != nil {
			return
		}
	}
	h.become(state{line.Waiting, "connecting to " + h.name + " again: " + reason})
}

// standBy waits until one of the files is not as it was before that say how to
// connect, or, where nobody was let in, for long.
func (h *Host) standBy(ctx context.Context, kind dial.Kind, before string) {
	began := time.Now()
	for kind != dial.AuthFailed || time.Since(began) < h.hosts.cfg.Refused {
		if h.stamps() != before || wait(ctx, time.Second) != nil {
			return
		}
	}
}

// stamps returns when the files were changed last that say how to connect.
func (h *Host) stamps() string {
	text := ""
	for _, name := range dial.Files(h.target, h.hosts.cfg.Dial) {
		if info, err := os.Stat(name); err == nil {
			text += fmt.Sprintln(name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return text
}
