package main

import (
	"fmt"
	"math"
	"time"

	"github.com/urfave/cli/v2"

	"tailbeam/stream"
)

// limitFlags are the flags of serve that bound what viewers can make the server
// hold or do, each with its variable.
func limitFlags() []cli.Flag {
	generic := func(name, usage string, value cli.Generic) cli.Flag {
		return &cli.GenericFlag{Name: name, Usage: usage, Value: value, EnvVars: env(name)}
	}
	return []cli.Flag{
		generic("max-viewers", "`NUMBER` how many viewers there may be at once",
			&number{value: 100_000, least: 1, most: math.MaxInt32}),
		generic("max-viewers-per-address", "`NUMBER` how many of them from one address",
			&number{value: 10_000, least: 1, most: math.MaxInt32}),
		generic("max-streams", "`NUMBER` how many streams one connection may follow",
			&number{value: 256, least: 1, most: 4096}),
		generic("max-filters", "`NUMBER` how many different grep, not and level there may be, counted for each set of streams",
			&number{value: 64, least: 1, most: 4096}),
		generic("max-compressed", "`NUMBER` how many feeds are compressed at the same time; 0: none",
			&number{value: 64, most: 4096}),
		generic("max-message", "`BYTES` the longest message that a client may send",
			&number{value: 64 << 10, least: 1 << 10, most: 16 << 20, unit: bytesUnit}),
		generic("message-rate", "`NUMBER` how many messages a client may send within a second",
			&number{value: 1000, least: 1, most: math.MaxUint16}),
		generic("max-unsent", "`BYTES` what may wait for one viewer alone to be sent to it",
			&number{value: 256 << 10, least: 64 << 10, most: 1 << 30, unit: bytesUnit}),
		generic("memory-total", "`BYTES` how much of all streams' newest lines is held in memory together",
			&number{value: 1 << 30, least: 16 << 20, most: math.MaxInt64, unit: bytesUnit}),
		generic("gather", "`TIME` for which lines may gather while many viewers are served",
			&duration{value: 20 * time.Millisecond, least: time.Millisecond, most: time.Second}),
		generic("replay-readers", "`NUMBER` how many readers of files serve viewers that lag or look back",
			&number{value: 4, least: 1, most: 1024}),
		generic("handshake-timeout", "`TIME` for a client to send its whole request",
			&duration{value: 10 * time.Second, least: time.Second, most: time.Hour}),
		generic("stalled-timeout", "`TIME` for which a viewer may take nothing",
			&duration{value: time.Hour, least: 10 * time.Second, most: 1000 * time.Hour}),
	}
}

// limit reads what limitFlags say.
func limit(c *cli.Context, config *stream.Config) {
	count := func(name string) int { return int(c.Generic(name).(*number).value) }
	config.MaxViewers, config.MaxPerAddress = count("max-viewers"), count("max-viewers-per-address")
	config.MaxStreams = count("max-streams")
	if config.MaxCompressed = count("max-compressed"); config.MaxCompressed == 0 {
		config.MaxCompressed = -1
	}
	config.MaxFilters = count("max-filters")
	config.MaxMessage, config.MessageRate = count("max-message"), count("message-rate")
	config.MaxUnsent = count("max-unsent")
	config.TotalMemory = c.Generic("memory-total").(*number).value
	config.Gather = c.Generic("gather").(*duration).value
	config.Readers = count("replay-readers")
	config.HandshakeTimeout = c.Generic("handshake-timeout").(*duration).value
	config.StalledTimeout = c.Generic("stalled-timeout").(*duration).value
}

// duration is a flag's value from least to most.
type duration struct{ value, least, most time.Duration }

// Set takes the value of the flag.
func (d *duration) Set(s string) error {
	v, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return fmt.Errorf("want a time such as 500ms, 10s or 1h30m")
	case v < d.least:
		return fmt.Errorf("want %s at the least", brief(d.least))
	case v > d.most:
		return fmt.Errorf("want %s at the most", brief(d.most))
	}
	d.value = v
	return nil
}

// String returns the value as it would be written.
func (d *duration) String() string { return brief(d.value) }

// brief returns a duration without units of which there is nothing.
func brief(d time.Duration) string {
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}
