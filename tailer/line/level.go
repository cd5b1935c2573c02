package line

import (
	"fmt"
	"strings"
	"time"
)

// Level is how serious a line is. Levels are ordered: a higher one is more
// serious.
type Level uint8

const (
	// None: the line does not say. It has the level of the stamped line before
	// it, which is for the caller to know.
	None Level = iota
	Trace
	Debug
	Info
	Note
	Warn
	Error
	// Fatal is whatever lies above an error: critical, alert, emergency, panic.
	Fatal
)

var levelNames = [...]string{"none", "trace", "debug", "info", "notice", "warn", "error", "fatal"}

// levelWords are the names that people write for levels, in small letters.
var levelWords = map[string]Level{
	"trace": Trace, "verbose": Trace,
	"debug": Debug,
	"info":  Info, "information": Info, "informational": Info,
	"notice": Note,
	"warn":   Warn, "warning": Warn,
	"error": Error, "err": Error,
	"fatal": Fatal, "critical": Fatal, "crit": Fatal, "alert": Fatal, "emergency": Fatal, "emerg": Fatal, "panic": Fatal,
}

// LevelReach is how far behind a line its level goes over to lines of the same
// generation that have none, in bytes of the file.
const LevelReach = 64 << 10

// String returns the name of l as the wire and the page show it.
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return "unknown"
}

// ParseLevel parses the name of a level, in any case; usual other names
// (warning, err, critical, ...) are understood too. The error is one line that
// names the levels.
func ParseLevel(s string) (Level, error) {
	if len(s) <= 16 {
		if l := levelWords[strings.ToLower(s)]; l != None {
			return l, nil
		}
	}
	if len(s) > 40 {
		s = s[:37] + "..."
	}
	return None, fmt.Errorf("%q is not a level: write trace, debug, info, notice, warn, error or fatal", s)
}

// Marks reads what a line of a stream says about itself. Its methods may be
// called from any goroutine. They look at the text and keep nothing of it; the
// end of the line may be part of it.
type Marks interface {
	// Time returns when the line was written, and reports whether it says so.
	// A stamp without a year or a date is taken for the newest that the stream
	// can have, which may ask the file system when the file was written to.
	Time(text []byte) (time.Time, bool)
	// Level returns the level that the line itself carries, or None.
	Level(text []byte) Level
}
