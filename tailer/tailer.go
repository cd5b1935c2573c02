package tailer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/disk"
	"tailbeam/tailer/history"
	"tailbeam/tailer/journal"
	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/notify"
	"tailbeam/tailer/remote"
)

// Config says how sources are followed. Zero values are replaced by the
// defaults.
type Config struct {
	// Preload is how many bytes before its end a file is read from that is
	// there at the start, as long as that is not more than PreloadTotal for all
	// of them. Files that come later are read whole.
	Preload      int64
	PreloadTotal int64 // default 2 MiB
	MaxLine      int   // bytes of text in an entry; default 1 MiB
	// Encoding is how files are written that have no byte order mark; the
	// zero value is UTF-8.
	Encoding charset.Encoding
	Logger   *slog.Logger // default slog.Default
	Stdin    io.Reader    // default os.Stdin
	// OutsideLinks lets symbolic links found by a glob or in a directory lead
	// out of it.
	OutsideLinks bool
	// Spool is how many bytes are kept of each stream that has no file; 0 keeps
	// nothing beyond what the registry does.
	Spool int64
	// Location is the zone of stamps that name none; default time.Local.
	Location *time.Location

	// SSH says how other hosts are connected to.
	SSH SSH

	Forget time.Duration // how long a found file must be gone to be let go; default 10m
	// MaxGone is how many files of a source may be gone before those that were gone
	// for a sixtieth of that are let go, if nobody watches them; default 1,000.
	MaxGone int
	Find    time.Duration // how often directories are looked at that nothing wakes; default 100ms
	// As in local.Config.
	Linger, Grace, Poll, Sweep time.Duration
}

func (c Config) withDefaults() Config {
	if c.MaxLine == 0 {
		c.MaxLine = 1 << 20
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Stdin == nil {
		c.Stdin = os.Stdin
	}
	if c.Forget <= 0 {
		c.Forget = 10 * time.Minute
	}
	if c.MaxGone <= 0 {
		c.MaxGone = 1000
	}
	if c.PreloadTotal <= 0 {
		c.PreloadTotal = 2 << 20
	}
	if c.Find <= 0 {
		c.Find = 100 * time.Millisecond
	}
	if c.Location == nil {
		c.Location = time.Local
	}
	if c.Sweep <= 0 {
		c.Sweep = time.Second
	}
	return c
}

func (c Config) links() links {
	if c.OutsideLinks {
		return anywhere
	}
	return inside
}

// A Tailer follows sources until Close.
type Tailer struct {
	cfg      Config
	registry line.Registry
	notifier notify.Notifier
	follower *local.Follower
	past     *history.Store // gives back by itself what nobody reads
	archive  *history.Archive
	finders  []*finder
	pipes    []closer
	hosts    *remote.Hosts // nil where no source is on another host
	seekers  []*seeker

	preloaded atomic.Int64 // of PreloadTotal

	mu     sync.Mutex
	byName map[string]*stream
	byPath map[string]*stream
	former map[string]struct{} // paths of streams that were let go, at most maxFormer

	handovers []handover // guarded by mu
	handing   chan struct{}
	quit      chan struct{}
	handed    chan struct{} // closed when hand has returned
}

// Open follows sources and announces their streams to a registry. An error is
// one line for the operator; nothing is followed then. What is not there yet
// is no error: its stream waits, and Waiting tells of globs and directories
// without a file.
func Open(sources []Source, registry line.Registry, cfg Config) (*Tailer, error) {
	t := &Tailer{
		cfg:      cfg.withDefaults(),
		registry: registry,
		notifier: notify.Open(),
		past:     history.NewStore(history.StoreOptions{}),
		byName:   map[string]*stream{},
		byPath:   map[string]*stream{},
		former:   map[string]struct{}{},
		handing:  make(chan struct{}, 1),
		quit:     make(chan struct{}),
		handed:   make(chan struct{}),
	}
	t.archive = newArchive(t.cfg, t.past)
	sources = slices.Clone(sources)
	Number(sources)
	if err := check(sources); err != nil {
		return nil, err
	}
	t.follower = local.New(local.Config{
		MaxLine: t.cfg.MaxLine, Encoding: t.cfg.Encoding, Logger: t.cfg.Logger, Notifier: t.notifier,
		Linger: t.cfg.Linger, Grace: t.cfg.Grace, Poll: t.cfg.Poll, Sweep: t.cfg.Sweep,
	})
	go t.hand()
	if err := t.start(sources); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// check finds what is wrong with sources before anything is followed.
func check(sources []Source) error {
	if len(sources) == 0 {
		return errors.New("no source: " + supported)
	}
	stdin := 0
	for _, s := range sources {
		if s.Kind == Stdin {
			stdin++
		}
		if err := s.problem(); err != nil {
			return err
		}
	}
	if stdin > 1 {
		return errors.New("standard input can be read once: write - once")
	}
	return nil
}

// fileNames returns the names that the operator gave to files, by their paths. Two
// names for one file are an error.
func fileNames(sources []Source) (map[string]string, error) {
	names := map[string]string{}
	for _, s := range sources {
		if s.Name == "" || s.Kind != File {
			continue
		}
		if other := names[s.Path]; other != "" && other != s.Name {
			return nil, fmt.Errorf("%s has two names, %s and %s: give it one", s.Path, other, s.Name)
		}
		names[s.Path] = s.Name
	}
	return names, nil
}

// problem returns why a source cannot be followed, now or later.
func (s Source) problem() error {
	switch s.Kind {
	case Journal:
		return journal.Look(journal.Config{})
	case File:
		info, err := disk.System{}.Stat(s.Path)
		if err == nil && info.Kind == disk.Directory {
			return fmt.Errorf("%s is a directory: write %s/ to follow its files", s.Path, s.Arg)
		}
	case Glob, Directory:
		info, err := disk.System{}.Stat(s.Path)
		if err == nil && info.Kind != disk.Directory {
			return fmt.Errorf("%s is a file, not a directory: write it without the slash", s.Path)
		}
		if err == nil {
			_, err = disk.System{}.Names(s.Path, 1)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("directory %s: %s", s.Path, disk.Reason(err))
		}
	}
	return nil
}

// start follows what is named first, so that it goes before what is found.
func (t *Tailer) start(sources []Source) error {
	names, err := fileNames(sources)
	if err != nil {
		return err
	}
	for _, s := range sources {
		switch s.Kind {
		case File:
			if s.Name == "" && names[s.Path] != "" {
				continue
			}
			t.warnBinary(s.Path)
			if err := t.add(s, s.Path, t.cfg.Preload); err != nil {
				return err
			}
		case Stdin, Command, Journal:
			if err := t.openPipe(s); err != nil {
				return err
			}
		case Remote:
			if err := t.addRemote(s, s.Path, t.cfg.Preload); err != nil {
				return err
			}
		}
	}
	for _, s := range sources {
		if s.Kind == RemoteGlob {
			t.seek(s)
		}
		if s.Kind != Glob && s.Kind != Directory {
			continue
		}
		f := newFinder(t, s)
		t.finders = append(t.finders, f)
		if err := f.start(); err != nil {
			return err
		}
	}
	return nil
}

// add follows one file of a source. A path that is followed already stays the
// stream that it is.
func (t *Tailer) add(s Source, path string, preload int64) error {
	name := s.streamName(path)
	st, err := t.reserve(name, path, s)
	if st == nil {
		return err
	}
	root := ""
	if s.Kind != File && !t.cfg.OutsideLinks {
		root = s.Path
	}
	sink, err := t.registry.Open(name, line.Origin{
		Source: s.Arg, Path: path, History: t.historyOf(st, root), Marks: t.marksOf(path),
	})
	if err != nil {
		t.forget(st)
		return fmt.Errorf("stream %s: %w", name, err)
	}
	target := local.Target{Path: path, Root: root, Preload: t.afford(path, preload), Sink: sink, Before: t.before(st, root)}
	if s.Kind == File {
		st.ready = make(chan struct{})
		defer close(st.ready)
		target.Pipe = func() { t.handOver(handover{target, st}) }
	}
	followed := t.follower.Follow(target)
	st.known.Store(followed)
	t.mu.Lock()
	st.local = followed
	t.mu.Unlock()
	return nil
}

// afford returns preload as long as there is place for what a file has of that,
// and 0 when there is none.
func (t *Tailer) afford(path string, preload int64) int64 {
	if preload <= 0 {
		return preload
	}
	const least = 8 << 10 // that is held of a file, however small
	info, err := disk.System{}.Stat(path)
	if err != nil {
		return preload // it comes later, or not at all
	}
	if t.preloaded.Add(max(least, min(preload, info.Size))) > t.cfg.PreloadTotal {
		return 0
	}
	return preload
}

// Waiting returns the globs and directories that have found no file so far, but for
// those on hosts that cannot be read: streams of their own say why.
func (t *Tailer) Waiting() []Source {
	var waiting []Source
	for _, f := range t.finders {
		if !f.found.Load() {
			waiting = append(waiting, f.source)
		}
	}
	for _, k := range t.seekers {
		if !k.found.Load() && !k.hasStandIn() {
			waiting = append(waiting, k.source)
		}
	}
	return waiting
}

// Close stops following and waits for every goroutine. No sink is called when
// it has returned. What was kept of pipes can still be read, for as long as
// somebody holds their histories.
func (t *Tailer) Close() {
	for _, f := range t.finders {
		f.close()
	}
	close(t.quit)
	<-t.handed
	t.follower.Close()
	if t.hosts != nil {
		t.hosts.Close()
	}
	for _, p := range t.pipes {
		p.Close()
	}
	for _, st := range t.byPath {
		if st.fifo != nil {
			st.fifo.Close()
		}
	}
	t.notifier.Close()
}
