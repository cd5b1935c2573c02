package stream

import (
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// Stats is what there is to say about the server now. What counts something
// counts from the start.
type Stats struct {
	Viewers int // connections that follow, or may subscribe
	Blocked int // of them, those whose sockets take nothing now
	Replays int // subscriptions that read on from memory or the files
	// Lag is how many bytes of text the viewer lacks that lacks the most,
	// within the last second, of those that are blocked or in replay.
	Lag int64

	Accepted  uint64 // connections
	Exhausted uint64 // times that accepting paused for want of descriptors
	Writes    uint64 // of what is live, to one viewer each
	Frames    uint64 // sent with lines or messages of tailbeam.v1
	Bytes     uint64 // written to viewers
	Demoted   uint64 // viewers that fell behind memory and went on from the files
	// Of frames that were compressed, once for all viewers: their bytes before
	// and after, and how many were not because others were at it.
	Compressed   uint64
	CompressedTo uint64
	Uncompressed uint64
	Skipped      uint64 // times that a viewer fell behind memory and asked to skip
	Gaps         uint64 // times that a replay did not find what it looked for
	Dead         uint64 // viewers dropped that gave no sign of life
	Stalled      uint64 // viewers closed that took nothing for too long

	Ended  []Count // connections that are over, by reason
	Sweeps Sweeps
}

// Count is a number of something with a name.
type Count struct {
	Name  string
	Count uint64
}

// Sweeps is how long it took to send what was new to the viewers of one loop.
type Sweeps struct {
	Buckets []Bucket // cumulative; longer ones are in Count alone
	Count   uint64
	Sum     time.Duration
}

// Bucket counts what took no longer than a limit.
type Bucket struct {
	Limit time.Duration
	Count uint64
}

// ending is why a connection of a viewer is over.
type ending uint8

const (
	endedDone      ending = iota // Close 1000: the stream ended, or quit; or a response is complete
	endedAway                    // Close 1001
	endedProtocol                // Close 1002, 1003 or 1007
	endedBig                     // Close 1009
	endedLimit                   // Close 1008
	endedGap                     // Close 4001
	endedStalled                 // Close 4002
	endedByClient                // the client sent Close
	endedGone                    // the connection broke, or ended without a Close
	endedDead                    // no sign of life
	endedHandshake               // its request did not come in time
	endedCut                     // at the end of the program
)

var endingNames = [...]string{
	endedDone:      "done",
	endedAway:      "going_away",
	endedProtocol:  "protocol",
	endedBig:       "message_too_big",
	endedLimit:     "limit",
	endedGap:       "gap",
	endedStalled:   "stalled",
	endedByClient:  "client_close",
	endedGone:      "client_gone",
	endedDead:      "dead",
	endedHandshake: "handshake",
	endedCut:       "cut_off",
}

// endingOf returns why a viewer is closed with a code.
func endingOf(v *viewer, code ws.StatusCode) ending {
	if v.flags&goodbye != 0 {
		return endedByClient
	}
	switch code {
	case wire.CloseEnd, answered:
		return endedDone
	case wire.CloseAway:
		return endedAway
	case wire.CloseBig:
		return endedBig
	case wire.ClosePolicy:
		return endedLimit
	case wire.CloseGap:
		return endedGap
	case wire.CloseStalled:
		return endedStalled
	}
	return endedProtocol
}

// sweepLimits are the bounds of the histogram of sweeps.
var sweepLimits = [...]time.Duration{
	50 * time.Microsecond, 200 * time.Microsecond, time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond, 200 * time.Millisecond, time.Second,
}

// counters are what Stats tells, counted by the loops without a lock. What
// happens for each viewer and line is summed up in a tally first.
type counters struct {
	accepted, exhausted, writes, frames, bytes, demoted, skipped, gaps atomic.Uint64

	ended    [len(endingNames)]atomic.Uint64
	sweeps   [len(sweepLimits) + 1]atomic.Uint64
	sweeping atomic.Int64 // nanoseconds
}

func (c *counters) swept(took time.Duration) {
	i := 0
	for i < len(sweepLimits) && took > sweepLimits[i] {
		i++
	}
	c.sweeps[i].Add(1)
	c.sweeping.Add(int64(took))
}

// tally is what a loop has counted of its own and how its viewers stand. It
// adds up in the loop and is shown once a turn.
type tally struct {
	writes, frames, bytes uint64

	blocked, replays atomic.Int32
	lag              atomic.Int64
}

// show adds what was counted since the last call to c.
func (t *tally) show(c *counters) {
	if t.bytes == 0 {
		return
	}
	c.writes.Add(t.writes)
	c.frames.Add(t.frames)
	c.bytes.Add(t.bytes)
	t.writes, t.frames, t.bytes = 0, 0, 0
}

// Stats returns the counts as they are now.
func (s *Server) Stats() Stats {
	c := &s.counters
	stats := Stats{
		Viewers:      int(s.seats.held.Load()),
		Accepted:     c.accepted.Load(),
		Exhausted:    c.exhausted.Load(),
		Writes:       c.writes.Load(),
		Frames:       c.frames.Load(),
		Bytes:        c.bytes.Load(),
		Demoted:      c.demoted.Load(),
		Compressed:   s.hub.deflaters.in.Load(),
		CompressedTo: s.hub.deflaters.out.Load(),
		Uncompressed: s.hub.deflaters.copied.Load(),
		Skipped:      c.skipped.Load(),
		Gaps:         c.gaps.Load(),
		Dead:         c.ended[endedDead].Load(),
		Stalled:      c.ended[endedStalled].Load(),
	}
	for i, name := range endingNames {
		stats.Ended = append(stats.Ended, Count{name, c.ended[i].Load()})
	}
	for i := range c.sweeps {
		stats.Sweeps.Count += c.sweeps[i].Load()
		if i < len(sweepLimits) {
			stats.Sweeps.Buckets = append(stats.Sweeps.Buckets, Bucket{sweepLimits[i], stats.Sweeps.Count})
		}
	}
	stats.Sweeps.Sum = time.Duration(c.sweeping.Load())
	select {
	case <-s.began:
	default:
		return stats
	}
	for _, l := range s.loops {
		stats.Blocked += int(l.tally.blocked.Load())
		stats.Replays += int(l.tally.replays.Load())
		stats.Lag = max(stats.Lag, l.tally.lag.Load())
	}
	return stats
}
