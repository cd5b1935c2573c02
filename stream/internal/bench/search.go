package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// What is looked for in the old file: a text, and an expression in which there
// is none, so that each byte goes through an automaton. Neither matches.
const (
	soughtText       = "no line says this"
	soughtExpression = "[0-9]{12}[a-f][0-9]"
)

// searches measures what live viewers feel of one search through a file of 2 GB,
// and of as many as there may be.
func searches(ctx context.Context, b *bench) ([]reading, error) {
	file, err := b.oldFile(ctx)
	if err != nil {
		return nil, err
	}
	var readings []reading
	var alone result
	for _, c := range []struct {
		name, query string
		at          int // once
	}{{"alone", "", 0}, {"beside a text", soughtText, 1}, {"beside an expression", soughtExpression, 1}, {"beside eight", soughtExpression, 8}} {
		live, bytes, err := b.besideSearches(ctx, file, c.query, c.at)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		if c.at == 0 {
			alone = live
		}
		readings = append(readings,
			reading{"latency p50 " + c.name + ", µs", live.Latency.P50, none, "", "%.0f"},
			reading{"latency p99 " + c.name + ", µs", live.Latency.P99, none, "", "%.0f"})
		if c.at > 0 {
			readings = append(readings,
				reading{"later (p99) " + c.name + ", µs", live.Latency.P99 - alone.Latency.P99, none, "≤ 5,000", "%.0f"},
				reading{"searched " + c.name + ", MB/s", bytes / 1e6 / live.Seconds, none, "", "%.0f"})
		}
	}
	return readings, nil
}

// besideSearches returns what live viewers saw beside so many searches, which
// begin again when they are done, and about how many bytes these went over.
func (b *bench) besideSearches(ctx context.Context, file, query string, at int) (live result, bytes float64, err error) {
	s, err := tailbeam{profile: b.profileName("search"), more: []string{"old=" + file}}.start(ctx, b, pace{})
	if err != nil {
		return live, 0, err
	}
	defer s.process.stop()
	few := load{viewers: calmViewers, warmup: time.Second, measured: 5 * time.Second}
	viewers, err := b.attack(ctx, s, few)
	if err != nil {
		return live, 0, err
	}
	defer viewers.stop()
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	failed := make(chan error, at)
	var mu sync.Mutex
	for range at {
		running.Go(func() {
			for ctx.Err() == nil {
				over, err := s.search(ctx, query)
				mu.Lock()
				bytes += over
				mu.Unlock()
				if err != nil && ctx.Err() == nil {
					failed <- err
					return
				}
			}
		})
	}
	writer, err := b.writer(ctx, s, calmPerSecond, 10*calmPerSecond)
	if err != nil {
		return live, 0, err
	}
	defer writer.stop()
	if live, err = few.finish(viewers); err == nil {
		err = few.check(live)
	}
	cancel()
	running.Wait()
	select {
	case err = <-failed:
	default:
	}
	return live, bytes, err
}

// search looks through the old file once and returns how many bytes it went
// over.
func (s *server) search(ctx context.Context, query string) (bytes float64, err error) {
	address := "http://" + s.addr + "/api/search/old?count=1&q=" + url.QueryEscape(query)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("search: %s %s", response.Status, text)
	}
	for line := range strings.Lines(string(text)) {
		if _, rest, ok := strings.Cut(line, `"bytes":`); ok {
			if _, fault := fmt.Sscan(rest, &bytes); fault != nil {
				bytes = 0
			}
		}
	}
	return bytes, err
}
