package disk

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxHops is how many symbolic links may lie on the way to a file, as in
// path_resolution(7).
const maxHops = 40

// Chain returns the names on which it depends where an absolute path leads, in
// the order in which they are met, each once: each symbolic link on the way, and
// last the file itself. Where something is missing on the way the chain ends with its
// name, and missing is the rest of the path behind it.
func Chain(path string) (chain []string, missing string) {
	hops, end, missing := Hops(path)
	for _, h := range hops {
		if !slices.Contains(chain, h.Link) {
			chain = append(chain, h.Link)
		}
	}
	if end != "" {
		chain = append(chain, end)
	}
	return chain, missing
}

// A Hop is a symbolic link on the way to a file.
type Hop struct {
	Link   string
	Target string // where it leads, absolute
	Rest   string // what follows of the path behind it, or empty
}

// Hops returns the symbolic links on the way of an absolute path, and the name
// that it ends with when they are followed. Where something is missing that is
// its name, and missing the rest of the path behind it. End is empty where the
// links lead in a circle.
func Hops(path string) (hops []Hop, end, missing string) {
	path = filepath.Clean(path)
	for range maxHops {
		w := walk(path)
		if w.target == "" {
			return hops, w.at, w.rest
		}
		if !filepath.IsAbs(w.target) {
			w.target = filepath.Join(filepath.Dir(w.at), w.target)
		}
		hops = append(hops, Hop{Link: w.at, Target: filepath.Clean(w.target), Rest: w.rest})
		path = filepath.Join(w.target, w.rest)
	}
	return hops, "", ""
}

// A way is how far a path leads without a symbolic link: to a link with a
// target, to a missing name, or to its end.
type way struct{ at, rest, target string }

func walk(path string) way {
	volume := filepath.VolumeName(path)
	separator := string(filepath.Separator)
	names := strings.Split(strings.TrimPrefix(path[len(volume):], separator), separator)
	at := volume
	for i, name := range names {
		at = path[:len(at)+len(separator)+len(name)]
		link, err := isLink(at)
		if err == nil && !link {
			continue
		}
		rest := filepath.Join(names[i+1:]...)
		if err != nil {
			return way{at: at, rest: rest}
		}
		target, err := os.Readlink(at)
		if err != nil || target == "" {
			return way{at: at, rest: rest}
		}
		return way{at, rest, target}
	}
	return way{at: at}
}

// Within reports whether path is dir or lies below it. Both are absolute and
// clean, and free of symbolic links.
func Within(dir, path string) bool {
	if dir == path {
		return true
	}
	if !strings.HasSuffix(dir, string(filepath.Separator)) {
		dir += string(filepath.Separator)
	}
	return strings.HasPrefix(path, dir)
}
