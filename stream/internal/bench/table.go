package main

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"
)

// table gathers the readings of all rounds.
type table struct {
	cases    []benchCase
	readings map[string][][]reading // by case, by round
	errs     map[string][]error     // by case
}

func newTable(cases []benchCase) *table {
	return &table{cases: cases, readings: map[string][][]reading{}, errs: map[string][]error{}}
}

func (t *table) add(name string, r []reading) { t.readings[name] = append(t.readings[name], r) }
func (t *table) fail(name string, err error)  { t.errs[name] = append(t.errs[name], err) }

// verdict is an error when a run lost a line or could not be measured.
func (t *table) verdict() error {
	var all []error
	for _, c := range t.cases {
		for _, err := range t.errs[c.name] {
			all = append(all, fmt.Errorf("%s: %w", c.name, err))
		}
	}
	return errors.Join(all...)
}

// markdown is the table for the README.
func (t *table) markdown(set settings) string {
	var s strings.Builder
	fmt.Fprintf(&s, "Medians of %d interleaved rounds of %d s, %s, %d CPUs, %s, %s.\n", set.rounds, set.seconds,
		platform(), runtime.NumCPU(), runtime.Version(), time.Now().Format(time.DateOnly))
	s.WriteString("Server on CPU 0; viewers and writer on CPU 1; 150-byte lines over loopback. The ratio is the median of the rounds' ratios.\n")
	s.WriteString("The floor stamps its lines when it sends them: its latency leaves out the wait for the next write, tailbeam's begins with the write to the file.\n\n")
	s.WriteString("| case | figure | tailbeam | floor | ratio | asked |\n| --- | --- | ---: | ---: | ---: | --- |\n")
	for _, c := range t.cases {
		what := c.what
		for i, r := range t.medians(c.name) {
			if i > 0 {
				what = ""
			}
			fmt.Fprintf(&s, "| %s | %s | %s | %s | %s | %s |\n", what, r.name, value(r.form, r.tailbeam), value(r.form, r.floor),
				value("%.2f", t.medianRatio(c.name, i)), r.goal)
		}
		for _, err := range t.errs[c.name] {
			fmt.Fprintf(&s, "| %s | **%s** | | | | |\n", c.what, oneLine(err))
		}
	}
	s.WriteString("\n" + t.claim() + "\n")
	return s.String()
}

// claim says what was verified, or that it did not hold.
func (t *table) claim() string {
	lost := (*loss)(nil)
	switch err := t.verdict(); {
	case errors.As(err, &lost):
		return "**Lines were lost, doubled or broken: see the rows in bold.**"
	case err != nil:
		return "**Not all could be measured: see the rows in bold.** In the other runs each viewer received every line once and in order."
	}
	return "In every run each viewer received every line once and in order."
}

// medians is the reading of each figure of a case, over its rounds.
func (t *table) medians(name string) []reading {
	rounds := t.readings[name]
	if len(rounds) == 0 {
		return nil
	}
	out := slices.Clone(rounds[0])
	for i := range out {
		out[i].tailbeam = median(rounds, func(r []reading) float64 { return r[i].tailbeam })
		out[i].floor = median(rounds, func(r []reading) float64 { return r[i].floor })
	}
	return out
}

func (t *table) medianRatio(name string, i int) float64 {
	return median(t.readings[name], func(r []reading) float64 { return r[i].ratio() })
}

// median is the middle of the values, or the mean of the two in the middle;
// NaN where there are none.
func median[T any](of []T, value func(T) float64) float64 {
	var values []float64
	for _, x := range of {
		if v := value(x); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return none
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func value(form string, v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return fmt.Sprintf(form, v)
}

// brief is one round of a case for the person who waits.
func brief(readings []reading) string {
	var parts []string
	for _, r := range readings {
		part := r.name + " " + value(r.form, r.tailbeam)
		if !math.IsNaN(r.floor) {
			part += "/" + value(r.form, r.floor)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

func oneLine(err error) string {
	return strings.ReplaceAll(strings.ReplaceAll(err.Error(), "\n", " "), "|", "/")
}
