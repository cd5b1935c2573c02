// Package stamp reads what a log line says about itself near its beginning:
// when it was written, and how serious it is.
//
// It is made of pure functions: it reads no file, asks no clock, keeps no
// state and allocates nothing per line, so that a line has the same time and
// the same level whoever asks, in whatever order. All of it may be called from
// any goroutine at once. Lines are read, never kept.
//
// # Stamps
//
// A stamp stands at the beginning of a line, possibly behind blanks, colours
// (ANSI SGR sequences), a byte order mark, a syslog priority, brackets, or a few
// words that are no prose: a level, a number, an address, [a thread]. Only the
// stamp of an access log, [21/Nov/2026:14:30:05 +0000], is looked for in the first
// 200 bytes whatever stands before it. In a JSON object and in logfmt it is the
// value of a field (time, ts, timestamp, ...); a field of that name inside
// another object, or in a string, is none.
//
// These are recognised, with a fraction of a second behind "." or ",":
//
//	2026-11-21T14:30:05Z      year first: RFC 3339, ISO 8601, log4j, nginx, Go
//	20261121T143005           the same without separators
//	21/Nov/2026:14:30:05      day first, with the name of the month, or 21.11.2026
//	Sat Nov 21 14:30:05 2026  month first: syslog, Apache, asctime
//	Nov 21 14:30:05           without a year, as syslog writes
//	I1121 14:30:05.123456     klog and glog
//	11-21 14:30:05.123        logcat
//	261121 143005             HDFS, MySQL; 26/11/21 14:30:05 as Spark writes
//	14:30:05                  without a date
//	1790000000.123            seconds since 1970, or milli-, micro-, nanoseconds
//
// A number out of its range (month 13, 30 February, 24:00, a year before 1970 or
// after 2199) makes it no stamp. [12345.678] counts from the start of a machine
// and is no time.
package stamp

import (
	"bytes"
	"time"
)

const (
	// within is how much of a line is looked at, in bytes: fields of a JSON
	// object beyond are not found.
	within = 4096
	// accessWithin is how far into a line the stamp of an access log may
	// begin, in bytes: an address, a virtual host and a user come before it.
	accessWithin = 200
	// walkWithin is how far other stamps may be from the beginning, in bytes.
	walkWithin = 96
	// walkWords is behind how many words they may be.
	walkWords = 6
)

// A Reader reads the stamps of lines. The zero value is ready for use, with
// stamps in UTC. Its fields are not to be changed while it is in use.
type Reader struct {
	// Location is the zone of stamps that name none, and of the times that are
	// returned. Nil is UTC. Of zones that are named by letters UTC, GMT and Z
	// count; the others (CET, EST) are ambiguous, and taken for Location's own.
	Location *time.Location
}

// Time returns the time that a line carries and reports whether it carries
// one. The end of line may be part of it.
//
// A stamp without a year is given the latest year with which it does not lie
// more than 24 h after ref, one without a date the latest day with which it
// does not lie more than 5 min after ref: the tolerance is for clocks that
// differ. The modification time of the file is the ref to use, or, where a file
// goes back over more than a year, the time of a later line. With a zero ref
// such stamps are not recognised.
func (r *Reader) Time(line []byte, ref time.Time) (time.Time, bool) {
	var w written
	if !w.find(line) {
		return time.Time{}, false
	}
	return w.resolve(r.location(), ref)
}

// location returns the zone in which stamps without one are.
func (r *Reader) location() *time.Location {
	if r.Location == nil {
		return time.UTC
	}
	return r.Location
}

// find looks for the stamp of a line.
func (w *written) find(line []byte) bool {
	b := head(line)
	i := start(b)
	if at(b, i) == '<' {
		if _, end := priority(b, i); end > 0 {
			i = version(b, end)
		}
	}
	begin := i
	for range 3 {
		c := at(b, i)
		switch {
		case digit(c) || letter(c):
			if w.dated(b, i) > 0 || w.bare(b, i) > 0 {
				return true
			}
			// The letter of a level, as tornado and Jupyter begin: [I 14:30:05
			if at(b, i+1) == ' ' && i > 0 && b[i-1] == '[' && letterOf(c) != None && w.bare(b, i+2) > 0 {
				return true
			}
		case c == '{':
			if w.object(b[i:]) || w.lastField(line[i:]) {
				return true
			}
			if at(b, skip(b, i+1)) == '"' {
				return false // what is in its strings is none
			}
		case opens(c):
			i++
			continue
		}
		break
	}
	return w.walk(b, begin) || w.access(b)
}

// walk looks for a stamp behind words that are no prose, up to the first that
// is.
func (w *written) walk(b []byte, i int) bool {
	limit := min(len(b), walkWithin)
	for range walkWords {
		for i < limit && between(b[i]) {
			i++
		}
		if i = skip(b, i); i >= limit {
			return false
		}
		if w.dated(b, i) > 0 || w.labelled(b, i) > 0 {
			return true
		}
		switch c := b[i]; {
		case c == '{' && at(b, i+1) == '"':
			return w.object(b[i:])
		case opens(c) || c == '{':
			if i++; w.dated(b, i) > 0 {
				return true
			}
			if _, end := wordAt(b, i); end == i || levelOf(b[i:end]) == None {
				if i = closing(b[:limit], i); i < 0 {
					return false
				}
			}
			continue
		}
		if key := keyEnd(b, i); key > 0 {
			return w.logfmt(b[i:])
		}
		end := i
		for end < limit && !blank(b[end]) && b[end] != '[' && b[end] != '|' && b[end] != esc {
			end++
		}
		if !dull(b[i:end]) && !piped(b[:limit], end) {
			return false
		}
		i = end
	}
	return false
}

// access looks for the stamp of an access log, wherever it is near the
// beginning.
func (w *written) access(b []byte) bool {
	for i := 0; i < len(b) && i < accessWithin; i++ {
		n := bytes.IndexByte(b[i:min(len(b), accessWithin)], '[')
		if n < 0 {
			return false
		}
		i += n
		if at(b, i+3) == '/' && w.dayFirst(b, i+1) > 0 {
			return true
		}
	}
	return false
}

// dull reports whether a word is no prose, so that a stamp may come after it: a
// number, an address, a name with a digit or in capitals, a level.
func dull(word []byte) bool {
	lower := false
	for _, c := range word {
		switch {
		case digit(c), c == '/', c == '_', c == '[':
			return true
		case c >= 'a' && c <= 'z':
			lower = true
		case c >= 0x80:
			return false
		}
	}
	if !lower {
		return true
	}
	if n := len(word); word[n-1] == ':' || word[n-1] == ',' {
		word = word[:n-1]
	}
	return levelOf(word) != None
}

// piped reports whether b[i:] is a bar behind blanks: what is before it is a
// column, as docker compose writes the name of the service.
func piped(b []byte, i int) bool {
	for i < len(b) && b[i] == ' ' {
		i++
	}
	return at(b, i) == '|'
}

// closing returns the index behind the bracket that ends what was opened just
// before b[i], or -1.
func closing(b []byte, i int) int {
	end := byte(']')
	switch b[i-1] {
	case '(':
		end = ')'
	case '{':
		end = '}'
	case '<':
		end = '>'
	case '"':
		end = '"'
	}
	n := bytes.IndexByte(b[min(i, len(b)):], end)
	if n < 0 {
		return -1
	}
	return i + n + 1
}
