package history

import (
	"context"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/line"
)

// wide is text in UTF-16, big endian if the first unit is.
func wide(e charset.Encoding, text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		if e == charset.UTF16BE {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func TestEncodings(t *testing.T) {
	text := "grüße\nਊ half 𝄞\r\n\n" + strings.Repeat("0123ä", 20) + "\nend\n"
	for e, first := range map[charset.Encoding]string{
		charset.UTF16LE: wide(charset.UTF16LE, "\uFEFF"+text),
		charset.UTF16BE: wide(charset.UTF16BE, "\uFEFF"+text),
	} {
		t.Run(e.String(), func(t *testing.T) {
			w := newWorld(t)
			w.write("app.log.2", first)
			w.write("app.log.1.gz", string(compressed(t, "x.gz", []byte(first+wide(e, "no end")))))
			w.write("app.log.0", first[:2])
			w.write("app.log", "plain ä\n")
			one := convert(t, first, e)
			want := slices.Concat(one, one, []string{`"no end"`, `"plain ä\n"`})
			w.wantFromEach(want, 60, 67, 1000)
		})
	}
}

// Without a mark the operator says it, and the NUL that a file begins with is
// half of a character.
func TestEncodingsWithoutAMark(t *testing.T) {
	for _, e := range []charset.Encoding{charset.UTF16LE, charset.UTF16BE} {
		w := newWorld(t)
		w.write("app.log.2", strings.Repeat("\x00", 100_000)+wide(e, "one\n")) // behind a hole
		w.write("app.log.1.gz", string(compressed(t, "x.gz", []byte(wide(e, "two\n")))))
		w.write("app.log", wide(e, "three\n"))
		w.open("app.log", Options{Encoding: e}).want(`"one\n"`, `"two\n"`, `"three\n"`)
	}
}

// convert is what a Cutter makes of a generation.
func convert(t *testing.T, text string, e charset.Encoding) (all []string) {
	t.Helper()
	raw := []byte(text)
	c := charset.Cutter{Encoding: e, MaxLine: 16, Mark: 2}
	var buf charset.Buffer
	var b line.Batch
	for len(raw) > 0 {
		n := c.Next(raw, &buf, &b)
		if n == 0 {
			t.Fatal("the text does not end with a line")
		}
		all = append(all, show(b)...)
		raw = raw[n:]
	}
	return all
}

func TestPartialWideLine(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "\xFF\xFE"+wide(charset.UTF16LE, "one\nhal"))
	r := w.open("app.log", Options{})
	r.want(`"one\n"`, `partial "hal"`)
	w.append("app.log", "f")
	if p := r.end(); p.Off != 10 {
		t.Errorf("the end is at %d", p.Off)
	}
}

func TestLatin1(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "gr\xFC\xDFe\nend\n")
	r := w.open("app.log", Options{Encoding: charset.Latin1})
	r.want(`"grüße\n"`, `"end\n"`)
	b, err := r.Forward(context.Background(), r.start(), r.buf)
	if err != nil || b.End().Off != 10 {
		t.Errorf("%+v, %v", b, err)
	}
}
