package main

import (
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"tailbeam/stream"
)

func TestLimitsReachTheConfiguration(t *testing.T) {
	flags := map[string]string{
		"max-viewers": "11", "max-viewers-per-address": "12", "max-streams": "13", "max-filters": "14", "max-compressed": "15",
		"max-message": "16KiB", "message-rate": "17", "max-unsent": "180KiB", "memory-total": "19MiB", "gather": "21ms",
		"replay-readers": "22", "handshake-timeout": "23s", "stalled-timeout": "24s",
	}
	var config stream.Config
	app := &cli.App{Flags: limitFlags(), Action: func(c *cli.Context) error {
		limit(c, &config)
		return nil
	}}
	args := []string{"tailbeam"}
	for _, flag := range app.Flags {
		name := flag.Names()[0]
		value, ok := flags[name]
		if !ok {
			t.Errorf("nothing is known of --%s here", name)
			continue
		}
		args = append(args, "--"+name, value)
	}
	if err := app.Run(args); err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]int64{
		"MaxViewers":       {int64(config.MaxViewers), 11},
		"MaxPerAddress":    {int64(config.MaxPerAddress), 12},
		"MaxStreams":       {int64(config.MaxStreams), 13},
		"MaxFilters":       {int64(config.MaxFilters), 14},
		"MaxCompressed":    {int64(config.MaxCompressed), 15},
		"MaxMessage":       {int64(config.MaxMessage), 16 << 10},
		"MessageRate":      {int64(config.MessageRate), 17},
		"MaxUnsent":        {int64(config.MaxUnsent), 180 << 10},
		"TotalMemory":      {config.TotalMemory, 19 << 20},
		"Gather":           {int64(config.Gather), int64(21 * time.Millisecond)},
		"Readers":          {int64(config.Readers), 22},
		"HandshakeTimeout": {int64(config.HandshakeTimeout), int64(23 * time.Second)},
		"StalledTimeout":   {int64(config.StalledTimeout), int64(24 * time.Second)},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %d, want %d", name, pair[0], pair[1])
		}
	}
}
