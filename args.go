package main

import (
	"errors"
	"strings"

	"github.com/urfave/cli/v2"
)

// arrange puts args in the order that the parser of flags wants: the command,
// its flags, and what it works on behind "--". So a flag counts wherever it
// stands, and a file may bear the name of a command when a path leads to it.
// Without a command it is serve.
func arrange(args []string, commands []*cli.Command) []string {
	var flags, words []string
	named := 0 // words that stand before "--"
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			words = append(words, args[i+1:]...)
			break
		}
		if arg == "-" || !strings.HasPrefix(arg, "-") {
			words = append(words, arg)
			named++
			continue
		}
		flags = append(flags, arg)
		if takesValue(arg, commands) {
			if i++; i == len(args) {
				return []string{"serve", arg} // the parser says what is missing
			}
			flags = append(flags, args[i])
		}
	}
	command := "serve"
	switch {
	case named == 0 && len(flags) == 1 && isOneOf(flags[0], "-h", "--help", "-help"):
		return flags
	case named == 0 && len(flags) == 1 && isOneOf(flags[0], "-v", "--version", "-version"):
		return []string{"version"}
	case named > 0 && words[0] == "help":
		return append(words[1:len(words):len(words)], "--help")
	case named > 0 && isCommand(words[0], commands):
		command, words = words[0], words[1:]
	}
	flags = append([]string{command}, flags...)
	return append(append(flags, "--"), words...)
}

// takesValue reports whether arg is a flag whose value is the next argument.
func takesValue(arg string, commands []*cli.Command) bool {
	name := strings.TrimLeft(arg, "-")
	for _, c := range commands {
		for _, f := range c.Flags {
			doc, ok := f.(cli.DocGenerationFlag)
			if ok && doc.TakesValue() && isOneOf(name, f.Names()...) {
				return true
			}
		}
	}
	return false
}

func isCommand(word string, commands []*cli.Command) bool {
	for _, c := range commands {
		if c.Name == word {
			return true
		}
	}
	return false
}

func isOneOf(s string, list ...string) bool {
	for _, one := range list {
		if s == one {
			return true
		}
	}
	return false
}

// onUsageError turns what the parser of flags says into one line for a person.
func onUsageError(_ *cli.Context, err error, _ bool) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		return &usageError{errors.New("unknown flag --" + name)}
	}
	text = strings.NewReplacer(" for flag -", " for --", " for -", " for --").Replace(text)
	text = strings.Replace(text, "flag needs an argument: -", "a value is missing after --", 1)
	text, _, _ = strings.Cut(text, ": strconv.")
	text, _, _ = strings.Cut(text, ": parse error")
	return &usageError{errors.New(text)}
}
