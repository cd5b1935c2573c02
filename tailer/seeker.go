package tailer

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote"
)

// A seeker keeps the streams of a pattern of another host in step with what is
// there.
type seeker struct {
	t       *Tailer
	source  Source
	host    *remote.Host
	find    *remote.Find
	found   atomic.Bool
	preload int64
	spoken  map[string]struct{}

	mu       sync.Mutex
	standIn  line.Sink // of the stream that tells how the host is, or nil
	standing string    // its name
}

// seek looks for files of a pattern from now on.
func (t *Tailer) seek(s Source) {
	k := &seeker{t: t, source: s, host: t.host(s), preload: t.cfg.Preload, spoken: map[string]struct{}{}}
	t.seekers = append(t.seekers, k)
	k.find = &remote.Find{Dir: s.Path, Pattern: s.Pattern, Found: k.consider, Changed: k.changed}
	k.host.Find(k.find)
}

// changed tells how the host is. While it, or the directory, cannot be read and no
// file of the pattern is known, a stream with the pattern for a name does.
func (k *seeker) changed() {
	k.mu.Lock()
	defer k.mu.Unlock()
	condition, reason := k.host.State()
	if problem := k.find.Problem(); condition == line.Live && problem != "" {
		condition, reason = line.Waiting, "its files cannot be looked for: "+problem
	}
	if condition == line.Live || k.has() {
		if k.standIn != nil {
			k.standIn = nil
			k.t.registry.Remove(k.standing, "the host is there: its files are streams of their own")
		}
		return
	}
	if k.standIn == nil {
		path := strings.TrimSuffix(k.source.Path, "/") + "/" + k.source.Pattern
		k.standing = k.source.streamName(path)
		sink, err := k.t.registry.Open(k.standing, line.Origin{Source: k.source.Arg, Path: k.source.place(path)})
		if err != nil {
			return // the same pattern was given twice
		}
		k.standIn = sink
	}
	k.standIn.Notice(line.Notice{Event: line.Changed, Condition: condition, Reason: reason})
}

func (k *seeker) hasStandIn() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.standIn != nil
}

// has reports whether a file of the pattern is followed.
func (k *seeker) has() bool {
	k.t.mu.Lock()
	defer k.t.mu.Unlock()
	for _, st := range k.t.byPath {
		if st.remote != nil && st.arg == k.source.Arg {
			return true
		}
	}
	return false
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
		if isBinary(files, path, k.t.cfg.Encoding) {
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
	if len(paths) == 0 && !k.found.Load() {
		if _, err := files.Names(k.source.Path, 1); err != nil {
			k.speak(k.source.Path, disk.Reason(err))
		}
	}
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
