package wire

// Server-sent events (HTML Standard, section 9.2): fields, one a line, and an
// empty line that ends the event. A parser ends a line at a carriage return
// too, so that a lone one in the text of a log is shown as U+240D.

const returnSign = "\u240d"

// AppendEvent appends an event of a type, or of the usual one where that is
// empty. The id is the cursor to go on from; a browser sends it back as
// Last-Event-ID. Data holds no newline.
func AppendEvent(dst []byte, kind string, id, data []byte) []byte {
	if kind != "" {
		dst = append(dst, "event: "...)
		dst = append(dst, kind...)
		dst = append(dst, '\n')
	}
	dst = append(dst, "id: "...)
	dst = append(dst, id...)
	dst = append(dst, "\ndata: "...)
	for _, c := range data {
		if c == '\r' {
			dst = append(dst, returnSign...)
			continue
		}
		dst = append(dst, c)
	}
	return append(dst, "\n\n"...)
}

// AppendEventID appends what sets the id of the events so far and is no event
// itself.
func AppendEventID(dst []byte, cursor string) []byte {
	dst = append(dst, "id: "...)
	dst = append(dst, cursor...)
	return append(dst, "\n\n"...)
}

// EventsBegin is what a stream of events begins with: how many milliseconds to
// wait before connecting again.
const EventsBegin = "retry: 2000\n\n"

// EventsIdle is a comment, which keeps a connection alive.
const EventsIdle = ":\n\n"
