package tailer

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"tailbeam/tailer/remote/dial"
)

// remote reports whether the source is on another host.
func (s Source) remote() bool { return s.Kind == Remote || s.Kind == RemoteGlob }

// splitHost takes a source of another host apart: a colon before the first slash
// is behind its name.
func splitHost(text string) (host, path string, ok bool) {
	if rest, ok := strings.CutPrefix(text, "ssh://"); ok {
		host, path, _ := strings.Cut(rest, "/")
		return "ssh://" + host, "/" + path, true
	}
	if filepath.VolumeName(text) != "" {
		return "", "", false
	}
	end := 0
	if strings.HasPrefix(text[strings.IndexByte(text, '@')+1:], "[") {
		end = max(strings.IndexByte(text, ']'), 0) // an address with colons
	}
	colon := strings.IndexByte(text[end:], ':')
	if colon < 0 || strings.ContainsAny(text[:end+colon], `/`+string(filepath.Separator)) {
		return "", "", false
	}
	return text[:end+colon], text[end+colon+1:], true
}

// hasPort matches what follows host: where a port was written as in an address.
var hasPort = regexp.MustCompile(`^[0-9]+:?/`)

// hasPassword matches what follows the name of a user: a password and a host.
var hasPassword = regexp.MustCompile(`^[^/]*@[^/]*:/`)

// parseRemote reads a source of another host.
func (s Source) parseRemote(host, name string) (Source, error) {
	t, err := dial.ParseTarget(host)
	if secret := new(dial.PasswordError); errors.As(err, &secret) {
		return Source{}, err
	}
	if err != nil {
		return Source{}, fmt.Errorf("%w; for a local file of that name write ./%s", err, host)
	}
	switch {
	case hasPassword.MatchString(name) && !strings.Contains(host, "@"):
		return Source{}, &dial.PasswordError{User: host}
	case strings.HasPrefix(name, "//"):
		return Source{}, fmt.Errorf("%q: addresses of this kind are not followed: %s", s.Arg, supported)
	case hasPort.MatchString(name) && !strings.HasPrefix(host, "ssh://"):
		return Source{}, fmt.Errorf("%q: with a port write ssh://%s:%s", s.Arg, host, strings.Replace(name, ":/", "/", 1))
	case name == "/" || !strings.HasPrefix(name, "/"):
		return Source{}, fmt.Errorf("%q: write the absolute path of a file of %s, as in %s:/var/log/syslog; for a local file of that name write ./%s",
			s.Arg, t, strings.TrimPrefix(host, "ssh://"), s.Arg)
	}
	s.Host, s.Kind = t, Remote
	switch {
	case strings.HasSuffix(name, "/"):
		s.Kind, s.Pattern = RemoteGlob, "*"
	case strings.ContainsAny(name, "*?[{"):
		s.Kind = RemoteGlob
		name, s.Pattern = doublestar.SplitPattern(name)
		if err := checkPattern(s.Arg, s.Pattern); err != nil {
			return Source{}, err
		}
	}
	s.Path = path.Clean(name)
	return s, nil
}
