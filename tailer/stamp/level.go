package stamp

import "tailbeam/tailer/line"

// Level is how serious a line is.
type Level = line.Level

// The levels, as package line has them.
const (
	None   = line.None
	Trace  = line.Trace
	Debug  = line.Debug
	Info   = line.Info
	Notice = line.Note
	Warn   = line.Warn
	Error  = line.Error
	Fatal  = line.Fatal
)

// LevelOf returns the level of a line, as its first 4 KiB tell, or None.
//
// In a JSON object it is the value of a field (level, severity, ...): a name, a
// number of syslog (0 to 7) or of pino (10 to 60). Elsewhere it is the first of
// these in the first 240 bytes:
//
//   - a syslog priority at the beginning, <3>;
//   - a letter where klog, logcat, glog, MongoDB and Ruby write one;
//   - a pair, level=warn or "level":"warn";
//   - a name in capitals that stands alone: ERROR, but not ERROR_CODE;
//   - a name in any case where its place says that it is a level: [error],
//     [core:error], <warn>, error: at the beginning or behind a tag, or directly
//     behind the stamp.
//
// A name in small letters elsewhere is a word of the message, and none.
func LevelOf(line []byte) Level {
	b := head(line)
	i := start(b)
	switch c := at(b, i); {
	case c == '{' && at(b, skip(b, i+1)) == '"':
		return objectLevel(b[i:])
	case c == '<':
		if value, end := priority(b, i); end > 0 {
			return syslogLevel(value & 7)
		}
	}
	if l := letterLevel(b, i); l != None {
		return l
	}
	return textLevel(b, i)
}

// syslogLevel returns the level of a severity (RFC 5424 6.2.1).
func syslogLevel(severity int) Level {
	switch severity {
	case 3:
		return Error
	case 4:
		return Warn
	case 5:
		return Notice
	case 6:
		return Info
	case 7:
		return Debug
	}
	return Fatal
}

// numberLevel returns the level of a number: syslog's up to 7, pino's and
// bunyan's from 10. Others are none.
func numberLevel(n int) Level {
	switch {
	case n < 0 || n > 69 || n == 8 || n == 9:
		return None
	case n < 8:
		return syslogLevel(n)
	}
	return [...]Level{Trace, Debug, Info, Warn, Error, Fatal}[n/10-1]
}

// letterOf returns the level of the capital letter that klog, logcat, MongoDB
// and others write for it.
func letterOf(c byte) Level {
	switch c {
	case 'V', 'T':
		return Trace
	case 'D':
		return Debug
	case 'I':
		return Info
	case 'W':
		return Warn
	case 'E':
		return Error
	case 'F', 'C':
		return Fatal
	}
	return None
}

// letterLevel reads the level of lines that begin with its letter, or have it
// behind the stamp of logcat.
func letterLevel(b []byte, i int) Level {
	if at(b, i) == '[' && at(b, i+2) == ' ' && digit(at(b, i+3)) {
		return letterOf(b[i+1])
	}
	var w written
	if digit(at(b, i)) {
		if at(b, i+2) != '-' || at(b, i+5) != ' ' {
			return None
		}
		if i = w.logcat(b, i); i == 0 {
			return None
		}
		for i = skip(b, i); digit(at(b, i)); {
			i = skip(b, i+run(b, i))
		}
		if l := letterOf(at(b, i)); at(b, i+1) == ' ' || at(b, i+1) == '/' {
			return l
		}
		return None
	}
	l := letterOf(at(b, i))
	if l == None {
		return None
	}
	switch c := at(b, i+1); {
	case c == ',' && at(b, i+2) == ' ' && at(b, i+3) == '[', // Ruby
		c == '/' && letter(at(b, i+2)) && tagged(b, i+2), // logcat -v brief
		digit(c) && w.klog(b, i) > 0:
		return l
	}
	return None
}

// tagged reports whether b[i:] is a name and the number of a process, as logcat
// writes them: ActivityManager( 1234):
func tagged(b []byte, i int) bool {
	for i < len(b) && b[i] != '(' && b[i] != ' ' {
		i++
	}
	i = skip(b, i+1)
	n := run(b, i)
	return n > 0 && at(b, i+n) == ')'
}

// objectLevel reads the level of a JSON object: the first of its fields that is
// one, else what Docker kept of the line itself in the field log.
func objectLevel(b []byte) Level {
	o := object{b: b, i: 1}
	var log []byte
	for {
		name, value := o.member()
		if value == nil {
			if log != nil {
				return textLevel(log, 0)
			}
			return None
		}
		switch levelField(name) {
		case named:
			if l := valueLevel(value); l != None {
				return l
			}
		case counted:
			if n := number(value); n >= 1 && n <= 24 {
				return [...]Level{Trace, Debug, Info, Warn, Error, Fatal}[(n-1)/4]
			}
		case nested:
			if value[0] == '"' {
				log = value[1 : len(value)-1]
			} else if l := innerLevel(value); l != None {
				return l
			}
		}
	}
}

// innerLevel reads the level of the object that a field holds:
// "log":{"level":"info"}.
func innerLevel(value []byte) Level {
	if value[0] != '{' {
		return None
	}
	o := object{b: value, i: 1}
	for {
		name, value := o.member()
		if value == nil {
			return None
		}
		if levelField(name) == named {
			if l := valueLevel(value); l != None {
				return l
			}
		}
	}
}

// role is what a field of a JSON object has to do with levels.
type role uint8

const (
	foreign role = iota
	named        // holds a name or a usual number
	counted      // holds a severity number of OpenTelemetry, 1 to 24
	nested       // holds an object with the level, or the line itself
)

// levelField returns the role of a field of this name, in any case.
func levelField(name []byte) role {
	if len(name) == 0 || len(name) > 16 {
		return foreign
	}
	switch name[0] | 0x20 {
	case 'l', 's', '@' | 0x20:
	case 'p' | 0x20:
		if string(name) == "PRIORITY" { // of the journal; in small letters it is that of a task
			return named
		}
		return foreign
	default:
		return foreign
	}
	var buf [24]byte
	switch string(lower(name, &buf)) {
	case "level", "lvl", "severity", "loglevel", "log_level", "log.level", "levelname", "level_name",
		"@level", "@l", "l", "s", "severitytext", "severity_text", "severity_label":
		return named
	case "severitynumber", "severity_number":
		return counted
	case "log":
		return nested
	}
	return foreign
}

// valueLevel reads the level in the value of a field.
func valueLevel(value []byte) Level {
	var buf [64]byte
	text := plain(value, &buf)
	if len(text) == 0 {
		return None
	}
	if digit(text[0]) {
		return numberLevel(number(text))
	}
	if len(text) <= 2 {
		if len(text) == 2 && (text[0] != 'D' || !digit(text[1])) {
			return None
		}
		return letterOf(text[0])
	}
	_, end := wordAt(text, 0)
	if c := at(text, end); c != 0 && c != '+' && c != '-' {
		return None
	}
	return levelOf(text[:end])
}

// number returns the number of up to four digits that a value is, or -1.
func number(b []byte) int {
	if len(b) == 0 || len(b) > 4 || run(b, 0) != len(b) {
		return -1
	}
	n := 0
	for _, c := range b {
		n = n*10 + int(c-'0')
	}
	return n
}
