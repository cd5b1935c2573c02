package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"
)

// help returns the help of the whole program, as a template without actions.
func help(serve []cli.Flag) string {
	return helpHead + flagTable(serve) + helpTail
}

// commandHelp returns the help of one command.
func commandHelp(c *cli.Command) string {
	text := strings.TrimRight("Usage: tailbeam "+c.Name+" [flags] "+c.ArgsUsage, " ") + "\n\n  " + c.Usage + "\n"
	if len(c.Flags) > 0 {
		text += "\nFlags:\n" + flagTable(c.Flags)
	} else {
		text = strings.Replace(text, " [flags]", "", 1)
	}
	return text + "\nSources, examples and exit codes: tailbeam --help\n"
}

// flagTable returns a line for each flag. The usage of one that takes a value
// begins with its name between backquotes.
func flagTable(flags []cli.Flag) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, f := range flags {
		doc, ok := f.(cli.DocGenerationFlag)
		if !ok {
			continue
		}
		name, usage := "--"+f.Names()[0], doc.GetUsage()
		if names := f.Names(); len(names) > 1 && len(names[1]) == 1 {
			name = "-" + names[1] + ", " + name
		}
		if rest, ok := strings.CutPrefix(usage, "`"); ok {
			value, text, _ := strings.Cut(rest, "` ")
			name, usage = name+" "+value, text
		}
		if text := doc.GetDefaultText(); text != "" && doc.TakesValue() {
			usage += " (" + text + ")"
		}
		fmt.Fprintf(w, "  %s\t%s\n", name, usage)
	}
	w.Flush()
	return b.String()
}

const helpHead = `tailbeam follows log files, live in the browser and over WebSocket.

Usage:
  tailbeam [serve] [flags] SOURCE...   serve the sources; serve is the default
  tailbeam watch [flags] URL|STREAM... follow streams of a running tailbeam in the
                                       terminal: tailbeam watch --help
  tailbeam check [flags] SOURCE...     open each source once and say what would be
                                       served, and what is wrong
  tailbeam ssh-loop                    print the script that reads files on other
                                       hosts, for a key that may do nothing else
  tailbeam completion bash|zsh|fish    print what lets a shell complete all this
  tailbeam version                     print the version

Sources:
  PATH         one file; it may come later, be rotated, truncated, made anew
  'GLOB'       the files that match, new ones as they appear; ** goes through
               directories; in quotes, so that the shell leaves it alone
  DIR/         the files in a directory, new ones as they appear
  [USER@]HOST:PATH, ssh://[USER@]HOST[:PORT]/PATH
               a file of another host, over SSH; a glob or a directory as well
  -            standard input
  cmd:COMMAND  what a command says; it is run again when it ends
  journal:     the systemd journal; journal:UNIT that of one unit
  NAME=SOURCE  any of them, under a name of your own

Flags:
`

const helpTail = `
  Each flag has an environment variable, --max-line for one TAILBEAM_MAX_LINE; a
  flag wins over it. BYTES are written as 8388608, 8MiB, 64KiB or 1GiB.

Examples:
  tailbeam /var/log/syslog                  # then open http://127.0.0.1:8080/
  tailbeam '/var/log/**/*.log' shop=/srv/shop/log/
  make 2>&1 | tailbeam build=-
  tailbeam journal:nginx.service 'disk=cmd:iostat -x 5'
  tailbeam --listen :8080 /var/log/syslog   # prints an address that carries a token
  tailbeam --public-url https://example.org/logs/ /var/log/syslog

Exit codes:
  0  done
  1  failed: a file, a directory or the address cannot be used
  2  the command line is wrong
`
