package stream

import "testing"

// The end of a file that has no newline yet is left out where it is older than
// what is asked for.
func TestAnUnterminatedLineIsAsOldAsItSays(t *testing.T) {
	w := newWorld(t, Config{}, paths[0].listen)
	for name, rest := range map[string]string{"old": "1 old", "new": "5 new", "untimed": "at the end"} {
		w.openFile(name)
		w.append(name, "0 first", "1 second", "2 third")
		w.past[name].write(7, []byte(rest))
	}
	for query, want := range map[string]string{
		"stream=old&since=3":                "",
		"stream=new&since=3":                "5 new",
		"stream=untimed&since=3":            "",
		"stream=untimed&since=2":            "2 third\nat the end",
		"stream=old&since=0":                "0 first\n1 second\n2 third\n1 old",
		"stream=old&n=1":                    "2 third\n1 old",
		"stream=old&stream=new&since=3":     "new\t5 new\n",
		"stream=untimed&stream=new&since=2": "untimed\t2 third\nnew\t2 third\nuntimed\tat the end\nnew\t5 new\n",
	} {
		if got := w.tail(query + "&follow=0").rest(); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}
