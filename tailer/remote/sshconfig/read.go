package sshconfig

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// scope says whether what follows is for the host that is looked for.
type scope uint8

const (
	applies scope = iota
	skipped
)

const (
	maxDepth = 16
	maxFile  = 4 << 20 // bytes
)

// read goes through a file that was included in a scope.
func (r *resolving) read(name string, depth int, within scope) error {
	if depth > maxDepth {
		return fmt.Errorf("%s: files include each other", name)
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.Size() > maxFile {
		return fmt.Errorf("%s is too large", name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	now := within
	for number, text := range strings.Split(string(data), "\n") {
		keyword, rest := directive(text)
		if keyword == "" {
			continue
		}
		if rest == "" {
			return fmt.Errorf("%s line %d: %s without a value", name, number+1, keyword)
		}
		switch keyword {
		case "host":
			now = within
			if !matches(r.alias, words(rest)) {
				now = skipped
			}
		case "match":
			now = within
			if within == applies && !r.match(words(rest), fmt.Sprintf("%s line %d", name, number+1)) {
				now = skipped
			}
		case "include":
			if err := r.include(words(rest), depth, now); err != nil {
				return fmt.Errorf("%s line %d: %w", name, number+1, err)
			}
		default:
			if now == applies {
				r.take(keyword, rest)
				if value := strings.ToLower(words(rest)[0]); missed[keyword] && value != "no" && value != "none" {
					r.notes = once(r.notes, fmt.Sprintf("%s line %d: %s is not known here, and is passed over", name, number+1, keyword))
				}
			}
		}
	}
	return nil
}

// missed are keywords that change how a host is reached and are not known here.
var missed = map[string]bool{
	"canonicalizehostname": true, "bindaddress": true, "bindinterface": true, "addressfamily": true, "pkcs11provider": true,
	"securitykeyprovider": true, "knownhostscommand": true, "proxyusefdpass": true,
}

// include reads the files that patterns lead to. That there are none is no
// error.
func (r *resolving) include(patterns []string, depth int, now scope) error {
	for _, pattern := range patterns {
		if rest, ok := strings.CutPrefix(pattern, "~/"); ok {
			pattern = filepath.Join(r.files.Home, rest)
		} else if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(r.dir, pattern)
		}
		names, err := filepath.Glob(pattern)
		if err != nil {
			return fmt.Errorf("bad pattern %q", pattern)
		}
		for _, name := range names {
			if err := r.read(name, depth+1, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// take notes a value.
func (r *resolving) take(keyword, rest string) {
	list := words(rest)
	switch keyword {
	case "identityfile":
		r.keys = once(r.keys, list[0])
	case "certificatefile":
		r.certs = once(r.certs, list[0])
	case "userknownhostsfile", "globalknownhostsfile", "proxycommand":
		r.set(keyword, rest)
	case "identitiesonly":
		r.set(keyword, strings.ToLower(list[0]))
	default:
		r.set(keyword, list[0])
	}
}

// once appends a value that is not there yet: files may be read twice.
func once(list []string, value string) []string {
	if slices.Contains(list, value) {
		return list
	}
	return append(list, value)
}

// match reports whether all criteria of a Match line hold.
func (r *resolving) match(criteria []string, where string) bool {
	hold := true
	for i := 0; i < len(criteria); i++ {
		criterion, negated := strings.CutPrefix(strings.ToLower(criteria[i]), "!")
		switch criterion {
		case "all":
			hold = hold && !negated
			continue
		case "final":
			r.more = true
			hold = hold && r.final != negated
			continue
		case "canonical": // names are taken as they are
			hold = hold && negated
			continue
		}
		known := slices.Contains([]string{"host", "originalhost", "user", "localuser"}, criterion)
		if !known || i+1 >= len(criteria) {
			r.notes = once(r.notes, fmt.Sprintf("%s: Match %s is not known here, and the block is passed over", where, criterion))
			return false
		}
		i++
		value := r.alias
		switch criterion {
		case "host":
			if v := r.values["hostname"]; v != "" {
				value = strings.ReplaceAll(v, "%h", r.alias)
			}
		case "user":
			value = r.me
			if v := r.values["user"]; v != "" {
				value = v
			}
		case "localuser":
			value = r.me
		}
		if matches(value, strings.Split(criteria[i], ",")) == negated {
			hold = false
		}
	}
	return hold
}

// matches reports whether a name is one of a list of patterns, and none of those
// with ! in front.
func matches(name string, patterns []string) bool {
	found := false
	for _, pattern := range patterns {
		for _, p := range strings.Split(pattern, ",") {
			bare, negated := strings.CutPrefix(p, "!")
			// Brackets and backslashes mean nothing in these patterns.
			quoted := strings.NewReplacer(`\`, `\\`, `[`, `\[`).Replace(strings.ToLower(bare))
			if ok, err := path.Match(quoted, strings.ToLower(name)); err != nil || !ok {
				continue
			}
			if negated {
				return false
			}
			found = true
		}
	}
	return found
}

// directive takes a line apart: the keyword in lower case and what follows it.
// It returns no keyword for a comment or an empty line.
func directive(text string) (keyword, rest string) {
	text = strings.Trim(text, " \t\r\f")
	if text == "" || text[0] == '#' {
		return "", ""
	}
	at := strings.IndexAny(text, " \t=")
	if at < 0 {
		return strings.ToLower(text), ""
	}
	rest = strings.TrimLeft(text[at:], " \t")
	rest = strings.TrimLeft(strings.TrimPrefix(rest, "="), " \t")
	return strings.ToLower(text[:at]), rest
}

// words takes values apart at blanks that are not within quotes. A # at the
// beginning of a word begins a comment.
func words(text string) []string {
	var list []string
	var word strings.Builder
	begun := false
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteByte(c)
		case c == '"' || c == '\'':
			quote, begun = c, true
		case c == ' ' || c == '\t':
			if begun {
				list = append(list, word.String())
				word.Reset()
			}
			begun = false
		case c == '#' && !begun:
			i = len(text)
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	if begun {
		list = append(list, word.String())
	}
	if list == nil {
		list = []string{""}
	}
	return list
}
