package stream

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tailbeam/tailer/line"
)

// Filter chooses lines by their text as it is sent, one by one. The zero value
// chooses all of them.
//
// A line that is longer than the longest message is chosen piece by piece: an
// expression does not see what lies in another piece.
type Filter struct {
	// Grep are RE2 expressions (package regexp) that all match somewhere in
	// the line, Not are such that none does.
	Grep, Not []string
	// Level is the least level of the line. A line without one has that of the
	// nearest line before it that has one, if that lies within 64 KiB; where
	// there is none, every level will do.
	Level line.Level
}

// Limits of a filter.
const (
	maxExpressions = 16   // in one filter
	maxExpression  = 1024 // bytes of one
	maxProgram     = 2000 // about the steps of all expressions of one filter
)

// IsZero reports whether f chooses every line.
func (f *Filter) IsZero() bool {
	return len(f.Grep) == 0 && len(f.Not) == 0 && f.Level == line.None
}

// Check returns what is wrong with f, in one line for the person who wrote it.
func (f *Filter) Check() error {
	if len(f.Grep)+len(f.Not) > maxExpressions {
		return fmt.Errorf("grep, not: at most %d expressions in one filter: join some with |", maxExpressions)
	}
	size := 0
	for i, pattern := range slices.Concat(f.Grep, f.Not) {
		what := "grep"
		if i >= len(f.Grep) {
			what = "not"
		}
		re, err := parseExpression(pattern)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if size += steps(re); size > maxProgram {
			return fmt.Errorf("%s: %s repeats too much to be tried on every line: write smaller numbers in {}", what, clipped(pattern))
		}
	}
	return nil
}

// key returns the same text for filters that choose the same by the same
// means.
func (f *Filter) key() string {
	if f.IsZero() {
		return ""
	}
	var key strings.Builder
	key.WriteString(f.Level.String())
	for _, pattern := range distinct(f.Grep) {
		key.WriteString("+" + strconv.Quote(pattern))
	}
	for _, pattern := range distinct(f.Not) {
		key.WriteString("-" + strconv.Quote(pattern))
	}
	return key.String()
}

// distinct returns a list in order, each element once.
func distinct(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// CheckExpression returns what is wrong with one expression and where, in one
// line for the person who wrote it.
func CheckExpression(pattern string) error {
	re, err := parseExpression(pattern)
	if err == nil && steps(re) > maxProgram {
		err = fmt.Errorf("%s repeats too much to be tried on every line: write smaller numbers in {}", clipped(pattern))
	}
	return err
}

// parseExpression parses an expression; the error says where it is wrong.
func parseExpression(pattern string) (*syntax.Regexp, error) {
	if len(pattern) > maxExpression {
		return nil, fmt.Errorf("an expression of %d bytes is too long: at most %d", len(pattern), maxExpression)
	}
	if !utf8.ValidString(pattern) {
		return nil, errors.New("the expression is not UTF-8")
	}
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err == nil {
		return re, nil
	}
	fault, ok := err.(*syntax.Error)
	if !ok {
		return nil, err
	}
	at := utf8.RuneCountInString(pattern[:faultAt(pattern, fault)]) + 1
	return nil, fmt.Errorf("%s at character %d of %s: want an RE2 expression", fault.Code, at, clipped(pattern))
}

// faultAt returns the offset at which an expression is wrong.
func faultAt(pattern string, fault *syntax.Error) int {
	switch fault.Code {
	case syntax.ErrMissingParen, syntax.ErrUnexpectedParen:
		return oddParenthesis(pattern)
	case syntax.ErrTrailingBackslash:
		return len(pattern) - 1
	}
	for from := 0; ; {
		i := strings.Index(pattern[from:], fault.Expr)
		if i < 0 {
			return from
		}
		i += from
		_, err := syntax.Parse(pattern[:i+len(fault.Expr)], syntax.Perl)
		if again, ok := err.(*syntax.Error); ok && again.Code == fault.Code {
			return i
		}
		if from = i + 1; from > len(pattern)-len(fault.Expr) {
			return i
		}
	}
}

// oddParenthesis returns the offset of the first ) that closes nothing, or of
// the last ( that nothing closes.
func oddParenthesis(pattern string) int {
	var opened []int
	class := -1 // where a class began
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && strings.HasPrefix(pattern[i:], `\Q`):
			end := strings.Index(pattern[i:], `\E`)
			if end < 0 {
				i = len(pattern)
				break
			}
			i += end + 1
		case c == '\\':
			i++
		case class >= 0:
			if c == ']' && i > class+1 && !(i == class+2 && pattern[i-1] == '^') {
				class = -1
			}
		case c == '[':
			class = i
		case c == '(':
			opened = append(opened, i)
		case c == ')' && len(opened) == 0:
			return i
		case c == ')':
			opened = opened[:len(opened)-1]
		}
	}
	if len(opened) == 0 {
		return 0
	}
	return opened[len(opened)-1]
}

// steps returns about how many steps the program of an expression has, before
// it is made: repetitions are written out in it.
func steps(re *syntax.Regexp) int {
	n := 1
	if re.Op == syntax.OpLiteral {
		n = len(re.Rune)
	}
	for _, sub := range re.Sub {
		n += steps(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Max, re.Min, 1)
	}
	return min(n, maxProgram+1)
}

// clipped returns a text for a message of one line.
func clipped(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:57], "") + "..."
	}
	return strconv.Quote(s)
}
