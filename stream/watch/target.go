package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Target is what to follow: a stream of a server, or all of its streams.
type Target struct {
	Server Server
	Stream string // "" for all that the server has now
}

// Server is a running tailbeam.
type Server struct {
	URL   string // of its page: http or https, with a slash at its end
	Token string // or "" where none is asked for
}

// ParseTargets reads the arguments of a command line: names of streams of the
// server at base, and addresses of servers, pages and streams as browsers,
// /s/, /ws/ and /tail/ have them. token is for servers whose address carries
// none. Without arguments it is all of the server at base. The error is one
// line for a person.
func ParseTargets(args []string, base, token string) ([]Target, error) {
	home, err := parseURL(base, token)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return home, nil
	}
	var targets []Target
	for _, arg := range args {
		switch {
		case strings.Contains(arg, "://"):
			found, err := parseURL(arg, token)
			if err != nil {
				return nil, err
			}
			targets = append(targets, found...)
		case strings.Trim(arg, "/") == "":
			return nil, fmt.Errorf("%q is no stream: write its name, as in var/log/syslog, or an address", arg)
		default:
			targets = append(targets, Target{home[0].Server, strings.TrimPrefix(arg, "/")})
		}
	}
	return targets, nil
}

// routes are the paths behind which an address has a stream's name.
var routes = []string{"/s/", "/ws/", "/tail/"}

// parseURL reads an address: of the page with or without streams chosen, or of
// one stream.
func parseURL(s, token string) ([]Target, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not an address: %w", s, errors.Unwrap(err))
	}
	switch u.Scheme {
	case "http", "https":
	case "ws", "wss":
		u.Scheme = strings.Replace(u.Scheme, "ws", "http", 1)
	default:
		return nil, fmt.Errorf("%q is not an address of a server: it begins with http://, https://, ws:// or wss://", s)
	}
	if u.Host == "" {
		return nil, fmt.Errorf("%q names no host: write http://HOST:PORT/", s)
	}
	if values, err := url.ParseQuery(u.Fragment); err == nil && values.Get("token") != "" {
		token = values.Get("token")
	}
	streams := u.Query()["stream"]
	path := u.Path
	for _, route := range routes {
		if before, name, ok := strings.Cut(path, route); ok {
			path = before
			if name != "" {
				streams = append(streams, name)
			}
			break
		}
	}
	for _, route := range []string{"/ws", "/tail"} {
		path = strings.TrimSuffix(path, route)
	}
	home := url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host, Path: strings.TrimRight(path, "/") + "/"}
	server := Server{home.String(), token}
	if len(streams) == 0 {
		return []Target{{Server: server}}, nil
	}
	var targets []Target
	for _, name := range streams {
		targets = append(targets, Target{server, name})
	}
	return targets, nil
}

// server is one to connect to, with its streams in the order in which they
// were asked for. Without any it is all that it has.
type server struct {
	Server
	streams []string
}

// group puts targets of one server together.
func group(targets []Target) []*server {
	var all []*server
	by := map[Server]*server{}
	named := map[Target]bool{}
	for _, t := range targets {
		s := by[t.Server]
		if s == nil {
			s = &server{Server: t.Server}
			by[t.Server], all = s, append(all, s)
		}
		if t.Stream != "" && !named[t] {
			named[t] = true
			s.streams = append(s.streams, t.Stream)
		}
	}
	return all
}

// complete asks servers of which no stream was named what they have.
func complete(ctx context.Context, servers []*server) error {
	for _, s := range servers {
		if len(s.streams) > 0 {
			continue
		}
		names, err := Streams(ctx, s.Server)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return &Refused{s.URL + " has no streams yet"}
		}
		s.streams = names
	}
	return nil
}

// listTimeout bounds asking a server for its streams.
const listTimeout = 30 * time.Second

// Streams asks a server for the names of its streams. The error is a *Refused.
func Streams(ctx context.Context, s Server) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"api/streams", nil)
	if err != nil {
		return nil, &Refused{err.Error()}
	}
	if s.Token != "" {
		r.Header.Set("Authorization", "Bearer "+s.Token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, &Refused{cause(err)}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 64<<20))
	if err != nil {
		return nil, &Refused{cause(err)}
	}
	var list struct {
		Error   string
		Streams []struct{ Name string }
	}
	err = json.Unmarshal(body, &list)
	switch {
	case answer.StatusCode != http.StatusOK && list.Error != "":
		return nil, &Refused{s.URL + ": " + list.Error}
	case answer.StatusCode != http.StatusOK:
		return nil, &Refused{s.URL + ": " + answer.Status}
	case err != nil:
		return nil, &Refused{s.URL + " is no tailbeam server: its api/streams is not understood"}
	}
	names := make([]string, len(list.Streams))
	for i, stream := range list.Streams {
		names[i] = stream.Name
	}
	return names, nil
}

// cause returns the innermost reason of a failed connection, which names the
// address.
func cause(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return err.Error()
}
