package dial

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// secrets are what a file holds that only its owner can read: lines of
//
//	passphrase FILE TEXT
//	password [USER@]HOST TEXT
//
// where TEXT is the rest of the line, blanks included, and FILE or HOST may be *.
// FILE is the whole path, or begins with ~/.
type secrets struct {
	lines []secret
}

type secret struct{ kind, of, text string }

// readSecrets reads a file, or nothing where it has no name.
func readSecrets(path string) (secrets, error) {
	if path == "" {
		return secrets{}, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return secrets{}, fmt.Errorf("--ssh-secrets: %w", err)
	}
	if tooOpen(info) {
		return secrets{}, fmt.Errorf("--ssh-secrets: others can read %s: chmod 600 %s", path, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return secrets{}, fmt.Errorf("--ssh-secrets: %w", err)
	}
	var s secrets
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSuffix(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, " ", 3)
		if len(parts) < 3 || parts[0] != "passphrase" && parts[0] != "password" {
			return secrets{}, fmt.Errorf("--ssh-secrets: %s line %d: write passphrase FILE TEXT or password [USER@]HOST TEXT", path, i+1)
		}
		s.lines = append(s.lines, secret{parts[0], parts[1], parts[2]})
	}
	return s, nil
}

func (s secrets) find(kind string, of ...string) (string, bool) {
	for _, l := range s.lines {
		if l.kind != kind {
			continue
		}
		for _, name := range of {
			if l.of == name || l.of == "*" {
				return l.text, true
			}
		}
	}
	return "", false
}

// passphrase returns the one of a key file, which may be written with ~ for home.
func (s secrets) passphrase(path, home string) (string, bool) {
	short := path
	if rest, err := filepath.Rel(home, path); err == nil && home != "" {
		short = "~/" + filepath.ToSlash(rest)
	}
	return s.find("passphrase", path, short)
}

// password returns the one of a user on a host.
func (s secrets) password(user, alias, host string) (string, bool) {
	return s.find("password", user+"@"+alias, alias, user+"@"+host, host)
}
