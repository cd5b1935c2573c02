package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// load is a run of wsload against one server.
type load struct {
	viewers  int
	warmup   time.Duration // left out of the figures
	measured time.Duration
	lastLine int      // the run ends when every viewer has it; 0: by time
	args     []string // more arguments of wsload
}

// result is the part of wsload's JSON that is used here.
type result struct {
	Connected int            `json:"connected"`
	Failed    int            `json:"failed"`
	Failures  map[string]int `json:"failures"`
	Handshake struct {
		PerSecond float64 `json:"per_s"`
		P99       float64 `json:"p99_us"`
	} `json:"handshake"`
	Frames          int64   `json:"frames"` // from the start
	WindowFrames    int64   `json:"window_frames"`
	FramesPerSecond float64 `json:"frames_per_s"`
	FramesPerRead   float64 `json:"frames_per_read"`
	Gaps            int64   `json:"gaps"`
	Missing         int64   `json:"missing"`
	Dups            int64   `json:"dups"`
	OutOfOrder      int64   `json:"out_of_order"`
	NoSeq           int64   `json:"no_seq"`
	ProtocolErrors  int64   `json:"protocol_errors"`
	BadUTF8         int64   `json:"bad_utf8"`
	Seq             struct {
		FirstMax int `json:"first_max"`
		LastMin  int `json:"last_min"`
	} `json:"seq"`
	Latency struct {
		P50 float64 `json:"p50"`
		P99 float64 `json:"p99"`
		Max float64 `json:"max"`
	} `json:"latency_us"`
	Seconds   float64        `json:"seconds"` // measured
	Discarded float64        `json:"discard_bytes"`
	Closed    map[string]int `json:"closed"`
	Slow      struct {
		Closed     int64 `json:"closed"`
		Missing    int64 `json:"missing"`
		Dups       int64 `json:"dups"`
		OutOfOrder int64 `json:"out_of_order"`
	} `json:"slow"` // of the viewers that stopped reading for a while
	Client struct {
		CPU float64 `json:"cpu_s"`
	} `json:"client"`
	Server struct {
		CPUPerMillion float64 `json:"cpu_s_per_M_frames"`
		CPUPerViewer  float64 `json:"connect_cpu_us_per_conn"`
	} `json:"server"`

	perWrite float64 // lines in a write, as the server counts
	demoted  float64 // viewers that fell behind memory
}

// cpuPerWrite is the server's CPU in µs for one write to one viewer. Beside CPU
// per delivery it tells a dear write from one with few lines in it.
func (r result) cpuPerWrite() float64 { return r.Server.CPUPerMillion * r.perWrite }

// loss says what a run lost, doubled or broke.
type loss struct{ what string }

func (l *loss) Error() string { return l.what }

// attack starts wsload against a server and returns when all its viewers are
// connected. finish gives the result.
func (b *bench) attack(ctx context.Context, s *server, l load) (*process, error) {
	ready := filepath.Join(b.dir, "ready")
	if err := os.Remove(ready); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove the mark of the last run: %w", err)
	}
	args := []string{
		"-n", strconv.Itoa(l.viewers), "-u", s.url, "--server-pid", strconv.Itoa(s.process.pid()),
		"--warmup", seconds(l.warmup), "-d", seconds(l.measured), "--ready", ready,
	}
	if l.lastLine > 0 {
		args = append(args, "--until-seq", strconv.Itoa(l.lastLine))
	}
	p, err := b.tools.startOn(ctx, clientCPU, nil, b.tools.wsload, append(args, l.args...)...)
	if err != nil {
		return nil, err
	}
	err = p.until(60*time.Second, "all viewers' handshakes", func() bool {
		_, err := os.Stat(ready)
		return err == nil
	})
	if err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// finish waits for the end of wsload and reads what it has seen. A handshake
// that failed is an error.
func (l load) finish(p *process) (result, error) {
	var r result
	if err := p.wait(l.warmup + l.measured + drainTime + time.Minute); err != nil {
		if json.Unmarshal(p.stdout.Bytes(), &r) == nil && r.Failed > 0 {
			return r, fmt.Errorf("%d of %d handshakes failed: %v", r.Failed, l.viewers, r.Failures)
		}
		return r, err
	}
	if err := json.Unmarshal(p.stdout.Bytes(), &r); err != nil {
		return r, fmt.Errorf("read the figures of wsload: %w", err)
	}
	return r, nil
}

// check holds a result against what every viewer must have seen.
func (l load) check(r result) error {
	switch {
	case len(r.Closed) > 0:
		return &loss{fmt.Sprintf("viewers closed, by code: %v", r.Closed)}
	case r.ProtocolErrors > 0 || r.BadUTF8 > 0 || r.NoSeq > 0:
		return &loss{fmt.Sprintf("%d protocol errors, %d messages not UTF-8, %d without a line number", r.ProtocolErrors, r.BadUTF8, r.NoSeq)}
	case r.Missing > r.OutOfOrder:
		return &loss{fmt.Sprintf("%d lines lost in %d gaps", r.Missing-r.OutOfOrder, r.Gaps)}
	case r.Dups > 0 || r.OutOfOrder > 0:
		return &loss{fmt.Sprintf("%d lines doubled, %d out of order", r.Dups, r.OutOfOrder)}
	case r.Slow.Closed+r.Slow.Missing+r.Slow.Dups+r.Slow.OutOfOrder > 0:
		return &loss{fmt.Sprintf("of the slow viewers %d were closed, and they miss %d lines, have %d twice and %d out of order",
			r.Slow.Closed, r.Slow.Missing, r.Slow.Dups, r.Slow.OutOfOrder)}
	case l.lastLine == 0:
		return nil
	case r.Seq.FirstMax != 1:
		return &loss{fmt.Sprintf("a viewer began with line %d", r.Seq.FirstMax)}
	case r.Seq.LastMin != l.lastLine:
		return &loss{fmt.Sprintf("a viewer ended with line %d of %d", r.Seq.LastMin, l.lastLine)}
	case r.Frames != int64(l.viewers)*int64(l.lastLine):
		return &loss{fmt.Sprintf("%d frames instead of %d", r.Frames, l.viewers*l.lastLine)}
	}
	return nil
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }
