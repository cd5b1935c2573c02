package stream

import (
	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// entry is one frame of a log: where it lies in its segment and where the
// bytes that it shows end in the file.
type entry struct {
	frame  uint32 // offset in the segment, and flags
	rawEnd uint32 // from the position of the run that holds the entry
}

const (
	entryContinues  = 1 << 31 // goes on with the line of the entry before
	entryUnfinished = 1 << 30 // the next entry goes on with this line
	entryPartial    = 1 << 29 // the line has no end yet
	entryOffset     = 1<<29 - 1
)

// at returns the offset of the frame in its segment.
func (e entry) at() int { return int(e.frame & entryOffset) }

// run is a stretch of entries that lie one after the other in one generation.
type run struct {
	first int // index of its first entry in the segment
	log   int // index of the log in a feed of several
	pos   line.Position
	// older is where older generations stood, which were not complete yet.
	older wire.Place
}

// segment is a stretch of finished frames, whole ones only. What was published
// of it never changes.
type segment struct {
	base  uint64 // offset in the ring of buf[0]
	lines uint64 // that began in the ring before buf[0]
	// entriesBefore is how many entries the ring held before this segment.
	entriesBefore uint64
	buf           []byte
	entries       []entry // published
	runs          []run   // published

	// The appender's own, ahead of what was published.
	fill        int
	nextEntries []entry
	nextRuns    []run
}

// The first segment of a ring is small, for streams that hardly say anything;
// each is twice as large as the one before.
const (
	minSegment = 256
	maxSegment = 256 << 10
)
