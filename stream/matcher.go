package stream

import "regexp"

// Matcher returns a function that tells whether a line, as it is sent, has what
// the expressions of f say. The level is not its matter. f was checked. The
// function may be called from any goroutine.
func (f *Filter) Matcher() func(text []byte) bool {
	grep, not := expressions(f.Grep), expressions(f.Not)
	return func(text []byte) bool {
		for _, re := range grep {
			if !re.Match(text) {
				return false
			}
		}
		for _, re := range not {
			if re.Match(text) {
				return false
			}
		}
		return true
	}
}

func expressions(patterns []string) []*regexp.Regexp {
	list := make([]*regexp.Regexp, len(patterns))
	for i, pattern := range patterns {
		list[i] = regexp.MustCompile(pattern)
	}
	return list
}
