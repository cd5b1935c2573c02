package stream

import (
	"errors"
	"log/slog"
	"math"
	"runtime"
	"time"
)

// Config is what can be chosen about the hub and the server. The zero value of
// a field gives its default.
type Config struct {
	// Memory is how many bytes of each stream's newest lines are held; 8 MiB,
	// and 4 MiB at the least.
	Memory int64
	// TotalMemory is how many bytes of lines all streams hold together, in all
	// encodings; 1 GiB.
	TotalMemory int64
	// Gather bounds how long lines gather while sending is slow; 20 ms.
	Gather time.Duration
	// MaxLine is the longest piece of a line that sources deliver, in bytes;
	// 1 MiB.
	MaxLine int
	// Readers is how many goroutines read history for replays; 4.
	Readers int
	// Loops is how many event loops share the viewers; one per core.
	Loops int
	// MaxViewers is how many viewers there may be, MaxPerAddress how many of
	// them from one address (of IPv6: from one /64); 100,000 and 10,000.
	MaxViewers, MaxPerAddress int
	// MaxStreams is how many streams one viewer may follow; 256.
	MaxStreams int
	// MaxMessage is the longest message that a client may send, in bytes, and
	// MessageRate how many frames within a second; 64 KiB and 1,000. 65,535 and
	// more is no limit.
	MaxMessage, MessageRate int
	// MaxFilters is how many filtered feeds there may be: one for each filter
	// on the same streams in the same encoding, however many use it; 64.
	MaxFilters int
	// MaxCompressed is how many feeds may be compressed at the same time, each
	// of which takes about 1 MB while it has something to send; what comes
	// beyond is sent as it is. 64; below 0 no compression is negotiated.
	MaxCompressed int
	// AdvanceEvery is how often a viewer is told where it stands while its
	// filter chooses nothing, where its protocol can say so; 15 s.
	AdvanceEvery time.Duration
	// MaxUnsent is how many bytes made for one viewer alone may wait to be
	// sent to it: answers, and what a replay has read ahead. A single longer
	// line may still wait. 256 KiB.
	MaxUnsent int
	// MergeWait is for how long the lines of several streams, which are merged
	// by their times, wait for those of one that cannot be had; 2 s.
	MergeWait time.Duration
	// Backlog is how many lines a subscription gets that does not say n; 0 as
	// written, for callers choose their own default.
	Backlog int
	// LookBack is how many bytes of the files of one stream are looked through,
	// from their end, for the lines of a backlog that a filter chooses; 1 GiB.
	LookBack int64
	// Moment reads a point in time as a viewer writes it; the error is one line
	// for a person. nil refuses every one.
	Moment func(string) (time.Time, error)
	// HandshakeTimeout bounds the time from accepting a connection to its
	// whole request head; 10 s.
	HandshakeTimeout time.Duration
	// PingEvery is how often an idle viewer is pinged; 30 s.
	PingEvery time.Duration
	// DeadAfter is how long a viewer may send no frame and acknowledge no byte;
	// 90 s.
	DeadAfter time.Duration
	// StalledTimeout is how long a living viewer may take no byte; 1 h.
	StalledTimeout time.Duration
	// CloseTimeout is how long a viewer has for its part of the closing
	// handshake; 5 s.
	CloseTimeout time.Duration
	// Logger takes what operators want to know; slog's default.
	Logger *slog.Logger
}

// minMemory leaves room for a message of the largest size beside others.
const minMemory = 4 << 20

// defaultMessage is the longest message of a client unless Config says.
const defaultMessage = 64 << 10

// maxMessageRate is what a viewer's count can hold.
const maxMessageRate = math.MaxUint16

func (c Config) withDefaults() Config {
	c.Memory = max(or(c.Memory, 8<<20), minMemory)
	c.TotalMemory = or(c.TotalMemory, 1<<30)
	c.Gather = or(c.Gather, 20*time.Millisecond)
	c.MaxLine = or(c.MaxLine, 1<<20)
	c.LookBack = or(c.LookBack, 1<<30)
	c.Readers = or(c.Readers, 4)
	c.Loops = or(c.Loops, runtime.GOMAXPROCS(0))
	c.MaxViewers = or(c.MaxViewers, 100_000)
	c.MaxPerAddress = or(c.MaxPerAddress, 10_000)
	c.MaxStreams = or(c.MaxStreams, 256)
	c.MaxMessage = or(c.MaxMessage, defaultMessage)
	c.MessageRate = or(c.MessageRate, 1000)
	if c.MessageRate >= maxMessageRate {
		c.MessageRate = math.MaxInt
	}
	c.MaxFilters = or(c.MaxFilters, 64)
	if c.MaxCompressed == 0 {
		c.MaxCompressed = 64
	}
	c.AdvanceEvery = or(c.AdvanceEvery, 15*time.Second)
	c.MaxUnsent = or(c.MaxUnsent, 256<<10)
	c.HandshakeTimeout = or(c.HandshakeTimeout, 10*time.Second)
	c.PingEvery = or(c.PingEvery, 30*time.Second)
	c.DeadAfter = or(c.DeadAfter, 90*time.Second)
	c.StalledTimeout = or(c.StalledTimeout, time.Hour)
	c.CloseTimeout = or(c.CloseTimeout, 5*time.Second)
	c.MergeWait = or(c.MergeWait, 2*time.Second)
	if c.Moment == nil {
		c.Moment = func(string) (time.Time, error) { return time.Time{}, errors.New("since is not known here") }
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c
}

func or[T int | int64 | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}
