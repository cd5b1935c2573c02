package remote

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
	"tailbeam/tailer/remote/shell"
)

// A Find is a pattern of files that are looked for on a host.
type Find struct {
	// Dir is the directory that holds all that can be found, and Pattern what
	// is looked for below it.
	Dir, Pattern string
	// Found is called with the paths of all files that there are, each time
	// they were looked for. It must not wait for long, except by reading files.
	Found func(files disk.FS, paths []string)
	// Changed is called when the state of the host is another, and first by
	// Host.Find. It may not wait.
	Changed func()

	mu      sync.Mutex
	running bool
	looked  time.Time     // when that began last
	took    time.Duration // the last time
	failed  int           // how often, one after the other
	why     string        // it failed the last time
}

// Find looks for files from now on.
func (h *Host) Find(f *Find) {
	h.mu.Lock()
	h.finds = append(h.finds, f)
	h.mu.Unlock()
	f.Changed()
	h.woken("")
}

// State returns how the host is, and why where that is not Live.
func (h *Host) State() (line.Condition, string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state.condition, h.state.reason
}

// find looks for what is to be looked for. Who follows does not wait while much is
// looked through, or what hangs: that takes the session for history, or one of its
// own.
func (h *Host) find(ctx context.Context, v *Visitor) {
	h.mu.Lock()
	finds := slices.Clone(h.finds)
	h.mu.Unlock()
	for _, f := range finds {
		way, due := f.begin(h.hosts.cfg.Find)
		if !due || ctx.Err() != nil {
			continue
		}
		switch way {
		case quick:
			f.end(h, v, v.List)
		case calm:
			v := &Visitor{h.back}
			f.end(h, v, v.List)
		case alone:
			h.working.Go(func() { h.findAlone(f) })
		}
	}
}

// findAlone looks for files in a session of its own, where that may take minutes.
func (h *Host) findAlone(f *Find) {
	s, err := h.openAside()
	if err != nil {
		f.end(h, nil, func(*Find) ([]string, error) { return nil, err })
		return
	}
	stop := context.AfterFunc(h.hosts.ctx, s.End)
	defer stop()
	v := h.visitor(s)
	f.end(h, v, v.search)
	h.working.Go(s.Close) // which waits for one that hangs until the connection ends
}

// way is by which session files are looked for.
type way uint8

const (
	quick way = iota // the one that follows
	calm             // the one for history
	alone            // one of its own
)

const (
	// brief is how long it may take at the most to look for files where others
	// wait for that who follow, and tolerable where these read history.
	brief, tolerable = 500 * time.Millisecond, 2 * time.Second
	// rarest is how long it takes at the most until files are looked for again.
	rarest = 5 * time.Minute
)

// begin reports whether it is time to look for files, and how that is done.
func (f *Find) begin(often time.Duration) (way, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	by, pause := quick, min(seldom*f.took, rarest)
	if f.deep() {
		by, pause = calm, min(seldom*max(often, f.took), rarest)
	}
	if f.took > tolerable || by == quick && f.took > brief || f.looked.IsZero() && by == calm {
		by = alone
	}
	if f.running || time.Since(f.looked) < pause {
		return by, false
	}
	f.running, f.looked = true, time.Now()
	return by, true
}

// end lists the files, and tells of them.
func (f *Find) end(h *Host, v *Visitor, list func(*Find) ([]string, error)) {
	paths, err := list(f)
	f.mu.Lock()
	before := f.why
	f.running, f.took = false, time.Since(f.looked)
	if err == nil {
		f.failed, f.why = 0, ""
	} else if f.failed++; f.failed == manyFailures || f.took > tolerable {
		f.why = disk.Reason(err)
	}
	tell := f.failed == manyFailures || f.failed == 1 && f.why != ""
	changed := f.why != before
	f.mu.Unlock()
	switch {
	case err == nil:
		f.Found(v, paths)
	case tell:
		h.hosts.cfg.Logger.Warn("files not found", "remote", h.name, "path", f.Dir+"/"+f.Pattern, "err", err)
	}
	if changed {
		f.Changed()
	}
}

// Problem returns why files could not be looked for the last times, or nothing.
func (f *Find) Problem() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.why
}

// manyFailures is after how many failures in a row it is said that files cannot be
// looked for. As a rule the connection was lost, which is said anyway.
const manyFailures = 3

// deep reports whether the whole tree has to be looked through: files that match
// may lie in directories of different depths.
func (f *Find) deep() bool {
	depth := 0
	for i := 0; i < len(f.Pattern); i++ {
		switch f.Pattern[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			depth--
		case '/':
			if depth > 0 {
				return true
			}
		}
	}
	return strings.Contains(f.Pattern, "**")
}

// seldom is how many times less often whole trees are looked through.
const seldom = 5

// List returns the files that a pattern finds.
func (v *Visitor) List(f *Find) (paths []string, err error) { return f.list(v.Query) }

// search is List where that may take minutes.
func (v *Visitor) search(f *Find) ([]string, error) { return f.list(v.Search) }

func (f *Find) list(query func(q shell.Query, where, name string) ([]string, error)) (paths []string, err error) {
	var found []string
	if f.deep() {
		found, err = query(shell.Below, f.Dir, path.Base(ofShell(f.Pattern)))
	} else {
		found, err = query(shell.Match, path.Join(literal(f.Dir), ofShell(f.Pattern)), "")
	}
	if err != nil {
		return nil, err
	}
	for _, name := range found {
		if f.matches(name) {
			paths = append(paths, name)
		}
	}
	return paths, nil
}

// matches reports whether a path is one that is looked for. A name that begins
// with a dot is found only where the pattern says the dot.
func (f *Find) matches(name string) bool {
	rest, ok := strings.CutPrefix(name, strings.TrimSuffix(f.Dir, "/")+"/")
	if !ok {
		return false
	}
	if ok, err := doublestar.Match(f.Pattern, rest); err != nil || !ok {
		return false
	}
	for _, part := range strings.Split(rest, "/") {
		if strings.HasPrefix(part, ".") && !strings.Contains("/"+f.Pattern, "/.") {
			return false
		}
	}
	return true
}

// literal returns a pattern of the shell that stands for a path, and for more:
// what a backslash means in a pattern differs from shell to shell.
func literal(path string) string {
	return strings.NewReplacer(`\`, `?`, `*`, `?`, `[`, `?`).Replace(path)
}

// ofShell returns a pattern of the shell that finds all that another finds, and
// more: alternatives are none of its.
func ofShell(pattern string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			i++
			if depth == 0 {
				b.WriteString(literal(pattern[i : i+1]))
			}
		case c == '{':
			if depth == 0 {
				b.WriteByte('*')
			}
			depth++
		case c == '}' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}
