package dial

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// A Target is a host as the operator wrote it.
type Target struct {
	User string // or empty
	Host string // a name of the configuration, a host name or an address
	Port string // or empty
}

// String returns the target as [user@]host[:port].
func (t Target) String() string {
	s := t.Host
	if strings.Contains(s, ":") {
		s = "[" + s + "]"
	}
	if t.User != "" {
		s = t.User + "@" + s
	}
	if t.Port != "" {
		s += ":" + t.Port
	}
	return s
}

// ParseTarget reads [user@]host[:port] or ssh://[user@]host[:port].
func ParseTarget(text string) (Target, error) {
	rest := strings.TrimSuffix(strings.TrimPrefix(text, "ssh://"), "/")
	var t Target
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		t.User, rest = rest[:at], rest[at+1:]
		if strings.Contains(t.User, ":") {
			return Target{}, &PasswordError{User: t.User[:strings.IndexByte(t.User, ':')]}
		}
	}
	t.Host = rest
	if host, port, err := net.SplitHostPort(rest); err == nil {
		t.Host, t.Port = host, port
	} else {
		t.Host = strings.Trim(rest, "[]")
	}
	if t.Host == "" || strings.HasPrefix(t.Host, "-") || strings.HasPrefix(t.User, "-") || strings.ContainsAny(t.Host+t.User, " \t\r\n'\"`$\\;&|<>(){}*?[]~#!") {
		return t, fmt.Errorf("%q is no host: write [user@]host[:port]", text)
	}
	if n, err := strconv.Atoi(t.Port); t.Port != "" && (err != nil || n < 1 || n > 65535) {
		return t, fmt.Errorf("%q is no host: the port is a number from 1 to 65535", text)
	}
	return t, nil
}

// A PasswordError says that a host was written with a password.
type PasswordError struct{ User string }

// Error does not repeat the password.
func (e *PasswordError) Error() string {
	return e.User + "@...: write no password in a host's name: it would be seen in logs and by ps; use a key, or --ssh-secrets"
}
