package tailer

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// StreamName returns the name of the stream of a file: its absolute path
// without the leading slash, with %XX for each byte that is not of printable
// UTF-8 and for %.
func StreamName(path string) string {
	return printable(strings.TrimPrefix(filepath.ToSlash(path), "/"))
}

// streamName is StreamName under the name that the operator gave: NAME for one
// file, NAME/rest for several.
func (s Source) streamName(path string) string {
	switch {
	case s.Kind == Stdin || s.Kind == Command || s.Kind == Journal:
		return s.pipeName()
	case s.Name == "" && s.remote():
		return printable(s.Host.String() + path)
	case s.Name == "":
		return StreamName(path)
	case s.Kind == File || s.Kind == Remote:
		return s.Name
	case s.remote():
		return s.Name + printable(strings.TrimPrefix(path, strings.TrimSuffix(s.Path, "/")))
	}
	rest, err := filepath.Rel(s.Path, path)
	if err != nil {
		return StreamName(path)
	}
	return s.Name + "/" + printable(filepath.ToSlash(rest))
}

// pipeName is the name of the stream of a source that has no file.
func (s Source) pipeName() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.Kind == Command:
		return "cmd-1"
	case s.Kind == Journal && s.Unit != "":
		return "journal/" + printable(s.Unit)
	case s.Kind == Journal:
		return "journal"
	}
	return "stdin"
}

// Number names the commands that have no NAME, in their order: cmd-1, cmd-2.
func Number(sources []Source) {
	n := 0
	for i := range sources {
		if s := &sources[i]; s.Kind == Command && s.Name == "" {
			n++
			s.Name = fmt.Sprintf("cmd-%d", n)
		}
	}
}

func printable(text string) string {
	if plain(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 || r == '%' || !unicode.IsPrint(r) {
			for _, c := range []byte(text[i : i+size]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		} else {
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	return b.String()
}

// plain reports whether text has nothing to escape.
func plain(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return r == '%' || !unicode.IsPrint(r) }) < 0
}
