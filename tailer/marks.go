package tailer

import (
	"sync/atomic"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
	"tailbeam/tailer/stamp"
)

// marks implements line.Marks for one stream.
type marks struct {
	stamps stamp.Reader
	path   string // of the file, or empty
	// written is when the file was last written to, as it was known at looked,
	// both in nanoseconds since 1970.
	written, looked atomic.Int64
}

// marksOf returns the marks of a stream that has a file at a path, or none.
func (t *Tailer) marksOf(path string) line.Marks {
	return &marks{stamps: stamp.Reader{Location: t.cfg.Location}, path: path}
}

// MarksIn reads the lines of streams of which nothing but their text is known.
// Stamps without a zone are taken for ones in location.
func MarksIn(location *time.Location) line.Marks {
	return &marks{stamps: stamp.Reader{Location: location}}
}

// Time implements line.Marks.
func (m *marks) Time(text []byte) (time.Time, bool) {
	return m.stamps.Time(text, m.newest(time.Now()))
}

// Level implements line.Marks.
func (m *marks) Level(text []byte) line.Level { return stamp.LevelOf(text) }

// lookAgain is for how long it is taken as known when a file was written to.
const lookAgain = time.Second

// newest returns the time that no line of the stream can be behind.
func (m *marks) newest(now time.Time) time.Time {
	if m.path == "" {
		return now
	}
	if now.UnixNano()-m.looked.Load() < int64(lookAgain) {
		return time.Unix(0, m.written.Load())
	}
	written := now // where there is no file, lines are as new as can be
	if info, err := (disk.System{}).Stat(m.path); err == nil && info.Kind != disk.Pipe {
		written = time.Unix(0, info.Modified)
	}
	m.written.Store(written.UnixNano())
	m.looked.Store(now.UnixNano())
	return written
}
