package stream

// Matcher returns a function that tells whether a line, as it is sent, has what
// the expressions of f say. The level is not its matter. f was checked. The
// function may be called from any goroutine.
func (f *Filter) Matcher() func(text []byte) bool {
	s := &sieve{filter: *f}
	return s.passes
}
