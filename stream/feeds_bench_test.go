package stream

import (
	"fmt"
	"regexp"
	"testing"

	"tailbeam/stream/wire"
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

// BenchmarkDeflate compresses lines one by one with the context of those
// before, as feeds do, and each alone. Ratio is how many times fewer bytes they
// take on the wire.
func BenchmarkDeflate(b *testing.B) {
	lines := logLines(10_000)
	for name, every := range map[string]int{"feed": keyEvery, "naive": 0} {
		b.Run(name, func(b *testing.B) {
			d := wire.NewDeflater()
			in, out, since := 0, 0, 0
			b.ReportAllocs()
			b.SetBytes(int64(len(lines[0])))
			i := 0
			for b.Loop() {
				text := lines[i%len(lines)]
				i++
				if since >= every {
					d.Reset()
					since = 0
				}
				n := len(d.Compress(text))
				since += len(text)
				in += wire.HeaderLen(len(text)) + len(text)
				out += wire.HeaderLen(n) + n
			}
			b.ReportMetric(float64(in)/float64(out), "ratio")
		})
	}
}
