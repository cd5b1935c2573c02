package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// lineBytes is the length of a line on the wire, without its frame's header
// and without the newline in the file.
const lineBytes = 150

// pace is how lines come.
type pace struct {
	perSecond int           // 0: none
	gather    time.Duration // floor only: least time between two passes
	flood     int           // floor only: bytes in a pass as fast as viewers read; 0: at perSecond
}

// server is a program that wsload can connect to.
type server struct {
	process *process
	addr    string
	url     string
	file    string // the followed log; lines go here
}

// subject is a program under test: tailbeam or the floor.
type subject interface {
	// start returns when the server accepts connections. Whoever starts it
	// stops its process.
	start(context.Context, *bench, pace) (*server, error)
	// count completes a result with what the server itself has counted. It may
	// end the server.
	count(*server, *result) error
}

// tailbeam follows a new, empty file, and what more sources name.
type tailbeam struct {
	profile string
	more    []string
}

func (t tailbeam) start(ctx context.Context, b *bench, _ pace) (*server, error) {
	file := filepath.Join(b.dir, "bench.log")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		return nil, fmt.Errorf("make the followed file: %w", err)
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	env := []string{"TAILBEAM_BENCH_PROFILE=" + t.profile}
	p, err := b.tools.startOn(ctx, serverCPU, env, b.tools.tailbeam, append([]string{"--listen", addr, "bench=" + file}, t.more...)...)
	if err != nil {
		return nil, err
	}
	return listening(p, addr, "/ws/bench?n=0", file)
}

// count reads the server's metrics.
func (tailbeam) count(s *server, r *result) error {
	frames, err := s.metric("tailbeam_sent_frames_total")
	if err != nil {
		return err
	}
	writes, err := s.metric("tailbeam_sent_writes_total")
	if err != nil {
		return err
	}
	r.perWrite = frames / writes
	r.demoted, err = s.metric("tailbeam_demotions_total")
	return err
}

// metric returns the value of one of tailbeam's metrics that has no labels.
func (s *server) metric(name string) (float64, error) {
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Get("http://" + s.addr + "/metrics")
	if err != nil {
		return 0, fmt.Errorf("read the metrics: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, fmt.Errorf("read the metrics: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("the metrics have no %s", name)
}

// floor makes its lines itself; the file is only there so that the writer can
// run beside it as it does beside tailbeam.
type floor struct{}

func (floor) start(ctx context.Context, b *bench, l pace) (*server, error) {
	file := filepath.Join(b.dir, "floor.log")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		return nil, fmt.Errorf("make the writer's file: %w", err)
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	rate := l.perSecond
	switch {
	case l.flood > 0:
		rate = 0
	case l.perSecond == 0:
		rate = -1
	}
	_, port, _ := net.SplitHostPort(addr)
	p, err := b.tools.startOn(ctx, serverCPU, nil, b.tools.floor, port, strconv.Itoa(rate), strconv.Itoa(lineBytes),
		strconv.Itoa(l.flood), strconv.FormatInt(l.gather.Microseconds(), 10))
	if err != nil {
		return nil, err
	}
	return listening(p, addr, "/", file)
}

// count ends the floor, which then says how often it has sent.
func (floor) count(s *server, r *result) error {
	s.process.stop()
	_, rest, ok := strings.Cut(s.process.stderr.String(), "sends=")
	sends, err := strconv.ParseFloat(strings.Fields(rest + " none")[0], 64)
	if !ok || err != nil {
		return fmt.Errorf("floor does not say how often it has sent: %s", s.process.stderr.String())
	}
	r.perWrite = float64(r.Frames) / sends
	return nil
}

// listening waits until addr accepts a connection.
func listening(p *process, addr, path, file string) (*server, error) {
	err := p.until(20*time.Second, "an open port", func() bool {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
	if err != nil {
		p.stop()
		return nil, err
	}
	return &server{process: p, addr: addr, url: "ws://" + addr + path, file: file}, nil
}

// freeAddress returns a loopback address that was free a moment ago.
func freeAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// writer appends lines to the server's file at its pace, the first numbered 1.
func (b *bench) writer(ctx context.Context, s *server, perSecond, lines int) (*process, error) {
	perWrite := 1 + perSecond/20000 // above 20,000 write(2) calls a second only writing would be measured
	return b.tools.startOn(ctx, clientCPU, nil, b.tools.logwriter, "-f", s.file, "-L", strconv.Itoa(lineBytes+1),
		"-R", strconv.Itoa(perSecond), "-k", strconv.Itoa(perWrite), "-n", strconv.Itoa(lines))
}
