package history

import "tailbeam/tailer/line"

// A loss is what is missing between two positions. Nil is nothing.
type loss struct {
	bytes  int64 // or line.UnknownBytes
	reason string
}

// add returns the loss with more of it.
func (l *loss) add(bytes int64, reason string) *loss {
	if l == nil {
		return &loss{bytes, reason}
	}
	sum := &loss{l.bytes + bytes, l.reason}
	if l.bytes == line.UnknownBytes || bytes == line.UnknownBytes {
		sum.bytes = line.UnknownBytes
	}
	return sum
}

// before is add for what is missing first, and the reason that counts.
func (l *loss) before(bytes int64, reason string) *loss {
	sum := l.add(bytes, reason)
	sum.reason = reason
	return sum
}

// between says that a loss lies between two positions.
func (l *loss) between(from, to line.Position) error {
	return &line.GoneError{Gap: line.Gap{From: from, To: to, Bytes: l.bytes, Reason: l.reason}}
}
