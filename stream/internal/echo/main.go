// Command echo sends every message of a WebSocket client back to it, with the
// loops, the sockets and the reader of messages that serve viewers. An outside
// conformance suite, such as the Autobahn one, can be pointed at it:
//
//	go run ./stream/internal/echo --listen 127.0.0.1:9001
//
// It takes compressed messages from clients that offer permessage-deflate, and
// sends none; --deflate=false declines the offer.
//
// It is no part of the released program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"tailbeam/stream"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9001", "`HOST:PORT` where to serve")
	deflate := flag.Bool("deflate", true, "accept permessage-deflate")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "echo: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	compressed := 0 // feeds; as by default
	if !*deflate {
		compressed = -1
	}
	err := run(ctx, *listen, compressed)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "echo:", err)
		os.Exit(1)
	}
}

// run serves on an address until ctx ends, see serve.
func run(ctx context.Context, listen string, compressed int) error {
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Printf("echo serves on ws://%s/\n", ln.Addr())
	return serve(ctx, ln, compressed)
}

// What suites send: messages of 16 MiB, and a hundred thousand frames a second.
const (
	maxMessage = 16<<20 + 64<<10
	maxUnsent  = 256 << 20
	noLimit    = 1 << 30
)

// serve echoes on a listener until ctx ends. compressed is as
// stream.Config.MaxCompressed.
func serve(ctx context.Context, ln net.Listener, compressed int) error {
	config := stream.Config{
		MaxMessage:    maxMessage,
		MaxUnsent:     maxUnsent,
		MessageRate:   noLimit,
		MaxCompressed: compressed,
		Logger:        slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	server := stream.NewServer(stream.NewHub(config), config)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln, site{server}) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	server.Shutdown(ctx) //nolint:errcheck // who does not leave is cut off
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// site echoes at every address.
type site struct{ server *stream.Server }

// Admit admits everyone.
func (site) Admit(*stream.Request) (stream.Ask, error) {
	return stream.Ask{Encoding: stream.Echo}, nil
}

// ServeHTTP upgrades what the first door did not.
func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.server.Upgrade(w, r, stream.Ask{Encoding: stream.Echo})
}
