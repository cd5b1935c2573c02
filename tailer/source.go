package tailer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"tailbeam/tailer/remote/dial"
)

// Kind is what a Source names.
type Kind uint8

const (
	File       Kind = iota // one file, present or not
	Glob                   // the files that match a pattern
	Directory              // the files in a directory
	Stdin                  // standard input
	Command                // the output of a command
	Journal                // the systemd journal
	Remote                 // one file of another host
	RemoteGlob             // the files of another host that match a pattern
)

// A Source is what the operator names: PATH, 'GLOB', DIR/, HOST:PATH, -,
// cmd:COMMAND or journal:[UNIT], each perhaps with NAME= before it. The zero value
// is no source.
type Source struct {
	Arg  string // as written
	Name string // NAME, or empty
	Kind Kind
	// Path is the absolute path of a File, and of a Glob or Directory the
	// directory that holds all that it can find. It is one of Host where that
	// is not zero.
	Path string
	// Pattern is what is looked for below Path, with slashes.
	Pattern string
	// Command is what a Command runs, Unit the unit of a Journal, or empty for
	// all of it.
	Command, Unit string
	// Host is where a Remote or RemoteGlob is.
	Host dial.Target
}

// String returns the source as it was written.
func (s Source) String() string { return s.Arg }

var namePattern = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// supported ends the errors about sources of other kinds.
const supported = "a source is PATH, 'GLOB', DIR/, [USER@]HOST:/PATH, -, cmd:COMMAND or journal:[UNIT], each perhaps with NAME= before it"

// Parse reads a source. A relative path is taken from the working directory. An
// error is one line that says what to write instead.
func Parse(arg string) (Source, error) {
	s := Source{Arg: arg}
	name, rest, err := splitName(arg)
	if err != nil {
		return Source{}, err
	}
	s.Name = name
	switch {
	case rest == "" && name != "":
		return Source{}, fmt.Errorf("%q names no file: write %s=PATH", arg, name)
	case rest == "":
		return Source{}, errors.New("empty source: " + supported)
	case rest == "-":
		s.Kind = Stdin
		return s, nil
	}
	if command, ok := strings.CutPrefix(rest, "cmd:"); ok {
		s.Kind, s.Command = Command, strings.TrimSpace(command)
		if s.Command == "" {
			return Source{}, fmt.Errorf("%q names no command: write cmd:COMMAND, in quotes where it has blanks", arg)
		}
		return s, nil
	}
	if unit, ok := strings.CutPrefix(rest, "journal:"); ok {
		s.Kind, s.Unit = Journal, unit
		return s, nil
	}
	if host, path, ok := splitHost(rest); ok {
		return s.parseRemote(host, path)
	}
	if os.IsPathSeparator(rest[len(rest)-1]) {
		s.Kind, s.Pattern = Directory, "*"
	} else if isGlob(rest) {
		s.Kind = Glob
		rest, s.Pattern = doublestar.SplitPattern(filepath.ToSlash(rest))
		if err := checkPattern(arg, s.Pattern); err != nil {
			return Source{}, err
		}
	}
	if s.Path, err = filepath.Abs(rest); err != nil {
		return Source{}, fmt.Errorf("source %q: %w", arg, err)
	}
	return s, nil
}

// splitName takes NAME= off the front. It ends at the first = that has no slash
// before it.
func splitName(arg string) (name, rest string, err error) {
	at := strings.IndexByte(arg, '=')
	if at < 0 || strings.ContainsAny(arg[:at], `/\`) {
		return "", arg, nil
	}
	name = arg[:at]
	switch {
	case namePattern.MatchString(name):
		return name, arg[at+1:], nil
	case strings.Contains(name, ":"):
		return "", arg, nil // no name, but a colon belongs to another kind of source
	}
	return "", "", fmt.Errorf("%q: a NAME before = is made of letters, digits, '.', '_' and '-'; for a file of that name write ./%s", arg, arg)
}

// isGlob reports whether path is a pattern. A file whose very name looks like
// one is a file.
func isGlob(path string) bool {
	if !strings.ContainsAny(path, "*?[{") {
		return false
	}
	_, err := os.Lstat(path)
	return err != nil
}

func checkPattern(arg, pattern string) error {
	if !doublestar.ValidatePattern(pattern) {
		return fmt.Errorf("bad glob %q: a [ or { is not closed; write a backslash before it to mean the character", arg)
	}
	for _, part := range strings.Split(pattern, "/") {
		if part == ".." || part == "." {
			return fmt.Errorf("bad glob %q: %s may not follow a wildcard", arg, part)
		}
	}
	return nil
}
