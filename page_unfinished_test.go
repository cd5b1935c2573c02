package main

import (
	"path/filepath"
	"slices"
	"testing"
)

// A line without an end is shown while it is written, is no line that counts, and
// is replaced by the whole one.
func TestPageShowsALineThatIsBeingWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\nDo you <b>really</b>")
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	b.ends("one")
	b.shows(".unfinished", "Do you <b>really</b>")
	if rows := b.rows(); !slices.Equal(rows, []string{"one"}) {
		t.Errorf("lines: %q", rows)
	}
	b.shows("#held", "1 line")
	appendTo(t, file, " want to?")
	b.shows(".unfinished", "Do you <b>really</b> want to?")

	gone := func(what string) {
		t.Helper()
		until(t, what, func() bool { return !ask[bool](b, "document.querySelector('.unfinished').checkVisibility()") })
	}
	b.paste("#filter", "one")
	gone("a filter hides it")
	b.paste("#filter", "you")
	b.shows(".unfinished", "Do you <b>really</b> want to?")
	b.paste("#filter", "")
	b.ends("one")

	appendTo(t, file, " yes\ntwo\n")
	b.ends("two")
	if rows := b.rows(); !slices.Equal(rows, []string{"one", "Do you <b>really</b> want to? yes", "two"}) {
		t.Errorf("lines: %q", rows)
	}
	gone("it has an end")
	b.shows("#held", "3 lines")
	b.clean("http://" + p.host() + "/")
}
