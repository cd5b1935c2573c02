package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tailbeam/static"
	"tailbeam/stream"
	"tailbeam/stream/web"
	"tailbeam/tailer"
	"tailbeam/tailer/stamp"
)

// shutdownTimeout is how long viewers have to take what they lack when the
// program is told to end.
const shutdownTimeout = 4 * time.Second

// preload is how many bytes of each file's end are held in memory at the start.
// What lies before is read from the file when somebody asks for it.
const preload = 64 << 10

// endings returns the signals that end the server in order. A hang-up is none
// where it is ignored, as under nohup(1).
func endings() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// serve follows the sources and serves them until ctx ends or a signal says
// so. The first signal ends it in order, a second one at once.
func serve(ctx context.Context, s settings, out, faults io.Writer) error {
	sources, err := parseSources(s.sources)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, endings()...)
	defer stop()
	var plain net.ListenConfig
	plain.SetMultipathTCP(false) // viewers' sockets are used bare, and each costs less
	ln, err := plain.Listen(ctx, "tcp", s.listen)
	if err != nil {
		return listenError(s.listen, err)
	}
	defer ln.Close()

	logger := slog.New(slog.NewTextHandler(faults, &slog.HandlerOptions{Level: s.logLevel}))
	moment := func(text string) (time.Time, error) { return stamp.ParseMoment(text, time.Now(), s.timezone) }
	config := s.limits
	config.Memory, config.MaxLine, config.Backlog = s.memory, s.maxLine, s.backlog
	config.Moment, config.Logger = moment, logger
	hub := stream.NewHub(config)
	server := stream.NewServer(hub, config)
	address := newAddress(s, ln.Addr())
	var tail *tailer.Tailer // there is one before anybody is answered
	site, err := web.New(web.Config{
		Hub:          hub,
		Server:       server,
		Files:        static.Files(),
		Listen:       address.listen(),
		AllowedHosts: s.allowedHosts,
		PublicURL:    s.publicURL,
		Token:        address.token,
		Backlog:      s.backlog,
		MaxStreams:   config.MaxStreams,
		Version:      programVersion(),
		Location:     s.timezone,
		Moment:       moment,
		Waiting: func() (names []string) {
			for _, source := range tail.Waiting() {
				names = append(names, printable(source.String()))
			}
			return names
		},
	})
	if err != nil {
		return &usageError{err}
	}
	tail, err = tailer.Open(sources, hub, tailer.Config{
		Preload: preload,
		MaxLine: s.maxLine,
		Logger:  logger,
		Stdin:   os.Stdin,

		OutsideLinks: s.outsideLinks,
		SSH:          s.ssh,
		Encoding:     s.encoding,
		Spool:        s.spool,
		Location:     s.timezone,
	})
	if err != nil {
		return err
	}

	settle(ctx, hub)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln, site) }()
	greet(out, address, hub.Streams(), tail.Waiting())
	defer giveBack()()
	select {
	case err := <-ended:
		tail.Close()
		return fmt.Errorf("serve %s: %w", s.listen, err)
	case <-ctx.Done():
	}
	stop() // from here a signal has its usual effect
	tail.Close()
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		logger.Warn("some viewers were cut off", "err", err)
	}
	if err := <-ended; err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", s.listen, err)
	}
	return nil
}

// settleTimeout bounds how long files are read before anybody is answered.
const settleTimeout = 3 * time.Second

// settle waits until every stream was looked into and its newest part is held,
// so that whoever comes back with a cursor after a restart finds what it names.
// Connections wait in the listener meanwhile. A stream that has said nothing
// yet is waiting without a reason.
func settle(ctx context.Context, hub *stream.Hub) {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for slices.ContainsFunc(hub.Streams(), func(i stream.Info) bool { return i.Condition == "waiting" && i.Reason == "" }) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// parseSources reads the sources of the command line. What is wrong with them
// here does not depend on any file, so it is an error of usage.
func parseSources(args []string) ([]tailer.Source, error) {
	sources := make([]tailer.Source, len(args))
	for i, arg := range args {
		source, err := tailer.Parse(arg)
		if err != nil {
			return nil, &usageError{err}
		}
		sources[i] = source
		for _, other := range sources[:i] {
			if source.Name != "" && source.Name == other.Name && source.Kind == tailer.File && other.Kind == tailer.File && source.Path != other.Path {
				return nil, &usageError{fmt.Errorf("two sources are both named %s (%s and %s): give one of them another name", source.Name, other, source)}
			}
		}
	}
	tailer.Number(sources)
	return sources, nil
}

// listenError says what to do about a listener that cannot be had.
func listenError(listen string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is in use by another program: choose another port with --listen", listen)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s may not be used by this user: choose a port from 1024 with --listen", listen)
	}
	return fmt.Errorf("--listen: %w", err)
}

// address is where a server is reached.
type address struct {
	host   string // of --listen; empty for every address
	port   int
	public string // --public-url
	token  string // empty where none is asked
}

// newAddress returns the address of a listener, with a new token where one is
// asked.
func newAddress(s settings, bound net.Addr) address {
	host, _, _ := net.SplitHostPort(s.listen)
	a := address{host: host, public: s.publicURL}
	tcp, ok := bound.(*net.TCPAddr)
	if ok {
		a.port = tcp.Port
	}
	if s.token == tokenBeyondLoopback && !(ok && tcp.IP.IsLoopback()) {
		a.token = rand.Text()
	}
	return a
}

// listen returns HOST:PORT with the port that was bound.
func (a address) listen() string {
	return net.JoinHostPort(a.host, strconv.Itoa(a.port))
}

// url returns the address to open. Its fragment, which no browser sends,
// carries the token to the page.
func (a address) url() string {
	url := strings.TrimSuffix(a.public, "/") + "/"
	if a.public == "" {
		host := a.host
		if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
			host = ownAddress()
		}
		url = "http://" + net.JoinHostPort(host, strconv.Itoa(a.port)) + "/"
	}
	if a.token != "" {
		url += "#token=" + a.token
	}
	return url
}

// ownAddress returns an address of this machine that others can reach, or
// loopback.
func ownAddress() string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return "127.0.0.1"
	}
	best := "127.0.0.1"
	for _, addr := range addrs {
		network, ok := addr.(*net.IPNet)
		if !ok || !network.IP.IsGlobalUnicast() {
			continue
		}
		if network.IP.To4() != nil {
			return network.IP.String()
		}
		best = network.IP.String()
	}
	return best
}
