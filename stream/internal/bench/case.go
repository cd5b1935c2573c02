package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

// benchCase is one thing to measure. run measures it once for tailbeam and the
// floor; it may keep state from round to round.
type benchCase struct {
	name string // for -cases
	what string // for the table
	run  func(context.Context, *bench) ([]reading, error)
}

// reading is one figure of one round. What was not measured is NaN.
type reading struct {
	name     string // with its unit
	tailbeam float64
	floor    float64
	goal     string // what the project asks for, or empty
	form     string // how a value is printed, as for fmt
}

var none = math.NaN()

// ratio is tailbeam over floor, or NaN.
func (r reading) ratio() float64 {
	if r.floor == 0 {
		return none
	}
	return r.tailbeam / r.floor
}

// allCases are the cases in the order of the table.
func allCases() []benchCase {
	return []benchCase{
		newBroadcast("wide", 10000, 10, depthGoals),
		newBroadcast("dense", 1000, 1000, depthGoals),
		newBroadcast("light", 10, 100, latencyGoals),
		newBroadcast("medium", 100, 100, latencyGoals),
		newFlood(),
		{name: "handshake", what: "19,000 handshakes, 512 in flight", run: handshakes},
		{name: "storm", what: "9,000 handshakes while 10,000 viewers receive 10 lines/s", run: storm},
		{name: "rush", what: "18,900 handshakes at once beside 100 viewers × 100 lines/s", run: rush},
		{name: "deep", what: "two viewers read 2 GB beside 100 viewers × 100 lines/s", run: deep},
		{name: "search", what: "searches through 2 GB beside 100 viewers × 100 lines/s", run: searches},
		{name: "stall", what: "1,000 viewers × 10,000 lines/s, of whom half stop for 30 s", run: stall},
		{name: "idle", what: "19,000 idle viewers", run: idle},
		{name: "http", what: "10,000 idle viewers of server-sent events", run: overHTTP},
		{name: "deflate", what: "compressing lines one by one, with a shared context", run: deflating},
		{name: "files", what: "10,000 idle files in 50 directories", run: manyFiles},
		{name: "read", what: "reading a 1 GiB file of 120-byte lines", run: readSpeed},
		{name: "sink", what: "a line every 2 ms, from its write to the log", run: sinkLatency},
		newRotations(),
	}
}

func caseNames() []string {
	var names []string
	for _, c := range allCases() {
		names = append(names, c.name)
	}
	return names
}

func chooseCases(names []string) ([]benchCase, error) {
	var chosen []benchCase
	for _, name := range names {
		found := false
		for _, c := range allCases() {
			if c.name == name {
				chosen, found = append(chosen, c), true
			}
		}
		if !found {
			return nil, fmt.Errorf("no case %q; there are %s", name, strings.Join(caseNames(), ", "))
		}
	}
	return chosen, nil
}

// warmup is left out of each run's figures.
const warmup = 2 * time.Second
