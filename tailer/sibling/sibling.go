// Package sibling knows the names that rotation gives to the predecessors of a
// log file: NAME.N, NAME-DATE, NAME.DATE, STEM-DATE.EXT, STEM.DATE[.N].EXT and
// NAME.old, each also with .gz or .zst behind it. Where logrotate finds that a
// writer was quicker than itself to make the next file, it puts that aside as
// NAME-DATE.backup.
//
// A name alone does not make a file a predecessor: app-2026-11-21.log is one
// where there is an app.log, and a log of its own where there is none.
package sibling

import (
	"regexp"
	"slices"
	"strings"
)

// date matches a day or a month with an optional time and an optional counter
// in the notations of logrotate, logback, log4j, lumberjack and rotatelogs, or
// seconds since 1970, also behind the day.
const date = `(?:(?:\d{4}-\d{2}(?:-\d{2})?|\d{4}_\d{2}_\d{2}|\d{4}\.\d{2}\.\d{2}|\d{8})` +
	`(?:[-_.]\d{10}|[-_.T]?\d{2}(?:[-:_.]?\d{2}(?:[-:_.]?\d{2})?)?)?(?:[-_.]\d{1,3})?Z?|\d{10})`

var (
	behind = regexp.MustCompile(`^(.+?)(?:\.\d+|\.old|-\d{10}\.backup|[-.]` + date + `)$`)
	inside = regexp.MustCompile(`^(.+?)[-.]` + date + `(?:\.\d+)?(\.[^.]*[^.0-9][^.]*)$`)
)

// Bases returns the names, without directory, of the files that name may be a
// predecessor of. There are none where name is not of any such pattern.
func Bases(name string) []string {
	name = Plain(name)
	var bases []string
	if m := behind.FindStringSubmatch(name); m != nil {
		bases = append(bases, m[1])
	}
	if m := inside.FindStringSubmatch(name); m != nil && !slices.Contains(bases, m[1]+m[2]) {
		bases = append(bases, m[1]+m[2])
	}
	return bases
}

// Of reports whether name is of a pattern that rotation makes of base.
func Of(base, name string) bool {
	return len(name) > len(base) && slices.Contains(Bases(name), base)
}

// Plain returns name without the ending of a compressed file.
func Plain(name string) string {
	for _, ending := range []string{".gz", ".zst"} {
		if plain, ok := strings.CutSuffix(name, ending); ok && plain != "" {
			return plain
		}
	}
	return name
}

// Compressed reports whether name ends like that of a compressed file.
func Compressed(name string) bool { return Plain(name) != name }
