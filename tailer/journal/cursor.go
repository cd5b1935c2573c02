package journal

import (
	"strconv"
	"strings"
)

// A cursor is journalctl's own, taken to pieces: "s=ID;i=HEX;b=ID;m=HEX;t=HEX;x=HEX".
// sd_journal_get_cursor(3) calls it opaque, and tells that one entry may have
// several, for example when its file was copied by another journal; the pieces
// tell which entry it is.
type cursor struct {
	text   string
	series string // what numbers the entries
	number uint64 // in that series
	boot   string
	rest   string // when it was in that boot, and a hash of its content
}

func parseCursor(text string) cursor {
	c := cursor{text: text}
	for piece := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(piece, "=")
		switch key {
		case "s":
			c.series = value
		case "i":
			c.number, _ = strconv.ParseUint(value, 16, 64)
		case "b":
			c.boot = value
		case "m", "t", "x":
			c.rest += piece + ";"
		}
	}
	return c
}

// same reports whether two cursors are of one entry.
func (c *cursor) same(other *cursor) bool {
	return c.text == other.text || c.rest != "" && c.rest == other.rest && c.boot == other.boot
}

// relation is where an entry stands that comes first when reading goes on
// behind another.
type relation uint8

const (
	identical relation = iota // it is that entry
	earlier                   // it comes before that, and was read
	next                      // nothing is between them
	apart                     // something may have been between them
)

// to returns how c stands to the entry that was read last.
func (c *cursor) to(last *cursor) relation {
	switch {
	case c.same(last):
		return identical
	case c.series != "" && c.series == last.series && c.number <= last.number:
		return earlier
	case c.series != "" && c.series == last.series && c.number == last.number+1:
		return next
	case c.boot != last.boot:
		return next // the journal of an earlier boot was read to its end
	}
	return apart
}
