package wire

import (
	"time"
	"unicode/utf8"

	"tailbeam/tailer/line"
)

// Record is one line of a log as a JSON object. Without the newline that ends
// it, it holds none.
type Record struct {
	Stream []byte // as a JSON string, see Quote
	Cursor []byte // behind the line
	Line   []byte // valid UTF-8
	Time   time.Time
	Level  line.Level
	// Continues: the record goes on with the line of the one before.
	// Unfinished: the next one goes on with this line. Partial: the line has no
	// end yet, and the cursor is the one before it.
	Continues, Unfinished, Partial bool
}

// Append appends the record. What the line does not say is left out.
func (r *Record) Append(dst []byte) []byte {
	dst = append(dst, `{"stream":`...)
	dst = append(dst, r.Stream...)
	dst = append(dst, `,"cursor":"`...)
	dst = append(dst, r.Cursor...)
	dst = append(dst, `","line":`...)
	dst = AppendString(dst, r.Line)
	if !r.Time.IsZero() {
		dst = append(dst, `,"time":"`...)
		dst = r.Time.AppendFormat(dst, time.RFC3339Nano)
		dst = append(dst, '"')
	}
	if r.Level != line.None {
		dst = append(dst, `,"level":"`...)
		dst = append(dst, r.Level.String()...)
		dst = append(dst, '"')
	}
	if r.Continues {
		dst = append(dst, `,"continues":true`...)
	}
	if r.Unfinished {
		dst = append(dst, `,"unfinished":true`...)
	}
	if r.Partial {
		dst = append(dst, `,"partial":true`...)
	}
	return append(dst, '}')
}

// AppendGapRecord appends a record that tells of a gap. Cursor is the one
// behind it.
func AppendGapRecord(dst, stream []byte, of Seal, g line.Gap, cursor []byte) []byte {
	dst = append(append(dst, `{"stream":`...), stream...)
	dst = appendGap(dst, of, g)
	return appendCursorMember(dst, cursor)
}

// AppendNoticeRecord appends a record that tells of a stream's condition.
func AppendNoticeRecord(dst, stream []byte, n line.Notice, cursor []byte) []byte {
	dst = append(append(dst, `{"stream":`...), stream...)
	dst = appendNotice(dst, n)
	return appendCursorMember(dst, cursor)
}

func appendCursorMember(dst, cursor []byte) []byte {
	dst = append(append(dst, `,"cursor":"`...), cursor...)
	return append(dst, `"}`...)
}

// AppendCursorRecord appends a record that tells where to go on and nothing
// else.
func AppendCursorRecord(dst []byte, cursor string) []byte {
	dst = append(dst, `{"cursor":"`...)
	dst = append(dst, cursor...)
	return append(dst, `"}`...)
}

const hex = "0123456789abcdef"

// AppendString appends text as a JSON string (RFC 8259, section 7). The text is
// valid UTF-8 and stays as it is, but for what JSON has escaped.
func AppendString(dst, text []byte) []byte {
	dst = append(dst, '"')
	start := 0
	for i, c := range text {
		if c >= 0x20 && c != '"' && c != '\\' || c >= utf8.RuneSelf {
			continue
		}
		dst = append(dst, text[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\n':
			dst = append(dst, '\\', 'n')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}
