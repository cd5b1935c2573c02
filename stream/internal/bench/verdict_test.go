package main

import (
	"errors"
	"strings"
	"testing"
)

// whole is what wsload says of two viewers that received ten lines each.
func whole() result {
	r := result{Connected: 2, Frames: 20}
	r.Seq.FirstMax, r.Seq.LastMin = 1, 10
	return r
}

func TestARunIsHeldAgainstWhatEachViewerMustHave(t *testing.T) {
	l := load{viewers: 2, lastLine: 10}
	if err := l.check(whole()); err != nil {
		t.Errorf("a whole run: %v", err)
	}
	for want, spoil := range map[string]func(*result){
		"closed":           func(r *result) { r.Closed = map[string]int{"4001": 1} },
		"2 lines lost":     func(r *result) { r.Gaps, r.Missing = 1, 2 },
		"1 lines doubled":  func(r *result) { r.Dups = 1 },
		"1 out of order":   func(r *result) { r.Gaps, r.Missing, r.OutOfOrder = 1, 1, 1 },
		"began with":       func(r *result) { r.Seq.FirstMax = 2 },
		"ended with":       func(r *result) { r.Seq.LastMin = 9 },
		"19 frames":        func(r *result) { r.Frames = 19 },
		"protocol errors":  func(r *result) { r.ProtocolErrors = 1 },
		"without a line n": func(r *result) { r.NoSeq = 1 },
	} {
		r := whole()
		spoil(&r)
		err := l.check(r)
		if lost := (*loss)(nil); !errors.As(err, &lost) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}

func TestTheTableShowsMediansAndWhatWasLost(t *testing.T) {
	cases := []benchCase{{name: "a", what: "case a"}, {name: "b", what: "case b"}}
	table := newTable(cases)
	for _, v := range []float64{3, 1, 2} {
		table.add("a", []reading{{"figure", v * 10, 10, "≤ 2", "%.0f"}, {"alone", v, none, "", "%.1f"}})
	}
	text := table.markdown(settings{rounds: 3, seconds: 1})
	for _, want := range []string{
		"| case a | figure | 20 | 10 | 2.00 | ≤ 2 |",
		"|  | alone | 2.0 |  |  |  |",
		"each viewer received every line once",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if err := table.verdict(); err != nil {
		t.Errorf("nothing was lost, but: %v", err)
	}
	table.fail("b", &loss{"1 lines lost in 1 gaps"})
	text = table.markdown(settings{rounds: 3, seconds: 1})
	if !strings.Contains(text, "**1 lines lost in 1 gaps**") || strings.Contains(text, "each viewer received every line once") {
		t.Errorf("the loss is not said in\n%s", text)
	}
	if err := table.verdict(); err == nil {
		t.Error("a loss, but no verdict")
	}
}
