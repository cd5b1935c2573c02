// Package sshconfig reads the files in which ssh(1) is told how to reach hosts,
// as ssh_config(5) says: Host and Match blocks, Include, patterns, tokens, and
// the first value of a keyword counts.
//
// Of Match it knows all, final, canonical, host, originalhost, user and localuser.
// A block with another criterion, such as exec, is passed over and noted: nothing
// is ever run to find out whether it applies. Keywords that change how a host is
// reached and are not known are noted too; those that do not matter here are
// passed over in silence.
package sshconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Files are where to look, in this order. Missing ones are no error.
type Files struct {
	User   string // ~/.ssh/config, or what the operator names
	System string // /etc/ssh/ssh_config; empty for none
	Home   string // what ~ stands for
}

// Default returns the files that ssh(1) reads.
func Default() Files {
	home, _ := os.UserHomeDir()
	return Files{User: filepath.Join(home, ".ssh", "config"), System: "/etc/ssh/ssh_config", Home: home}
}

// Host is how to reach a host. Paths and names are ready for use.
type Host struct {
	Alias        string // as the operator wrote it
	HostName     string // to connect to
	HostKeyAlias string // to look up its key as; empty for HostName
	User, Port   string

	IdentityFiles    []string
	CertificateFiles []string
	IdentitiesOnly   bool
	IdentityAgent    string // a socket, "none", or empty for SSH_AUTH_SOCK

	ProxyJump    string // as in ssh -J, or empty
	ProxyCommand string // a command that is needed to get there, or empty

	KnownHosts        []string // files, those of the user first
	HostKeyAlgorithms string   // empty for any

	ConnectTimeout time.Duration // 0 where nothing is said
	AliveInterval  time.Duration // 0 where nothing is said
	AliveCount     int           // 0 where nothing is said

	// Notes are what was passed over although it may matter.
	Notes []string
}

// Resolve finds out how to reach a host by its alias. A user and a port that are
// not empty count more than what the files say.
func (f Files) Resolve(alias, asUser, port string) (Host, error) {
	r := &resolving{files: f, alias: alias, values: map[string]string{}}
	if me, err := user.Current(); err == nil {
		r.me = me.Username
	}
	r.set("user", asUser)
	r.set("port", port)
	if err := r.readAll(); err != nil {
		return Host{}, err
	}
	if r.more {
		r.final = true
		if err := r.readAll(); err != nil {
			return Host{}, err
		}
	}
	return r.host()
}

// readAll goes through all files.
func (r *resolving) readAll() error {
	for _, file := range []struct{ path, dir string }{
		{r.files.User, filepath.Join(r.files.Home, ".ssh")},
		{r.files.System, "/etc/ssh"},
	} {
		if file.path == "" {
			continue
		}
		r.dir = file.dir
		if err := r.read(file.path, 0, applies); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// resolving is what is known while files are read.
type resolving struct {
	files  Files
	alias  string
	me     string
	dir    string // where a relative Include is
	values map[string]string
	keys   []string // IdentityFile
	certs  []string // CertificateFile
	notes  []string
	final  bool // files are read for the second time, for their Match final
	more   bool // there is such a block
}

func (r *resolving) set(keyword, value string) {
	if _, known := r.values[keyword]; !known && value != "" {
		r.values[keyword] = value
	}
}

// host makes something to use of what was found.
func (r *resolving) host() (Host, error) {
	h := Host{Alias: r.alias, HostName: r.alias, User: r.me, Port: "22", Notes: r.notes}
	if v := r.values["hostname"]; v != "" {
		h.HostName = strings.NewReplacer("%%", "%", "%h", r.alias, "%n", r.alias).Replace(v)
	}
	if v := r.values["user"]; v != "" {
		h.User = v
	}
	if v := r.values["port"]; v != "" {
		h.Port = v
	}
	if n, err := strconv.Atoi(h.Port); err != nil || n < 1 || n > 65535 {
		return Host{}, fmt.Errorf("host %s: port %q is no number between 1 and 65535", r.alias, h.Port)
	}
	h.HostKeyAlias = r.values["hostkeyalias"]
	h.HostKeyAlgorithms = r.values["hostkeyalgorithms"]
	h.IdentitiesOnly = r.values["identitiesonly"] == "yes"
	if v := r.values["identityagent"]; v != "SSH_AUTH_SOCK" {
		h.IdentityAgent = r.expand(v, h)
	}
	if v := r.values["proxyjump"]; v != "none" {
		h.ProxyJump = v
	}
	if v := r.values["proxycommand"]; v != "none" && h.ProxyJump == "" {
		h.ProxyCommand = v
	}
	for _, key := range r.keys {
		if key != "none" {
			h.IdentityFiles = append(h.IdentityFiles, r.expand(key, h))
		}
	}
	if r.keys == nil {
		for _, name := range []string{"id_rsa", "id_ecdsa", "id_ed25519"} {
			h.IdentityFiles = append(h.IdentityFiles, filepath.Join(r.files.Home, ".ssh", name))
		}
	}
	for _, cert := range r.certs {
		h.CertificateFiles = append(h.CertificateFiles, r.expand(cert, h))
	}
	h.KnownHosts = append(r.list("userknownhostsfile", h, "~/.ssh/known_hosts", "~/.ssh/known_hosts2"),
		r.list("globalknownhostsfile", h, "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")...)
	var err1, err2, err3 error
	h.ConnectTimeout, err1 = r.duration("connecttimeout")
	h.AliveInterval, err2 = r.duration("serveraliveinterval")
	if v := r.values["serveralivecountmax"]; v != "" {
		h.AliveCount, err3 = strconv.Atoi(v)
	}
	if err := errors.Join(err1, err2, err3); err != nil {
		return Host{}, fmt.Errorf("host %s: %w", r.alias, err)
	}
	return h, nil
}

// list returns the files that a keyword names, or others.
func (r *resolving) list(keyword string, h Host, otherwise ...string) []string {
	names := otherwise
	if v := r.values[keyword]; v != "" {
		names = words(v)
	}
	var files []string
	for _, name := range names {
		if name != "none" {
			files = append(files, r.expand(name, h))
		}
	}
	return files
}

// expand replaces ~, ${NAME} and the tokens of ssh_config(5).
func (r *resolving) expand(text string, h Host) string {
	if rest, ok := strings.CutPrefix(text, "~"); ok && (rest == "" || rest[0] == '/') {
		text = r.files.Home + rest
	}
	for at := 0; ; {
		begin := strings.Index(text[at:], "${")
		if begin < 0 {
			break
		}
		begin += at
		end := strings.IndexByte(text[begin:], '}')
		if end < 0 {
			break
		}
		value := os.Getenv(text[begin+2 : begin+end])
		text = text[:begin] + value + text[begin+end+1:]
		at = begin + len(value)
	}
	name, _ := os.Hostname()
	short, _, _ := strings.Cut(name, ".")
	key := h.HostKeyAlias
	if key == "" {
		key = h.Alias
	}
	return strings.NewReplacer("%%", "%", "%d", r.files.Home, "%h", h.HostName, "%n", h.Alias, "%p", h.Port,
		"%r", h.User, "%u", r.me, "%k", key, "%l", name, "%L", short, "%i", strconv.Itoa(os.Getuid())).Replace(text)
}

// duration reads a time as in sshd_config(5): seconds, or 1m30s.
func (r *resolving) duration(keyword string) (time.Duration, error) {
	v := r.values[keyword]
	if v == "" || v == "none" {
		return 0, nil
	}
	if n, err := strconv.Atoi(v); err == nil {
		return time.Duration(n) * time.Second, nil
	}
	d, err := time.ParseDuration(strings.ToLower(v))
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%s %q is no time", keyword, v)
	}
	return d, nil
}
