package stream

import (
	"fmt"
	"regexp"
	"testing"
)

// logLines are lines as a service writes them.
func logLines(n int) [][]byte {
	lines := make([][]byte, n)
	for i := range lines {
		lines[i] = fmt.Appendf(nil, "2026-11-21 14:%02d:%02d.%03d INFO [worker-%d] shop.orders: order %d accepted from 192.0.2.%d in %d ms",
			i/60%60, i%60, i%1000, i%8, 100000+i*7, i%250, i*i%400)
	}
	return lines
}

// BenchmarkFilter compares the filters of feeds with the expression alone, on
// lines that do not match.
func BenchmarkFilter(b *testing.B) {
	lines := logLines(1000)
	for _, pattern := range []string{"timeout", "(?i)timeout", "error|fatal", `order \d+ refused`, `\d{4}ms`} {
		s := &sieve{filter: Filter{Grep: []string{pattern}}}
		re := regexp.MustCompile(pattern)
		for name, matches := range map[string]func([]byte) bool{"feed": s.passes, "naive": re.Match} {
			b.Run(fmt.Sprintf("%s/%s", pattern, name), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(lines[0])))
				i := 0
				for b.Loop() {
					matches(lines[i%len(lines)])
					i++
				}
			})
		}
	}
}
