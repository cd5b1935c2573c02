package hostkey

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"
)

// An Error says why a key is not taken for that of its host.
type Error struct {
	Kind   Kind
	reason string
}

// Error returns one line that says what to do.
func (e *Error) Error() string { return e.reason }

// Kind is what is wrong with a key.
type Kind uint8

const (
	Unknown Kind = iota // nothing is known of the host
	Changed             // another key is known
	Revoked             // it is known not to be good any more
	Invalid             // the certificate is not valid, or by nobody who is known
)

// Check returns nil when a key is that of its host, and otherwise an *Error.
func (d *Database) Check(h Host, key ssh.PublicKey) error {
	cert, certified := key.(*ssh.Certificate)
	bare := key
	if certified {
		bare = cert.Key
	}
	for _, e := range d.lines {
		if e.marker != revoked { // whatever its line names: it must not ever be accepted
			continue
		}
		if same(e.key, bare) || certified && same(e.key, cert.SignatureKey) {
			return &Error{Revoked, fmt.Sprintf("the key of %s is revoked (%s line %d): %s; do not connect until its administrator has given it another",
				h.Name, e.file, e.number, print(bare))}
		}
	}
	if certified {
		err := d.checkCertificate(h, cert)
		if err == nil {
			return nil
		}
		for _, e := range d.find(h, known) {
			if same(e.key, bare) {
				return nil
			}
		}
		return err
	}
	lines := d.find(h, known)
	for _, e := range lines {
		if same(e.key, key) {
			return nil
		}
	}
	if len(lines) == 0 {
		return &Error{Unknown, fmt.Sprintf("the key of %s is not known: %s; if its administrator confirms that, %s",
			h.Name, print(key), d.remedy(d.line(h, key)))}
	}
	return &Error{Changed, fmt.Sprintf("THE KEY OF %s HAS CHANGED, somebody may be listening: now %s, while %s line %d has %s; "+
		"if its administrator confirms the new one, replace it with: ssh-keygen -f %s -R '%s' && %s",
		h.Name, print(key), lines[0].file, lines[0].number, print(lines[0].key), quoted(lines[0].file), h.name(), command(d.line(h, key), d.first))}
}

func (d *Database) checkCertificate(h Host, cert *ssh.Certificate) error {
	for _, e := range d.find(h, authority) {
		if !same(e.key, cert.SignatureKey) {
			continue
		}
		checker := ssh.CertChecker{}
		err := checker.CheckCert(h.principal(), cert)
		if err == nil && cert.CertType != ssh.HostCert {
			err = errors.New("it is none of a host")
		}
		if err != nil {
			return &Error{Invalid, fmt.Sprintf("the certificate of %s is not valid: %s; its administrator has to make a new one",
				h.Name, strings.TrimPrefix(err.Error(), "ssh: "))}
		}
		return nil
	}
	return &Error{Invalid, fmt.Sprintf("the certificate of %s is by an authority that is not known: %s; if it is the right one, %s",
		h.Name, print(cert.SignatureKey), d.remedy("@cert-authority "+h.name()+" "+text(cert.SignatureKey)))}
}

// remedy says how a line becomes known.
func (d *Database) remedy(line string) string {
	if d.first == "" || d.first == os.DevNull {
		return "name a file in which to remember it with UserKnownHostsFile, which is " + cmp.Or(d.first, "none") + " now"
	}
	return "accept it with: " + command(line, d.first)
}

// command appends a line to a file.
func command(line, file string) string { return fmt.Sprintf("echo '%s' >> %s", line, quoted(file)) }

// quoted writes a path as a shell takes it.
func quoted(path string) string {
	if !strings.ContainsFunc(path, func(r rune) bool { return strings.ContainsRune(" '\"\\$`&;|<>()*?[]{}~#!\t\n", r) }) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

func same(a, b ssh.PublicKey) bool { return bytes.Equal(a.Marshal(), b.Marshal()) }

// print returns how people compare keys.
func print(key ssh.PublicKey) string {
	kind := strings.ToUpper(strings.TrimPrefix(key.Type(), "ssh-"))
	if strings.HasPrefix(kind, "ECDSA") {
		kind = "ECDSA"
	}
	return kind + " " + ssh.FingerprintSHA256(key)
}

func text(key ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// line returns the line that makes a key known.
func (d *Database) line(h Host, key ssh.PublicKey) string { return h.name() + " " + text(key) }

// adding keeps two from writing to a file at once.
var adding sync.Mutex

// Add makes a key known, as the last line of the user's first file.
func (d *Database) Add(h Host, key ssh.PublicKey) error {
	adding.Lock()
	defer adding.Unlock()
	if d.first == "" {
		return errors.New("no known_hosts file is named to which a key can be added")
	}
	if err := os.MkdirAll(filepath.Dir(d.first), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(d.first, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	line := d.line(h, key) + "\n"
	if info, err := file.Stat(); err == nil && info.Size() > 0 {
		var last [1]byte
		if _, err := file.ReadAt(last[:], info.Size()-1); err == nil && last[0] != '\n' {
			line = "\n" + line
		}
	}
	_, err = file.WriteString(line)
	return errors.Join(err, file.Close())
}
