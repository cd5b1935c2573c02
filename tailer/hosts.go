package tailer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote"
	"tailbeam/tailer/stamp"
)

// remoteConfig returns how other hosts are read.
func (t *Tailer) remoteConfig() remote.Config {
	stamps := stamp.Reader{Location: t.cfg.Location}
	return remote.Config{
		Dial: t.cfg.SSH.options(), MaxLine: t.cfg.MaxLine, Encoding: t.cfg.Encoding, Linger: t.cfg.Linger, Grace: t.cfg.Grace,
		Time: stamps.Time, Store: t.past, Logger: t.cfg.Logger,
	}
}

// host returns the host of a source.
func (t *Tailer) host(s Source) *remote.Host {
	if t.hosts == nil {
		t.hosts = remote.Open(t.remoteConfig())
	}
	return t.hosts.Host(s.Host)
}

// place is what a path of a source is known by.
func (s Source) place(path string) string {
	if s.remote() {
		return s.Host.String() + ":" + path
	}
	return path
}

// addRemote follows one file of another host. It does not wait for that.
func (t *Tailer) addRemote(s Source, path string, preload int64) error {
	return t.addOn(t.host(s), s, path, preload)
}

func (t *Tailer) addOn(host *remote.Host, s Source, path string, preload int64) error {
	name := s.streamName(path)
	st, err := t.reserve(name, s.place(path), s)
	if st == nil {
		return err
	}
	st.remote = host.Stream(path)
	sink, err := t.registry.Open(name, line.Origin{
		Source: s.Arg, Path: s.place(path), History: st.remote.History(), Marks: t.marksOf(""),
	})
	if err != nil {
		t.forget(st)
		return fmt.Errorf("stream %s: %w", name, err)
	}
	st.remote.Follow(sink, preload)
	return nil
}

// A seeker keeps the streams of a pattern of another host in step with what is
// there.
type seeker struct {
	t       *Tailer
	source  Source
	host    *remote.Host
	found   atomic.Bool
	preload int64
	spoken  map[string]struct{}
}

// seek looks for files of a pattern from now on.
func (t *Tailer) seek(s Source) {
	k := &seeker{t: t, source: s, host: t.host(s), preload: t.cfg.Preload, spoken: map[string]struct{}{}}
	t.seekers = append(t.seekers, k)
	k.host.Find(&remote.Find{Dir: s.Path, Pattern: s.Pattern, Found: k.consider})
}

// consider follows what was found and is no stream yet. What is there when the
// host is seen for the first time was there before.
func (k *seeker) consider(files disk.FS, paths []string) {
	slices.SortFunc(paths, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
	there := map[string]bool{}
	for _, path := range paths {
		there[path] = true
	}
	for _, path := range paths {
		known := func(base string) bool { return there[base] || k.t.knows(k.source.place(base)) }
		if k.t.follows(k.source.place(path)) || slices.ContainsFunc(bases(path), known) {
			continue
		}
		if isBinary(files, path) {
			k.speak(path, "not text, skipped; name it as a source of its own to follow it")
			continue
		}
		k.found.Store(true)
		if err := k.t.addOn(k.host, k.source, path, k.preload); err != nil {
			k.speak(path, err.Error())
		}
	}
	k.preload = local.Whole
	k.letGo()
}

// speak logs something about a path once.
func (k *seeker) speak(path, message string) {
	if _, spoken := k.spoken[path]; spoken || len(k.spoken) >= maxFormer {
		return
	}
	k.spoken[path] = struct{}{}
	k.t.cfg.Logger.Info("file not followed", "remote", k.source.Host.String(), "path", path, "source", k.source.Arg, "err", message)
}

// letGo ends the streams of files that have been gone for long.
func (k *seeker) letGo() {
	k.t.mu.Lock()
	var gone []*stream
	for _, st := range k.t.byPath {
		if st.remote == nil || st.arg != k.source.Arg {
			continue
		}
		if since := st.remote.Gone(); !since.IsZero() && time.Since(since) > k.t.cfg.Forget {
			gone = append(gone, st)
		}
	}
	k.t.mu.Unlock()
	for _, st := range gone {
		k.t.letGo(st, "the file has been gone for "+k.t.cfg.Forget.String())
		k.t.cfg.Logger.Info("file let go", "stream", st.name)
	}
}
