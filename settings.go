package main

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones by name on systems without a database of their own

	"github.com/urfave/cli/v2"

	"tailbeam/stream"
	"tailbeam/tailer"
	"tailbeam/tailer/charset"
)

// settings are what the command line and the environment say about serve.
type settings struct {
	sources      []string
	listen       string
	backlog      int
	memory       int64
	maxLine      int
	spool        int64
	encoding     charset.Encoding
	limits       stream.Config // what limitFlags say, and nothing else
	allowedHosts []string
	publicURL    string
	token        tokenPolicy
	outsideLinks bool
	ssh          tailer.SSH
	timezone     *time.Location
	logLevel     slog.Level
}

// tokenPolicy says who is asked for a token.
type tokenPolicy uint8

const (
	tokenBeyondLoopback tokenPolicy = iota // asked of all, if others than this machine can connect
	tokenNever
)

// serveFlags are the flags of serve, each with its variable. Their defaults
// are all here.
func serveFlags() []cli.Flag {
	return append(ownFlags(), sshFlags()...)
}

// ownFlags are the flags of serve but those about SSH.
func ownFlags() []cli.Flag {
	generic := func(name, usage string, value cli.Generic) cli.Flag {
		return &cli.GenericFlag{Name: name, Usage: usage, Value: value, EnvVars: env(name)}
	}
	return append([]cli.Flag{
		&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8080", DefaultText: "127.0.0.1:8080", EnvVars: env("listen"),
			Usage: "`HOST:PORT` where to serve; beyond this machine a token is asked for"},
		generic("backlog", "`LINES` how many of each stream a viewer gets first who does not say",
			&number{value: 10, most: math.MaxInt32}),
		generic("memory", "`BYTES` how much of each stream's newest lines is held in memory",
			&number{value: 8 << 20, least: 4 << 20, most: math.MaxInt64, unit: bytesUnit}),
		generic("max-line", "`BYTES` cut a longer line in pieces",
			&number{value: 1 << 20, least: 1 << 10, most: 1 << 20, unit: bytesUnit}),
		generic("spool", "`BYTES` how much is kept on disk of each stream without a file; 0: nothing",
			&number{value: 256 << 20, most: math.MaxInt64, unit: bytesUnit}),
		encodingFlag(),
		&cli.StringSliceFlag{Name: "allowed-host", EnvVars: env("allowed-host"),
			Usage: "`NAME` a further name of this server, as browsers write it; repeatable"},
		&cli.StringFlag{Name: "public-url", EnvVars: env("public-url"),
			Usage: "`URL` the address that browsers use, with a reverse proxy in front"},
		&cli.BoolFlag{Name: "insecure-no-auth", EnvVars: env("insecure-no-auth"), DisableDefaultText: true,
			Usage: "no token: everyone who can connect reads every log"},
		outsideLinks(),
		generic("timezone", "`ZONE` of the times in logs that name none, as in Europe/Berlin or UTC",
			&zone{time.Local}),
		generic("log-level", "`LEVEL` what goes to standard error: debug, info, warn, error",
			&level{slog.LevelInfo}),
	}, limitFlags()...)
}

// outsideLinks is a flag of serve and of check.
func outsideLinks() cli.Flag {
	return &cli.BoolFlag{Name: "outside-links", EnvVars: env("outside-links"), DisableDefaultText: true,
		Usage: "follow symbolic links that lead out of a listed directory"}
}

// encodingFlag is a flag of serve and of check.
func encodingFlag() cli.Flag {
	return &cli.GenericFlag{Name: "encoding", EnvVars: env("encoding"), Value: &encoding{},
		Usage: "`NAME` of text without a byte order mark: utf-8, utf-16le, utf-16be, latin1, windows-1252"}
}

// env returns the environment variable of a flag.
func env(flag string) []string {
	return []string{"TAILBEAM_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))}
}

// newSettings reads the flags of serve.
func newSettings(c *cli.Context) (settings, error) {
	s := settings{
		sources:      c.Args().Slice(),
		listen:       c.String("listen"),
		backlog:      int(c.Generic("backlog").(*number).value),
		memory:       c.Generic("memory").(*number).value,
		maxLine:      int(c.Generic("max-line").(*number).value),
		spool:        c.Generic("spool").(*number).value,
		encoding:     c.Generic("encoding").(*encoding).Encoding,
		allowedHosts: c.StringSlice("allowed-host"),
		publicURL:    c.String("public-url"),
		outsideLinks: c.Bool("outside-links"),
		timezone:     c.Generic("timezone").(*zone).Location,
		logLevel:     c.Generic("log-level").(*level).Level,
	}
	limit(c, &s.limits)
	if c.Bool("insecure-no-auth") {
		s.token = tokenNever
	}
	if len(s.sources) == 0 {
		return s, errNoSource
	}
	var err error
	if s.ssh, err = sshOptions(c); err != nil {
		return s, err
	}
	if _, _, err := net.SplitHostPort(s.listen); err != nil {
		return s, fmt.Errorf("--listen %s: want HOST:PORT, as in 127.0.0.1:8080, or :8080 for every address", s.listen)
	}
	return s, nil
}

// zone is a flag's value: a time zone by its name.
type zone struct{ *time.Location }

// Set takes the value of the flag.
func (z *zone) Set(s string) error {
	location, err := time.LoadLocation(s)
	if err != nil || s == "" {
		return fmt.Errorf("%q is not a time zone: want a name such as Europe/Berlin, UTC or Local", s)
	}
	z.Location = location
	return nil
}

// String returns the default as help shows it.
func (z *zone) String() string {
	if z == nil || z.Location == nil || z.Location == time.Local {
		return "the server's"
	}
	return z.Location.String()
}

// encoding is a flag's value: how text is written.
type encoding struct{ charset.Encoding }

// Set takes the value of the flag.
func (e *encoding) Set(s string) (err error) {
	e.Encoding, err = charset.Parse(s)
	return err
}

// number is a flag's value from least to most.
type number struct {
	value, least, most int64
	unit               unit
}

// unit says what a number counts.
type unit uint8

const (
	plainUnit unit = iota
	bytesUnit
)

// sizes are the units of bytes, the largest first.
var sizes = []struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}}

// Set takes the value of the flag.
func (n *number) Set(s string) error {
	digits, factor := s, int64(1)
	if n.unit == bytesUnit {
		for _, size := range sizes {
			if rest, ok := cutSuffixFold(s, size.name); ok {
				digits, factor = strings.TrimSpace(rest), size.bytes
				break
			}
		}
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("want a number such as %s", n)
	case err != nil || v > n.most/factor:
		return fmt.Errorf("want %s at the most", n.text(n.most))
	case v*factor < n.least:
		return fmt.Errorf("want %s at the least", n.text(n.least))
	}
	n.value = v * factor
	return nil
}

// String returns the value as it would be written.
func (n *number) String() string { return n.text(n.value) }

func (n *number) text(v int64) string {
	if n.unit == bytesUnit {
		for _, size := range sizes[:3] {
			if v > 0 && v%size.bytes == 0 {
				return strconv.FormatInt(v/size.bytes, 10) + size.name
			}
		}
	}
	return strconv.FormatInt(v, 10)
}

func cutSuffixFold(s, suffix string) (string, bool) {
	if cut := len(s) - len(suffix); cut >= 0 && strings.EqualFold(s[cut:], suffix) {
		return s[:cut], true
	}
	return s, false
}

// level is the value of --log-level.
type level struct{ slog.Level }

// Set takes the value of the flag.
func (l *level) Set(s string) error {
	switch strings.ToLower(s) {
	case "debug", "info", "warn", "error":
		return l.UnmarshalText([]byte(s))
	}
	return errors.New("want debug, info, warn or error")
}

// String returns the level as it would be written.
func (l *level) String() string { return strings.ToLower(l.Level.String()) }
