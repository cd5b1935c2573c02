package shell

import (
	"bytes"
	"errors"
	"strconv"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

var _ disk.Finder = (*file)(nil)

// mostLines is how many lines are told of at once.
const mostLines = 1000

// maxText bounds what is looked for, in bytes.
const maxText = 1 << 10

// notUnderstood is what the script answers to a command that it does not know, or
// that this system cannot carry out.
const notUnderstood = 64

// Find implements disk.Finder, with grep(1) on the other side: it is told what
// follows the range, and so shows whether it has seen all of it.
func (f *file) Find(from, to int64, way line.Way, texts []line.Text) (lines []int64, all bool, err error) {
	args, ok := sought(from, to, way, texts)
	if !ok {
		return nil, false, line.ErrUnfindable
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = nil
	err = f.fs.do(func(s *Session) error {
		if s.unable.Load() {
			return line.ErrUnfindable
		}
		c := &call{}
		err := f.with(s, c, "seek", args...)
		switch {
		case err != nil:
			return err
		case c.status == notUnderstood:
			s.unable.Store(true)
			return line.ErrUnfindable
		case c.status != 0:
			return problem(c.data, c.status)
		}
		lines, all, err = seen(c.data, from, to, way)
		return err
	})
	return lines, all, err
}

// sought returns the arguments of the command.
func sought(from, to int64, way line.Way, texts []line.Text) (args []string, ok bool) {
	if from >= to || len(texts) == 0 {
		return nil, false
	}
	which, most, fold := "first", mostLines+1, "-"
	if way == line.Backward {
		which = "last"
	}
	var quoted []string
	for _, text := range texts {
		if len(text.Bytes) == 0 || len(text.Bytes) > maxText || bytes.ContainsAny(text.Bytes, "\x00\n") {
			return nil, false
		}
		if text.Fold {
			fold = "i" // more may be found for it
		}
		quoted = append(quoted, quote(string(text.Bytes)))
	}
	args = append(extent(from, int(to-from)), which, strconv.Itoa(most), fold)
	return append(args, quoted...), true
}

var errUnseen = errors.New("grep on the other side has not seen all of a file")

// seen reads the answer: offsets in the range. That of the last line, which is
// none of the file, is one behind its end.
func seen(answer []byte, from, to int64, way line.Way) (lines []int64, all bool, err error) {
	whole := false
	for _, word := range bytes.Fields(answer) {
		off, err := strconv.ParseInt(string(word), 10, 64)
		if err != nil || off < 0 || off > to-from+1 || whole {
			return nil, false, errUnseen
		}
		whole = off == to-from+1
		if !whole {
			lines = append(lines, from+off)
		}
	}
	if !whole && (way == line.Backward || len(lines) <= mostLines) {
		return nil, false, errUnseen
	}
	// There may be more where as many were told of as were asked for.
	return lines, whole && (way == line.Onward || len(lines) < mostLines), nil
}
