package tailer

import (
	"fmt"
	"os"
	"path/filepath"

	"tailbeam/tailer/remote/dial"
	"tailbeam/tailer/remote/shell"
	"tailbeam/tailer/remote/sshconfig"
)

// SSH says how other hosts are connected to. The zero value is what ssh(1) does.
type SSH struct {
	Config    string // read instead of ~/.ssh/config and the system's; or empty
	AcceptNew bool   // take the key of a host of which none is known
	Secrets   string // a file of passwords and passphrases, or empty
}

// Check returns what is wrong with the files that are named.
func (s SSH) Check() error {
	if s.Config != "" {
		if _, err := os.Stat(s.Config); err != nil {
			return fmt.Errorf("--ssh-config: %w", err)
		}
	}
	return dial.CheckSecrets(s.Secrets)
}

func (s SSH) options() dial.Options {
	o := dial.Options{AcceptNew: s.AcceptNew, Secrets: s.Secrets}
	if s.Config != "" {
		files := sshconfig.Default()
		files.User, files.System = s.Config, ""
		if path, err := filepath.Abs(s.Config); err == nil {
			files.User = path
		}
		o.Config = &files
	}
	return o
}

// SSHLoop returns the script that reads files on other hosts.
func SSHLoop() string { return shell.Script }
