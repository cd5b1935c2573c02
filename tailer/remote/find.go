package remote

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"tailbeam/tailer/disk"
)

// A Find is a pattern of files that are looked for on a host.
type Find struct {
	// Dir is the directory that holds all that can be found, and Pattern what
	// is looked for below it.
	Dir, Pattern string
	// Found is called with the paths of all files that there are, each time
	// they were looked for. It must not wait for long, except by reading files.
	Found func(files disk.FS, paths []string)

	looked time.Time
}

// Find looks for files from now on.
func (h *Host) Find(f *Find) {
	h.mu.Lock()
	h.finds = append(h.finds, f)
	h.mu.Unlock()
	h.woken("")
}

// find looks for what is to be looked for.
func (h *Host) find(v *Visitor) {
	h.mu.Lock()
	finds := slices.Clone(h.finds)
	h.mu.Unlock()
	for _, f := range finds {
		pause := time.Duration(0)
		if strings.Contains(f.Pattern, "**") {
			pause = deep * h.hosts.cfg.Find
		}
		if time.Since(f.looked) < pause {
			continue
		}
		f.looked = time.Now()
		if paths, err := v.List(f); err == nil {
			f.Found(v, paths)
		}
	}
}

// deep is how many times less often whole trees are looked through.
const deep = 5

// List returns the files that a pattern finds.
func (v *Visitor) List(f *Find) (paths []string, err error) {
	var found []string
	if strings.Contains(f.Pattern, "**") {
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

// literal returns a pattern of the shell that stands for a path.
func literal(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
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
				b.WriteString(pattern[i-1 : i+1])
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
