package journal

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
)

// naive reads a field as encoding/json can.
func naive(data []byte) ([][]byte, bool) {
	var text *string
	if json.Unmarshal(data, &text) == nil {
		if text == nil {
			return [][]byte{nil}, true
		}
		return [][]byte{[]byte(*text)}, true
	}
	var numbers []int
	if json.Unmarshal(data, &numbers) == nil && len(numbers) > 0 && !bytes.Contains(data, []byte("null")) {
		var text []byte
		for _, n := range numbers {
			if n < 0 || n > 255 {
				return nil, false
			}
			text = append(text, byte(n))
		}
		return [][]byte{text}, true
	}
	var several []json.RawMessage
	if json.Unmarshal(data, &several) != nil {
		return nil, false
	}
	var all [][]byte
	for _, one := range several {
		value, ok := naive(one)
		if !ok || len(value) != 1 || bytes.HasPrefix(one, []byte("[")) && bytes.ContainsAny(one[1:], "[\"") {
			return nil, false // an array of arrays of arrays
		}
		all = append(all, value[0])
	}
	return all, true
}

func FuzzFieldAgainstNaiveTwin(f *testing.F) {
	for _, seed := range []string{`"text"`, `null`, `[1,2,255]`, `["a","b"]`, `["a",[1,2],null]`, `[]`, `[256]`, `{}`, `"\u00e4\n"`, `[ 1 , 2 ]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) || bytes.ContainsAny(data, "-.eE+") {
			return
		}
		var got field
		err := json.Unmarshal(data, &got)
		want, ok := naive(data)
		if err == nil && ok {
			if len(got) != len(want) && !(len(want) == 0 && len(got) == 1 && len(got[0]) == 0) {
				t.Fatalf("%s: %q, want %q", data, got, want)
			}
			for i := range want {
				if !bytes.Equal(got[i], want[i]) {
					t.Fatalf("%s: %q, want %q", data, got, want)
				}
			}
		}
		if ok && err != nil {
			t.Fatalf("%s: %v, want %q", data, err, want)
		}
		e := entry{Realtime: "0", Message: got, Host: got, Identifier: got}
		if text, err := e.render(nil, time.UTC); err != nil || text[len(text)-1] != '\n' {
			t.Fatalf("%s is shown as %q, %v", data, text, err)
		}
	})
}
