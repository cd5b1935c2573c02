package charset

import (
	"testing"

	"tailbeam/tailer/line"
)

func TestStreamLooksForItsMark(t *testing.T) {
	for text, want := range map[string]string{
		"\xFF\xFEa\x00\n\x00b\x00":   "a\nb",
		"\xFE\xFF\x00a\x00\n\x00b":   "a\nb",
		"a\n":                        "a\n",
		"\xE4\n":                     "ä\n",
		"\xEF\xBB\n":                 "ï»\n",
		"\xEF\xBB\xBF\xC3\xA4\n":     "\xEF\xBB\xBFä\n",
		"\xFF":                       "ÿ",
		"\xFF\xFE":                   "",
		"a\n\xFF\xFEb\x00\n\x00\x00": "a\nÿþb\x00\n\x00\x00",
	} {
		s := Stream{Cutter: Cutter{Encoding: Latin1, MaxLine: 100}}
		var buf Buffer
		var b line.Batch
		got, off := "", 0
		for end := 0; end <= len(text); end++ {
			for off < end {
				n := s.Next([]byte(text[off:end]), &buf, &b)
				if n == 0 {
					break
				}
				got += string(b.Data)
				off += n
			}
		}
		for off < len(text) {
			off += s.Rest([]byte(text[off:]), &buf, &b)
			got += string(b.Data)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// A short line is not held back for want of bytes that could tell its encoding.
func TestShortLineIsNotHeldBack(t *testing.T) {
	s := Stream{Cutter: Cutter{MaxLine: 100}}
	var buf Buffer
	var b line.Batch
	if n := s.Next([]byte("\n"), &buf, &b); n != 1 {
		t.Errorf("took %d bytes, want 1", n)
	}
}
