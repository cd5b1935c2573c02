package search

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"tailbeam/tailer/line"
)

// batchOf makes a batch of text.
func batchOf(data string) *line.Batch {
	b := &line.Batch{Pos: line.Position{Gen: 1, Off: 100}, Data: []byte(data)}
	for i := range b.Data {
		if b.Data[i] == '\n' || i == len(b.Data)-1 {
			b.Ends = append(b.Ends, uint32(i+1))
		}
	}
	return b
}

// told returns which lines of a batch an expression finds.
func told(t *teller, b *line.Batch) (found []int) {
	t.each(b, func(i int) { found = append(found, i) })
	return found
}

// byOracle is told by package regexp, line by line.
func byOracle(re *regexp.Regexp, b *line.Batch) (found []int) {
	for i := range b.Ends {
		if re.Match(text(b, i)) {
			found = append(found, i)
		}
	}
	return found
}

const sample = "2024-05-01 ERROR one failed\nall is well\n\nerror: Two Failed\r\nStraße K\u212Aelvin \u017Ftop\n" +
	"GET /index.html HTTP/1.1\" 500\n\xff\xfe broken ERROR\nkkkk ssss\na_b a-b\nERR\rOR\n" +
	"für über ÉÀ éàü 7é8\nΕλληνικά αβγ ΣΑΣ σας\n日本語 \xe2\x82 \U0001F600\ufffd\né\n\u0080\U0010FFFF\nlast without an end"

var patterns = []string{
	"ERROR", "error", "(?i)error", "(?i)kelvin", "(?i)stop", "(?i)ssss", "failed$", "^all", "^$", "", "x*", "^",
	`\bTwo\b`, `\Berr`, `[0-9]{3}$`, `error|failed|well|GET`, `(?i)error.*failed`, `err.*ed`, `ERR.OR`, `\xff`, `.$`, `[^a]b`,
	`(?m)^error`, `\A2024`, `end\z`, `(a|b)+_`, `\d+-\d+`, `(?s).E`, `nothing at all`, `\pL\pL\pL\pL\pL\pL`, `(?i)ſ`, `K`, `[[:upper:]]{4}`,
	`\r`, `t{2}|l{2}`, `(?:un)?well`, `(?i)index\.HTML`,
	`é.ö|é.ü`, `[à-ü]{2}`, `(?i)éà`, `^[^é]$`, `^.$`, `\d\PN\d`, `(?i)[α-ω]{4}`, `\p{Greek}+ \p{Greek}{3}$`, `(?i)σασ`, `[日月][^\x00-\x7f]`,
	`\x{fffd}`, `[^\x{fffd}]\x{fffd}`, `é\b`, `\B[é-ü]`, `\x{10FFFF}$`, `[\x{80}-\x{9f}]`, `\W{3,}\d`, `\p{Lu}\p{Ll}`, `[^\pL]$`,
}

func TestExpressionsAreThoseOfRegexp(t *testing.T) {
	b := batchOf(sample)
	for _, pattern := range patterns {
		e, err := newExpression(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := told(e.teller(), b), byOracle(e.re, b); !slices.Equal(got, want) {
			t.Errorf("%q finds lines %v, want %v", pattern, got, want)
		}
	}
}

// An automaton that has to forget its states goes on with others.
func TestManyStates(t *testing.T) {
	e, err := newExpression(`a[ab]{16}c`)
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	x := uint32(1)
	for range 3000 {
		for range 60 {
			x = x*1664525 + 1013904223
			s.WriteByte("ab"[x>>31])
		}
		s.WriteString("abc"[x>>30%3:][:1] + "\n")
	}
	b := batchOf(s.String())
	teller := e.teller()
	if got, want := told(teller, b), byOracle(e.re, b); !slices.Equal(got, want) {
		t.Errorf("%d lines, want %d", len(got), len(want))
	}
	if teller.auto.resets == 0 {
		t.Error("no state was ever forgotten")
	}
}

func FuzzExpression(f *testing.F) {
	for _, pattern := range patterns {
		f.Add(pattern, sample)
	}
	f.Fuzz(func(t *testing.T, pattern, data string) {
		if len(pattern) > 100 || len(data) > 10_000 {
			return
		}
		e, err := newExpression(pattern)
		if err != nil || len(e.prog.Inst) > 2000 {
			return
		}
		b := batchOf(data)
		if got, want := told(e.teller(), b), byOracle(e.re, b); !slices.Equal(got, want) {
			t.Fatalf("%q finds lines %v of %q, want %v", pattern, got, data, want)
		}
	})
}
