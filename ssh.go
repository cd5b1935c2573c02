package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"tailbeam/tailer"
)

// sshFlags are the flags of serve and of check that say how other hosts are
// connected to.
func sshFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "ssh-config", EnvVars: env("ssh-config"),
			Usage: "`FILE` how to reach hosts, instead of ~/.ssh/config"},
		&cli.BoolFlag{Name: "ssh-accept-new", EnvVars: env("ssh-accept-new"), DisableDefaultText: true,
			Usage: "take the key of a host of which none is known, and remember it"},
		&cli.StringFlag{Name: "ssh-secrets", EnvVars: env("ssh-secrets"),
			Usage: "`FILE` passwords and passphrases, which nobody else may read"},
	}
}

// sshOptions reads the flags.
func sshOptions(c *cli.Context) (tailer.SSH, error) {
	o := tailer.SSH{Config: c.String("ssh-config"), AcceptNew: c.Bool("ssh-accept-new"), Secrets: c.String("ssh-secrets")}
	return o, o.Check()
}

// printLoop prints what runs on other hosts, to be installed there as the
// forced command of a key.
func printLoop(c *cli.Context) error {
	_, err := fmt.Fprint(c.App.Writer, tailer.SSHLoop())
	return err
}
