package watch

import (
	"bytes"
	"hash/fnv"
	"io"
	"slices"

	"tailbeam/tailer/line"
)

const plainColour = "\x1b[0m"

// nameColours tell streams apart; red and yellow are for levels.
var nameColours = [...]string{"36", "32", "35", "34", "96", "92", "95", "94"}

// nameColour is always the same for a name.
func nameColour(name string) string {
	h := fnv.New32a()
	io.WriteString(h, name)
	return "\x1b[" + nameColours[h.Sum32()%uint32(len(nameColours))] + "m"
}

// levelColours are those of a whole line.
var levelColours = map[line.Level]string{
	line.Trace: "\x1b[2m",
	line.Debug: "\x1b[2m",
	line.Warn:  "\x1b[33m",
	line.Error: "\x1b[31m",
	line.Fatal: "\x1b[1;31m",
}

// shown appends a line as a terminal may have it. It has the colours that it
// brings along, which end with it, or else the given one, if any.
func shown(dst, text []byte, colour string) []byte {
	from := len(dst)
	dst = clean(dst, text, keepColours)
	switch own := dst[from:]; {
	case bytes.HasSuffix(own, []byte(plainColour)) || bytes.HasSuffix(own, []byte("\x1b[m")):
		return dst
	case bytes.IndexByte(own, '\x1b') >= 0:
	case colour == "":
		return dst
	default:
		dst = slices.Insert(dst, from, []byte(colour)...)
	}
	return append(dst, plainColour...)
}
