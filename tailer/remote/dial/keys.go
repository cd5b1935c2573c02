package dial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"tailbeam/tailer/remote/sshconfig"
)

// keys are what can be shown to a host.
type keys struct {
	host    sshconfig.Host
	signers []ssh.Signer
	tried   []string // what they are, for people
	notes   []string // what could not be used, and why
	agent   net.Conn
	secrets secrets
	home    string // what ~ stands for
}

// gather finds the keys for a host: those of the agent first.
func (d *dialing) gather(ctx context.Context, host sshconfig.Host) (*keys, error) {
	k := &keys{host: host, home: d.o.Config.Home}
	var err error
	if k.secrets, err = readSecrets(d.o.Secrets); err != nil {
		return nil, &Error{Misconfigured, err.Error()}
	}
	named := k.named()
	k.fromAgent(ctx, d.o.Agent, named)
	for _, path := range host.IdentityFiles {
		k.fromFile(path)
	}
	k.certify()
	return k, nil
}

func (k *keys) close() {
	if k.agent != nil {
		k.agent.Close()
	}
}

// named returns the public keys of the configured files.
func (k *keys) named() [][]byte {
	var blobs [][]byte
	for _, path := range k.host.IdentityFiles {
		for _, name := range []string{path + ".pub", path} {
			data, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			if key, _, _, _, err := ssh.ParseAuthorizedKey(data); err == nil {
				blobs = append(blobs, key.Marshal())
				break
			}
			if signer, err := ssh.ParsePrivateKey(data); err == nil {
				blobs = append(blobs, signer.PublicKey().Marshal())
			}
			var missing *ssh.PassphraseMissingError
			if errors.As(err, &missing) && missing.PublicKey != nil {
				blobs = append(blobs, missing.PublicKey.Marshal())
			}
		}
	}
	return blobs
}

// fromAgent takes keys from the agent, those that are named first and, unless
// only those are wanted, the others.
func (k *keys) fromAgent(ctx context.Context, otherwise string, named [][]byte) {
	socket := k.host.IdentityAgent
	switch socket {
	case "none":
		return
	case "":
		socket = otherwise
		if socket == "" {
			socket = os.Getenv("SSH_AUTH_SOCK")
		}
	default:
		if name, ok := strings.CutPrefix(socket, "$"); ok {
			socket = os.Getenv(name)
		}
	}
	if socket == "" {
		return
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		k.notes = append(k.notes, "the agent at "+socket+" does not answer")
		return
	}
	k.agent = conn
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	signers, err := agent.NewClient(conn).Signers()
	if err != nil {
		k.notes = append(k.notes, "the agent at "+socket+" does not tell its keys")
		return
	}
	isNamed := func(s ssh.Signer) bool {
		blob := s.PublicKey().Marshal()
		if cert, ok := s.PublicKey().(*ssh.Certificate); ok {
			blob = cert.Key.Marshal()
		}
		return slices.ContainsFunc(named, func(n []byte) bool { return bytes.Equal(n, blob) })
	}
	var others []ssh.Signer
	for _, s := range signers {
		if isNamed(s) {
			k.signers = append(k.signers, s)
		} else if !k.host.IdentitiesOnly {
			others = append(others, s)
		}
	}
	k.signers = append(k.signers, others...)
	if len(k.signers) > 0 {
		k.tried = append(k.tried, fmt.Sprintf("%d keys of the agent", len(k.signers)))
	}
}

// fromFile takes a key from a file.
func (k *keys) fromFile(path string) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		k.notes = append(k.notes, "key "+path+" cannot be read")
		return
	}
	if _, _, _, _, err := ssh.ParseAuthorizedKey(data); err == nil {
		return // it names one of the agent
	}
	if tooOpen(info) {
		k.notes = append(k.notes, "key "+path+" is not used because others can read it: chmod 600 "+path)
		return
	}
	signer, err := ssh.ParsePrivateKey(data)
	var missing *ssh.PassphraseMissingError
	if errors.As(err, &missing) {
		if missing.PublicKey != nil && k.has(missing.PublicKey) {
			return
		}
		phrase, ok := k.secrets.passphrase(path, k.home)
		if !ok {
			k.notes = append(k.notes, "key "+path+" has a passphrase: add it to the agent with ssh-add, or its passphrase to --ssh-secrets")
			return
		}
		if signer, err = ssh.ParsePrivateKeyWithPassphrase(data, []byte(phrase)); err != nil {
			k.notes = append(k.notes, "key "+path+" has another passphrase than --ssh-secrets says")
			return
		}
	}
	if err != nil {
		k.notes = append(k.notes, "key "+path+" cannot be understood")
		return
	}
	if !k.has(signer.PublicKey()) {
		k.signers = append(k.signers, signer)
		k.tried = append(k.tried, path)
	}
}

func (k *keys) has(key ssh.PublicKey) bool {
	return slices.ContainsFunc(k.signers, func(s ssh.Signer) bool { return bytes.Equal(s.PublicKey().Marshal(), key.Marshal()) })
}

// certify puts certificates in front of their keys.
func (k *keys) certify() {
	files := slices.Clone(k.host.CertificateFiles)
	for _, path := range k.host.IdentityFiles {
		files = append(files, strings.TrimSuffix(path, ".pub")+"-cert.pub")
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey(data)
		cert, ok := key.(*ssh.Certificate)
		if err != nil || !ok {
			k.notes = append(k.notes, path+" is no certificate")
			continue
		}
		for i, s := range k.signers {
			if !bytes.Equal(s.PublicKey().Marshal(), cert.Key.Marshal()) {
				continue
			}
			if signer, err := ssh.NewCertSigner(cert, s); err == nil {
				k.signers = slices.Insert(k.signers, i, signer)
				k.tried = append(k.tried, path)
			}
			break
		}
	}
}

// methods returns how to log in, best first.
func (k *keys) methods() []ssh.AuthMethod {
	var methods []ssh.AuthMethod
	if len(k.signers) > 0 {
		methods = append(methods, ssh.PublicKeys(k.signers...))
	}
	password, ok := k.secrets.password(k.host.User, k.host.Alias, k.host.HostName)
	if !ok {
		return methods
	}
	k.tried = append(k.tried, "the password of --ssh-secrets")
	asked := 0
	answer := func(_, _ string, questions []string, echos []bool) ([]string, error) {
		if asked++; asked > 3 {
			return nil, errors.New("the password is not taken")
		}
		answers := make([]string, len(questions))
		for i := range questions {
			if !echos[i] {
				answers[i] = password
			}
		}
		return answers, nil
	}
	return append(methods, ssh.Password(password), ssh.KeyboardInteractive(answer))
}

// explain says why nobody could log in, if that is what went wrong.
func (k *keys) explain(err error) error {
	if !strings.Contains(err.Error(), "unable to authenticate") && !strings.Contains(err.Error(), "oo many authentication failures") &&
		!strings.Contains(err.Error(), "the password is not taken") {
		return err
	}
	text := fmt.Sprintf("%s does not let %s in", k.host.HostName, k.host.User)
	switch {
	case len(k.tried) > 0:
		text += " with " + strings.Join(k.tried, ", ") + "; "
	case slices.ContainsFunc(k.notes, func(n string) bool { return strings.HasPrefix(n, "key ") }):
		text += ": "
	default:
		text += ": there is no key to show; make one with ssh-keygen and bring it there with ssh-copy-id; "
	}
	text = strings.TrimSuffix(text+strings.Join(k.notes, "; "), "; ")
	return &Error{AuthFailed, text}
}
