package stamp

import "bytes"

// fieldsWithin is how much of a line in logfmt is looked at, in bytes.
const fieldsWithin = 1024

// timeField reports whether a field of this name, in any case, says when the
// line was written. A value that is no time is passed over all the same.
func timeField(name []byte) bool {
	if len(name) == 0 || len(name) > 20 {
		return false
	}
	switch name[0] | 0x20 {
	case 't', 'd', 'e', 'a', 'l', 's', 'r', 'i', '@' | 0x20, '_' | 0x20:
	default:
		return false
	}
	var buf [24]byte
	switch string(lower(name, &buf)) {
	case "time", "ts", "timestamp", "@timestamp", "@t", "t", "datetime", "date", "date_time",
		"eventtime", "event_time", "logtime", "log_time", "starttime", "start_time", "requesttime",
		"time_local", "time_iso8601", "asctime", "timemillis", "timestamp_ms", "unixtime",
		"instant", "__realtime_timestamp":
		return true
	}
	return false
}

// object reads the time of a JSON object: the first of its fields that is one.
func (w *written) object(b []byte) bool {
	o := object{b: b, i: 1}
	for {
		name, value := o.member()
		if value == nil {
			return false
		}
		if timeField(name) && (w.value(value) || w.parts(value)) {
			return true
		}
	}
}

// lastField reads the time of a JSON object that is too long to be walked over,
// where it is the last member, as Docker writes: ,"time":"..."}. In an object
// these bytes cannot stand inside a string, where quotes are escaped.
func (w *written) lastField(line []byte) bool {
	line = bytes.TrimRight(line, " \r\n")
	if len(line) <= within || !bytes.HasSuffix(line, []byte(`"}`)) {
		return false
	}
	tail := line[len(line)-64 : len(line)-1]
	_, value, ok := bytes.Cut(tail, []byte(`,"time":`))
	return ok && value[0] == '"' && stringEnd(value, 1) == len(value) && w.value(value)
}

// value reads the time in the value of a field: a stamp with a date, or a
// count.
func (w *written) value(value []byte) bool {
	var buf [64]byte
	text := plain(value, &buf)
	return text != nil && w.text(text) > 0
}

// text reads a stamp that is the value of a field.
func (w *written) text(b []byte) int {
	i := 0
	if at(b, 0) == '[' {
		i++
	}
	if end := w.dated(b, i); end > 0 {
		return end
	}
	switch n := run(b, i); n {
	case 10, 13, 16, 19:
		if end := w.count(b, i, n); !letter(at(b, end)) && at(b, end) != '-' {
			return end
		}
	}
	return 0
}

// parts reads the time that is an object of its own, as MongoDB, Log4j and
// Google write it.
func (w *written) parts(value []byte) bool {
	if value[0] != '{' {
		return false
	}
	o := object{b: value, i: 1}
	nano := 0
	*w = written{}
	for {
		name, value := o.member()
		switch {
		case value == nil:
			w.nano += nano
			return w.basis == counts
		case string(name) == "$date" && value[0] != '{':
			return w.value(value)
		case string(name) == "$date":
			o := object{b: value, i: 1}
			name, value := o.member()
			return string(name) == "$numberLong" && w.value(value)
		case string(name) == "seconds", string(name) == "epochSecond":
			if run(value, 0) != len(value) || w.count(value, 0, len(value)) == 0 {
				return false
			}
		case string(name) == "nanos", string(name) == "nanoOfSecond":
			if run(value, 0) != len(value) || len(value) > 9 {
				return false
			}
			for _, c := range value {
				nano = nano*10 + int(c-'0')
			}
		}
	}
}

// logfmt reads the time of a line of key=value pairs: the first that is one, or
// the audit(1790000000.123:456) of the Linux audit daemon.
func (w *written) logfmt(b []byte) bool {
	b = b[:min(len(b), fieldsWithin)]
	for {
		name, value, rest := pair(b)
		if name == nil {
			return false
		}
		if timeField(name) && w.text(value) > 0 {
			return true
		}
		if text, ok := bytes.CutPrefix(value, []byte("audit(")); ok && string(name) == "msg" && w.text(text) > 0 {
			return true
		}
		b = rest
	}
}
