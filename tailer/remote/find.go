package remote

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
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

	looked time.Time
	took   time.Duration // the last time
	failed int           // how often, one after the other
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

// find looks for what is to be looked for. Who follows does not wait while whole
// trees are looked through: that takes the session for history.
func (h *Host) find(ctx context.Context, v *Visitor) {
	h.mu.Lock()
	finds := slices.Clone(h.finds)
	h.mu.Unlock()
	for _, f := range finds {
		by, pause := v, time.Duration(0)
		if f.deep() {
			by, pause = &Visitor{h.back}, seldom*max(h.hosts.cfg.Find, f.took)
		}
		if time.Since(f.looked) < pause || ctx.Err() != nil {
			continue
		}
		f.looked = time.Now()
		paths, err := by.List(f)
		f.took = time.Since(f.looked)
		if err != nil {
			if f.failed++; f.failed == manyFailures {
				h.hosts.cfg.Logger.Warn("files not found", "remote", h.name, "path", f.Dir+"/"+f.Pattern, "err", err)
			}
			continue
		}
		f.failed = 0
		f.Found(by, paths)
	}
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
func (v *Visitor) List(f *Find) (paths []string, err error) {
	var found []string
	if f.deep() {
		found, err = v.Find(f.Dir)
	} else {
		found, err = v.Match(path.Join(literal(f.Dir), ofShell(f.Pattern)))
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
