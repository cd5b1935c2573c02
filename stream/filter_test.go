package stream

import (
	"strings"
	"testing"
)

func TestABadExpressionIsNamedWithItsPlace(t *testing.T) {
	for pattern, says := range map[string]string{
		"a(b":         `missing closing ) at character 2`,
		"a(b)(":       `missing closing ) at character 5`,
		`\(a[(](b`:    `missing closing ) at character 7`,
		`\Q(\E(x`:     `missing closing ) at character 6`,
		"ab)":         `unexpected ) at character 3`,
		"ä[b":         `missing closing ] at character 2`,
		"x*+":         `invalid nested repetition operator at character 2`,
		"a|*":         `missing argument to repetition operator at character 3`,
		`\d\d\z\k`:    `invalid escape sequence at character 7`,
		`ab\`:         `trailing backslash at end of expression at character 3`,
		"a{2,1}":      `invalid repeat count at character 2`,
		"a(?=b)":      `invalid or unsupported Perl syntax at character 2`,
		"[z-a]":       `invalid character class range at character 2`,
		`(a)\1`:       `invalid escape sequence at character 4`,
		"a{1001}":     `invalid repeat count at character 2`,
		"\xff":        `not UTF-8`,
		"(abc){1000}": `repeats too much`,
	} {
		err := (&Filter{Grep: []string{pattern}}).Check()
		if err == nil || !strings.HasPrefix(err.Error(), "grep: ") || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %q", pattern, err, says)
		}
	}
}

func TestTheSameFilterHasTheSameKey(t *testing.T) {
	a := Filter{Grep: []string{"b", "a", "b"}, Not: []string{"x"}}
	b := Filter{Grep: []string{"a", "b"}, Not: []string{"x", "x"}}
	if a.key() != b.key() {
		t.Errorf("%s and %s", a.key(), b.key())
	}
	for _, other := range []Filter{{}, {Grep: []string{"a"}}, {Grep: []string{"a", "b", "x"}}, {Grep: []string{`a"+"b`}, Not: []string{"x"}}} {
		if other.key() == a.key() {
			t.Errorf("%+v has the key %s", other, a.key())
		}
	}
}
