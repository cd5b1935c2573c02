// Package hostkey knows the keys of hosts as sshd(8) says under SSH_KNOWN_HOSTS:
// plain and hashed names, patterns, @cert-authority and @revoked.
//
// Unlike golang.org/x/crypto/ssh/knownhosts it goes on where a line cannot be
// read, as ssh(1) does, knows which kinds of keys a host has before it is
// connected to, and says in its errors what to do.
package hostkey

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" // #nosec: the format asks for it
	"encoding/base64"
	"errors"
	"io/fs"
	"net"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// A Database is what files say of hosts, as they were when they were read.
type Database struct {
	first string // the file to which new keys are added
	lines []entry
}

// entry is a line of a file.
type entry struct {
	file   string
	number int
	marker marker
	hosts  string
	key    ssh.PublicKey
}

type marker uint8

const (
	known marker = iota
	authority
	revoked
)

// maxFile is how large a file may be, in bytes.
const maxFile = 64 << 20

// Read reads files, those of the user first. Missing ones are no error.
func Read(files []string) (*Database, error) {
	d := &Database{}
	for _, name := range files {
		if d.first == "" {
			d.first = name
		}
		if info, err := os.Stat(name); err == nil && info.Size() > maxFile {
			return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("too large")}
		}
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for i, text := range bytes.Split(data, []byte("\n")) {
			if e, ok := parse(string(text)); ok {
				e.file, e.number = name, i+1
				d.lines = append(d.lines, e)
			}
		}
	}
	return d, nil
}

// parse reads a line.
func parse(text string) (entry, bool) {
	fields := strings.Fields(text)
	var e entry
	if len(fields) > 0 && strings.HasPrefix(fields[0], "@") {
		switch fields[0] {
		case "@cert-authority":
			e.marker = authority
		case "@revoked":
			e.marker = revoked
		default:
			return e, false
		}
		fields = fields[1:]
	}
	if len(fields) < 3 || strings.HasPrefix(fields[0], "#") {
		return e, false
	}
	blob, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil {
		return e, false
	}
	e.hosts = fields[0]
	e.key, err = ssh.ParsePublicKey(blob)
	return e, err == nil && e.key.Type() == fields[1]
}

// names reports whether the line is about a host, whose name is in the form of
// the file.
func (e *entry) names(host string) bool {
	if rest, ok := strings.CutPrefix(e.hosts, "|1|"); ok {
		salt, sum, _ := strings.Cut(rest, "|")
		key, err1 := base64.StdEncoding.DecodeString(salt)
		want, err2 := base64.StdEncoding.DecodeString(sum)
		if err1 != nil || err2 != nil {
			return false
		}
		h := hmac.New(sha1.New, key)
		h.Write([]byte(host))
		return hmac.Equal(h.Sum(nil), want)
	}
	found := false
	for _, pattern := range strings.Split(e.hosts, ",") {
		bare, negated := strings.CutPrefix(pattern, "!")
		quoted := strings.NewReplacer(`\`, `\\`, `[`, `\[`).Replace(strings.ToLower(bare))
		if ok, err := path.Match(quoted, host); err != nil || !ok {
			continue
		}
		if negated {
			return false
		}
		found = true
	}
	return found
}

// A Host is one whose key is asked for.
type Host struct {
	Name, Port string
	Alias      string // HostKeyAlias: what to look up instead, or empty
}

// name returns how the host is called in the files.
func (h Host) name() string {
	if h.Alias != "" {
		return strings.ToLower(h.Alias)
	}
	return knownhosts.Normalize(net.JoinHostPort(strings.ToLower(h.Name), h.Port))
}

// principal returns how the host is called in a certificate.
func (h Host) principal() string {
	if h.Alias != "" {
		return h.Alias
	}
	return h.Name
}

// find returns the lines about a host. Where none has its port, those without
// one count.
func (d *Database) find(h Host, m marker) []entry {
	about := func(name string) (found []entry) {
		for _, e := range d.lines {
			if e.marker == m && e.names(name) {
				found = append(found, e)
			}
		}
		return found
	}
	found := about(h.name())
	if len(found) == 0 && h.Alias == "" && h.Port != "22" {
		found = about(strings.ToLower(h.Name))
	}
	return found
}

// certified are the algorithms of certificates, best first.
var certified = []string{
	ssh.CertAlgoED25519v01, ssh.CertAlgoECDSA256v01, ssh.CertAlgoECDSA384v01, ssh.CertAlgoECDSA521v01,
	ssh.CertAlgoRSASHA512v01, ssh.CertAlgoRSASHA256v01,
}

// plain are the algorithms of bare keys, best first.
var plain = []string{
	ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521,
	ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
}

// Algorithms returns the algorithms to ask a host for, in this order: first those
// of keys that are known of it. Spec is the value of HostKeyAlgorithms, or empty.
func (d *Database) Algorithms(h Host, spec string) []string {
	var first []string
	if len(d.find(h, authority)) > 0 {
		first = append(first, certified...)
	}
	for _, e := range d.find(h, known) {
		if e.key.Type() == ssh.KeyAlgoRSA {
			first = append(first, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
		} else {
			first = append(first, e.key.Type())
		}
	}
	all := slices.Concat(first, plain)
	switch list := strings.Split(strings.TrimLeft(spec, "+-^"), ","); {
	case spec == "":
	case spec[0] == '+':
		all = append(all, list...)
	case spec[0] == '^':
		all = slices.Concat(list, all)
	case spec[0] == '-':
		all = slices.DeleteFunc(all, func(a string) bool { return among(a, list) })
	default:
		all = list
	}
	var once []string
	for _, a := range all {
		if !slices.Contains(once, a) && (slices.Contains(plain, a) || slices.Contains(certified, a) || a == ssh.KeyAlgoRSA) {
			once = append(once, a)
		}
	}
	return once
}

// among reports whether one of a list of patterns matches.
func among(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return err == nil && ok
	})
}
