package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// entry is one of the journal, as journalctl -o json writes it
// (https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format).
type entry struct {
	Cursor     string `json:"__CURSOR"`
	Realtime   string `json:"__REALTIME_TIMESTAMP"` // microseconds since 1970
	Priority   field  `json:"PRIORITY"`
	Host       field  `json:"_HOSTNAME"`
	Identifier field  `json:"SYSLOG_IDENTIFIER"`
	Comm       field  `json:"_COMM"`
	PID        field  `json:"_PID"`
	SyslogPID  field  `json:"SYSLOG_PID"`
	Message    field  `json:"MESSAGE"`
}

// fields are the names of what is asked for beside what always comes.
const fields = "PRIORITY,_HOSTNAME,SYSLOG_IDENTIFIER,_COMM,_PID,SYSLOG_PID,MESSAGE"

// field holds the values of a field, mostly one. A value that journalctl leaves
// out for its size is nil.
type field [][]byte

// UnmarshalJSON reads a string, null, the numbers of bytes that are no
// printable text, or an array of these where there are several values.
func (f *field) UnmarshalJSON(data []byte) error {
	if data[0] != '[' {
		value, err := value(data)
		*f = field{value}
		return err
	}
	first := bytes.TrimLeft(data[1:], " \t\r\n")
	if first[0] >= '0' && first[0] <= '9' {
		value, err := value(data)
		*f = field{value}
		return err
	}
	var several []json.RawMessage
	if err := json.Unmarshal(data, &several); err != nil {
		return err
	}
	*f = make(field, len(several))
	for i, data := range several {
		var err error
		if (*f)[i], err = value(data); err != nil {
			return err
		}
	}
	return nil
}

// value reads one value.
func value(data []byte) ([]byte, error) {
	switch data[0] {
	case 'n':
		return nil, nil
	case '"':
		var text string
		err := json.Unmarshal(data, &text)
		return []byte(text), err
	case '[':
		return numbers(data)
	}
	return nil, fmt.Errorf("field value %.20q is none of the journal", data)
}

// numbers reads an array of bytes. Each would take 24 bytes on the way if
// encoding/json read it.
func numbers(data []byte) ([]byte, error) {
	text := make([]byte, 0, len(data)/3)
	n, digits := 0, 0
	for _, c := range data[1:] {
		switch {
		case c >= '0' && c <= '9':
			n = 10*n + int(c-'0')
			digits++
			if n > 255 {
				return nil, errors.New("field value holds a number that is no byte")
			}
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case c == ',' || c == ']':
			if digits > 0 {
				text = append(text, byte(n))
			}
			n, digits = 0, 0
		default:
			return nil, fmt.Errorf("field value %.20q is none of the journal", data)
		}
	}
	return text, nil
}

// leftOut stands for a message that journalctl does not give.
const leftOut = "(this message is too large for journalctl)"

// words are the names of the priorities, as journalctl -p takes them.
var words = [...]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// render appends an entry as lines, each with its newline.
func (e *entry) render(dst []byte, zone *time.Location) ([]byte, error) {
	usec, err := strconv.ParseInt(e.Realtime, 10, 64)
	if err != nil {
		return dst, fmt.Errorf("entry with the time %q: %w", e.Realtime, err)
	}
	dst = time.UnixMicro(usec).In(zone).AppendFormat(dst, "2006-01-02T15:04:05.000000-0700")
	dst = append(dst, ' ')
	dst = append(dst, e.level()...)
	for _, name := range []string{e.Host.word("-"), e.Identifier.word(e.Comm.word("-"))} {
		dst = append(dst, ' ')
		dst = append(dst, name...)
	}
	if pid := e.PID.word(e.SyslogPID.word("")); pid != "" {
		dst = append(dst, '[')
		dst = append(dst, pid...)
		dst = append(dst, ']')
	}
	dst = append(dst, ':', ' ')
	for i, message := range e.Message {
		if i > 0 {
			dst = append(dst, indent...)
		}
		if message == nil {
			message = []byte(leftOut)
		}
		message = bytes.TrimSuffix(message, []byte{'\n'})
		dst = append(dst, bytes.ReplaceAll(message, []byte{'\n'}, []byte("\n"+indent))...)
		dst = append(dst, '\n')
	}
	if len(e.Message) == 0 {
		dst = append(dst, '\n')
	}
	return dst, nil
}

// indent is before each further line of a message, so that nobody can write
// lines that look like those of another.
const indent = "    "

// level returns the word for the priority; without one it is that of plain
// output, info.
func (e *entry) level() string {
	if p := e.Priority.word(""); len(p) == 1 && p[0] >= '0' && p[0] <= '7' {
		return words[p[0]-'0']
	}
	return words[6]
}

// word returns the first value as it may stand in a line, or otherwise where
// there is none.
func (f field) word(otherwise string) string {
	if len(f) == 0 || len(f[0]) == 0 {
		return otherwise
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return '_'
		}
		return r
	}, string(f[0]))
}
