package wire

import (
	"strconv"
	"testing"
)

func FuzzParseRequest(f *testing.F) {
	f.Add([]byte(`{"subscribe":{"id":1,"stream":["a","b"],"n":"all"}}`))
	f.Add([]byte(`{"subscribe":{"id":1,"stream":"a","from":"x"}}`))
	f.Add([]byte(`{"pause":1}`))
	f.Fuzz(func(t *testing.T, p []byte) {
		r, id, err := ParseRequest(p, 10)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without a word")
			}
			return
		}
		if id < 0 || id > maxSubscription {
			t.Fatalf("id %s", strconv.Itoa(id))
		}
		if s := r.Subscribe; s != nil && (len(s.Streams) == 0 || s.Backlog < AllLines) {
			t.Fatalf("%+v", s)
		}
	})
}
