package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"tailbeam/stream/watch"
)

// completions are the scripts that let a shell complete the command line. They
// call the hidden command complete with the words up to the cursor.
var completions = map[string]string{
	"bash": `# tailbeam: source <(tailbeam completion bash)
_tailbeam() {
	local IFS=$'\n' words=("${COMP_WORDS[@]:1:COMP_CWORD}")
	if [[ $COMP_LINE == *[:=]* ]] && declare -F _get_comp_words_by_ref >/dev/null; then
		local cur cword all
		_get_comp_words_by_ref -n := -w all -i cword cur
		words=("${all[@]:1:cword}")
	fi
	COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" complete -- "${words[@]}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _tailbeam tailbeam
`,
	"zsh": `#compdef tailbeam
# tailbeam: source <(tailbeam completion zsh)
_tailbeam() {
	local -a found
	found=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
	[[ -n $found ]] && compadd -- $found || _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i -D }
compdef _tailbeam tailbeam
`,
	"fish": `# tailbeam: tailbeam completion fish | source
function __tailbeam
    set -l words (commandline -opc) (commandline -ct)
    set -l found (command $words[1] complete -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c tailbeam -f -a '(__tailbeam)'
`,
}

// completion is a command: it prints the script for a shell.
func completion(c *cli.Context) error {
	script, ok := completions[c.Args().First()]
	if !ok || c.NArg() != 1 {
		return &usageError{fmt.Errorf("name a shell: bash, zsh or fish")}
	}
	fmt.Fprint(c.App.Writer, script)
	return nil
}

// complete is a command: it prints what the last of its arguments, which may
// be empty, can become, a word each line. Where it prints nothing the shell
// offers files.
func complete(c *cli.Context) error {
	words := c.Args().Slice()
	if len(words) == 0 {
		return nil
	}
	for _, candidate := range candidates(c, words[:len(words)-1], words[len(words)-1]) {
		fmt.Fprintln(c.App.Writer, candidate)
	}
	return nil
}

// candidates returns what a word can become behind others.
func candidates(c *cli.Context, before []string, word string) []string {
	var command *cli.Command
	for _, other := range before {
		if command = c.App.Command(other); command != nil {
			break
		}
	}
	var all []string
	switch {
	case len(before) > 0 && strings.HasPrefix(before[len(before)-1], "-") && takesValue(before[len(before)-1], c.App.Commands):
		if strings.TrimLeft(before[len(before)-1], "-") == "level" {
			all = []string{"trace", "debug", "info", "notice", "warn", "error", "fatal"}
		}
	case strings.HasPrefix(word, "-"):
		if command == nil {
			command = c.App.Command("serve")
		}
		for _, f := range command.Flags {
			all = append(all, "--"+f.Names()[0])
		}
	case command == nil && len(before) == 0:
		for _, other := range c.App.Commands {
			if !other.Hidden {
				all = append(all, other.Name)
			}
		}
	case command != nil && command.Name == "watch":
		all = streamsOf(c.Context, before)
	case command != nil && command.Name == "completion":
		all = []string{"bash", "fish", "zsh"}
	}
	return slices.DeleteFunc(all, func(s string) bool { return !strings.HasPrefix(s, word) })
}

// completionTimeout bounds what a person waits for after a key.
const completionTimeout = 2 * time.Second

// streamsOf asks the server that a command line names for its streams.
func streamsOf(ctx context.Context, before []string) []string {
	url := os.Getenv("TAILBEAM_URL")
	for i, word := range before {
		if word == "--url" && i+1 < len(before) {
			url = before[i+1]
		} else if value, ok := strings.CutPrefix(word, "--url="); ok {
			url = value
		}
	}
	if url == "" {
		url = defaultURL
	}
	targets, err := watch.ParseTargets(nil, url, os.Getenv("TAILBEAM_TOKEN"))
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	names, err := watch.Streams(ctx, targets[0].Server)
	if err != nil {
		return nil // nobody to tell
	}
	return names
}
