package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// readers is how many viewers over plain HTTP there are.
const readers = 10000

// overHTTP connects viewers that read server-sent events, and measures what one
// costs in memory beside a log that does not grow.
func overHTTP(ctx context.Context, b *bench) ([]reading, error) {
	var of tailbeam
	s, err := of.start(ctx, b, pace{})
	if err != nil {
		return nil, fmt.Errorf("tailbeam: %w", err)
	}
	defer s.process.stop()
	before, err := released(ctx, of, s.process)
	if err != nil {
		return nil, err
	}
	s.url = strings.Replace(s.url, "/ws/", "/tail/", 1)
	// Each comes by the second door, which holds 1,024 connections at once.
	l := load{viewers: readers, measured: time.Minute, args: []string{"--sse", "--inflight", "256"}}
	viewers, err := b.attack(ctx, s, l)
	if err != nil {
		return nil, err
	}
	defer viewers.stop()
	if err := pause(ctx, time.Second); err != nil {
		return nil, err
	}
	connected, err := s.process.memory()
	if err != nil {
		return nil, err
	}
	full, err := released(ctx, of, s.process)
	if err != nil {
		return nil, err
	}
	each := func(with memory) float64 { return float64(with.anon-before.anon) / readers }
	return []reading{
		{"memory per viewer, B", each(full), none, "", "%.0f"},
		{"the same as connected, B", each(connected), none, "", "%.0f"},
	}, nil
}
