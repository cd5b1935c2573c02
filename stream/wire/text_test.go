package wire

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

func TestTextDropsOneLineEndAndTheByteOrderMark(t *testing.T) {
	for _, test := range []struct {
		entry  string
		offset int64
		want   string
	}{
		{"a\n", 5, "a"},
		{"a\r\n", 5, "a"},
		{"a\r\r\n", 5, "a\r"},
		{"\n", 5, ""},
		{"\r\n", 5, ""},
		{"\r", 5, "\r"},
		{"piece\r", 5, "piece\r"},
		{"\xef\xbb\xbfa\n", 0, "a"},
		{"\xef\xbb\xbfa\n", 9, "\xef\xbb\xbfa"},
		{"", 0, ""},
	} {
		if got := Text([]byte(test.entry), test.offset); string(got) != test.want {
			t.Errorf("Text(%q, %d) is %q, want %q", test.entry, test.offset, got, test.want)
		}
	}
}

func TestRepairReplacesMaximalSubparts(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                         "plain",
		"\xff":                          "\uFFFD",
		"\xff\xfe":                      "\uFFFD\uFFFD",
		"a\xe2\x82b":                    "a\uFFFDb",
		"\xf0\x9f\x98":                  "\uFFFD",
		"\xf0\x9f\x98\x80":              "\U0001F600",
		"\xed\xa0\x80":                  "\uFFFD\uFFFD\uFFFD", // a surrogate
		"\xc0\xaf":                      "\uFFFD\uFFFD",
		"\xe0\x9f\x80":                  "\uFFFD\uFFFD\uFFFD",
		"\xf4\x90\x80\x80":              "\uFFFD\uFFFD\uFFFD\uFFFD",
		"\xf1\x80\x80\xe1\x80\xc2b\x80": "\uFFFD\uFFFD\uFFFDb\uFFFD",
		"\uFFFD stays":                  "\uFFFD stays",
	} {
		got, rest := Repair(nil, []byte(in), 1<<20)
		if string(got) != want || len(rest) != 0 {
			t.Errorf("Repair(%q) is %q and %q, want %q", in, got, rest, want)
		}
	}
}

// repairTwin is Repair one byte at a time: a byte begins or continues a
// well-formed sequence, or the sequence so far is replaced.
func repairTwin(text []byte) []byte {
	var out []byte
	for len(text) > 0 {
		n := 1
		for n < min(len(text), 4) && begins(text[:n+1]) {
			n++
		}
		if utf8.Valid(text[:n]) {
			out = append(out, text[:n]...)
		} else {
			out = append(out, "\uFFFD"...)
		}
		text = text[n:]
	}
	return out
}

// begins reports whether p is a well-formed character or the beginning of one,
// by trying every continuation.
func begins(p []byte) bool {
	if utf8.RuneCount(p) == 1 && utf8.Valid(p) {
		return true
	}
	if len(p) == 4 || p[0] < utf8.RuneSelf {
		return false
	}
	for c := byte(0x80); c <= 0xBF; c++ {
		if begins(append(bytes.Clone(p), c)) {
			return true
		}
	}
	return false
}

func FuzzRepair(f *testing.F) {
	f.Add([]byte("plain"), 16)
	f.Add([]byte("a\xe2\x82b\xff\xf0\x9f\x98\x80"), 4)
	f.Fuzz(func(t *testing.T, text []byte, max int) {
		if len(text) > 64 {
			return
		}
		max = utf8.UTFMax + (max&0xff+256)%256
		want := repairTwin(text)
		var got []byte
		for rest := text; ; {
			piece, left := Repair(nil, rest, max)
			if len(piece) > max || !utf8.Valid(piece) || len(left) > 0 && len(left) == len(rest) {
				t.Fatalf("Repair(%q, %d) is %q and leaves %q", rest, max, piece, left)
			}
			got = append(got, piece...)
			if rest = left; len(rest) == 0 {
				break
			}
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("Repair(%q) is %q, want %q", text, got, want)
		}
	})
}

func TestWholeCharacters(t *testing.T) {
	for in, want := range map[string]int{
		"":                 0,
		"abc":              3,
		"a\xe2\x82":        1,
		"a\xe2\x82\xac":    4,
		"a\xf0\x9f\x98":    1,
		"\xf0\x9f\x98\x80": 4,
		"\xff":             1,
		"a\x80\x80\x80":    4,
	} {
		if got := WholeCharacters([]byte(in)); got != want {
			t.Errorf("WholeCharacters(%q) is %d, want %d", in, got, want)
		}
	}
}
