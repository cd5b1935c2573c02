package search_test

import (
	"regexp"
	"testing"
)

func matches(t *testing.T, pattern, text string) bool {
	t.Helper()
	re, ok := expressions[pattern]
	if !ok {
		re = regexp.MustCompile(pattern)
		expressions[pattern] = re
	}
	return re.MatchString(text)
}

var expressions = map[string]*regexp.Regexp{}
