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
	case s.Name == "":
		return StreamName(path)
	case s.Kind == File:
		return s.Name
	}
	rest, err := filepath.Rel(s.Path, path)
	if err != nil {
		return StreamName(path)
	}
	return s.Name + "/" + printable(filepath.ToSlash(rest))
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
