package wire

import (
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// The reason of a close has room for the cursor of four streams, as the README
// says, however large their files are. Where it has none, it says what has, and
// never holds a part of a cursor.
func TestWhatAReasonHasRoomFor(t *testing.T) {
	for streams := 1; streams <= 16; streams++ {
		var of []Seal
		var places []Place
		for i := range streams {
			of = append(of, SealOf(string(rune('a'+i))))
			places = append(places, Place{{Gen: 1<<64 - 2, Off: 1<<44 + int64(i)}})
		}
		cursor := Cursors(of, places)
		reason := Resume(cursor)
		if frame := AppendClose(nil, ws.StatusGoingAway, reason); len(reason) > maxReason || len(frame) != 4+len(reason) {
			t.Errorf("%d streams: a reason of %d bytes in a frame of %d", streams, len(reason), len(frame))
		}
		whole := reason == "from="+cursor
		if says := strings.Contains(reason, "format=ndjson") && !strings.Contains(reason, "from="); whole == says || streams <= 4 && !whole {
			t.Errorf("%d streams: %q", streams, reason)
		}
	}
}
