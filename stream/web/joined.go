package web

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// The page is made of many small modules, and each file that a browser asks for
// costs it more than what is in it. So under a version (see pages) a module comes
// joined with all that it imports, in one file. Each of them is a function there,
// called once, in the order of their imports, whose value is what it exports: what modules
// mean to each other stays as it is, but for live bindings and circles, which
// are refused. What the index names stays a module of its own, that there is one of it
// however many import it. Style sheets that import others are joined, too.
//
// What is understood is what the page's modules are written in: at the beginning of a line,
// and whole on it, imports of names, of everything under a name, or of nothing, by relative
// paths; and exports of functions, classes, constants and lists of names. Comments that
// have lines to themselves stay behind, and their lines stay empty: they are for people, who
// read the modules one by one. No text in backquotes has lines that begin as a comment does.
var (
	moduleImport = regexp.MustCompile(`^import (?:(?:\* as ([\w$]+)|\{([^}]*)\}) from )?'(\.[^']+)';$`)
	moduleExport = regexp.MustCompile(`^export ((?:async )?function\*?|class|const) ([\w$]+)`)
	moduleNames  = regexp.MustCompile(`^export \{([\w$, ]*)\};$`)
	moduleMark   = regexp.MustCompile(`(?m)^(?:import|export) `)
	sheetImport  = regexp.MustCompile(`(?m)^@import "([^"]+)";\n`)
)

// joiner joins what one file imports.
type joiner struct {
	files   map[string]*file
	index   string // whose scripts stay apart
	entry   string
	done    map[string]bool // true once it is in out, false while its imports are on their way
	apart   strings.Builder // imports of what stays apart
	exports []string        // of the entry, which is the last to be written
	out     strings.Builder
}

// joined returns a module or style sheet with all that it imports.
func joined(files map[string]*file, entry string) ([]byte, error) {
	j := joiner{files: files, index: string(files["/"+index].content), entry: entry, done: map[string]bool{}}
	if path.Ext(entry) == ".css" {
		err := j.sheet(entry)
		return []byte(j.out.String()), err
	}
	// A script that is no module has nothing to be joined with.
	if own := files[entry].content; !moduleMark.Match(own) {
		return own, nil
	}
	err := j.module(entry)
	exports := fmt.Sprintf("export const { %s } = $modules[%q];\n", strings.Join(j.exports, ", "), entry)
	return []byte(j.apart.String() + "const $modules = {};\n" + j.out.String() + exports), err
}

// begins reports whether a file is to be written now: it is there, and was not
// written before.
func (j *joiner) begins(name, from string) (bool, error) {
	if j.files[name] == nil {
		return false, fmt.Errorf("%s imports %s, which is not there", from, name)
	}
	written, begun := j.done[name]
	if begun && !written {
		return false, fmt.Errorf("%s imports %s, which imports it", from, name)
	}
	return !begun, nil
}

func (j *joiner) sheet(name string) error {
	text := string(j.files[name].content)
	j.done[name] = false
	for _, m := range sheetImport.FindAllStringSubmatch(text, -1) {
		other := path.Join(path.Dir(name), m[1])
		first, err := j.begins(other, name)
		if err == nil && first {
			err = j.sheet(other)
		}
		if err != nil {
			return err
		}
	}
	j.out.WriteString(sheetImport.ReplaceAllString(text, ""))
	j.done[name] = true
	return nil
}

func (j *joiner) module(name string) error {
	if name != j.entry && strings.Contains(j.index, name[1:]+`"`) {
		fmt.Fprintf(&j.apart, "import * as $%d from %q;\n", len(j.done), relative(j.entry, name))
		fmt.Fprintf(&j.out, "$modules[%q] = $%d;\n", name, len(j.done))
		j.done[name] = true
		return nil
	}
	j.done[name] = false
	var own strings.Builder
	var exports []string
	comment := false
	for line := range strings.Lines(string(j.files[name].content)) {
		if comment = remarks(line, comment); !comment {
			text, err := j.line(name, strings.TrimSuffix(line, "\n"), &exports)
			if err != nil {
				return err
			}
			own.WriteString(text)
		}
		comment = comment && !strings.Contains(line, "*/") && !strings.HasPrefix(strings.TrimSpace(line), "//")
		own.WriteByte('\n')
	}
	fmt.Fprintf(&j.out, "$modules[%q] = (() => {\n%sreturn { %s };\n})();\n", name, own.String(), strings.Join(exports, ", "))
	j.exports = exports
	j.done[name] = true
	return nil
}

// remarks reports whether a line is nothing but a comment, which may have begun
// before it.
func remarks(line string, begun bool) bool {
	line = strings.TrimSpace(line)
	opens := begun || strings.HasPrefix(line, "/*")
	_, rest, closes := strings.Cut(line, "*/")
	return opens && (!closes || rest == "") || !begun && strings.HasPrefix(line, "//")
}

// line returns what stands for a line of a module. What it imports is written
// before, and what it exports is added to exports.
func (j *joiner) line(name, line string, exports *[]string) (string, error) {
	if m := moduleImport.FindStringSubmatch(line); m != nil {
		other := path.Join(path.Dir(name), m[3])
		first, err := j.begins(other, name)
		if err == nil && first {
			err = j.module(other)
		}
		switch {
		case m[1] != "":
			return fmt.Sprintf("const %s = $modules[%q];", m[1], other), err
		case m[2] != "":
			return fmt.Sprintf("const {%s} = $modules[%q];", strings.ReplaceAll(m[2], " as ", ": "), other), err
		}
		return "", err
	}
	if m := moduleExport.FindStringSubmatch(line); m != nil {
		*exports = append(*exports, m[2])
		return strings.TrimPrefix(line, "export "), nil
	}
	if m := moduleNames.FindStringSubmatch(line); m != nil && !strings.Contains(m[1], " as ") {
		*exports = append(*exports, strings.TrimSpace(m[1]))
		return "", nil
	}
	// Comments name types by import(), too.
	before, _, loads := strings.Cut(line, "import(")
	if strings.HasPrefix(line, "import") || strings.HasPrefix(line, "export") || loads && !strings.ContainsAny(before, "*/") {
		return "", fmt.Errorf("%s: %q is not understood: joined.go says what is", name, line)
	}
	// Addresses that a module makes are relative to its own.
	return strings.ReplaceAll(line, "import.meta.url", fmt.Sprintf("new URL(%q, import.meta.url).href", relative(j.entry, name))), nil
}

// relative returns the address of a file as one says it beside another.
func relative(from, to string) string {
	dir := path.Dir(from) + "/"
	if rest, ok := strings.CutPrefix(to, dir); ok {
		return "./" + rest
	}
	return strings.Repeat("../", strings.Count(dir, "/")-1) + strings.TrimPrefix(to, "/")
}
