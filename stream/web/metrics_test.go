package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tailbeam/stream"
	"tailbeam/tailer/line"
)

// The grammar of the text format of Prometheus, as its documentation gives it.
var (
	helpLine   = regexp.MustCompile(`^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$`)
	typeLine   = regexp.MustCompile(`^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$`)
	sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$`)
	labelPart  = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)`)
)

// scrape reads an exposition: the value of each sample under its name and its
// labels as they stand.
func scrape(t *testing.T, body string) map[string]float64 {
	t.Helper()
	samples, kinds, family := map[string]float64{}, map[string]string{}, ""
	for text := range strings.Lines(body) {
		text, ended := strings.CutSuffix(text, "\n")
		if !ended {
			t.Errorf("the last line has no end: %q", text)
		}
		if m := helpLine.FindStringSubmatch(text); m != nil {
			family = m[1]
			continue
		}
		if m := typeLine.FindStringSubmatch(text); m != nil {
			if _, twice := kinds[m[1]]; twice || m[1] != family {
				t.Errorf("%q: twice, or without its help before it", text)
			}
			kinds[family] = m[2]
			continue
		}
		m := sampleLine.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no sample: %q", text)
		}
		name := m[1]
		if kinds[family] == "histogram" {
			name = regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		}
		if name != family {
			t.Errorf("%q stands under %s", text, family)
		}
		for labels := m[2]; labels != ""; {
			part := labelPart.FindString(labels)
			if part == "" {
				t.Fatalf("labels of %q", text)
			}
			labels = labels[len(part):]
		}
		key := m[1] + "{" + m[2] + "}"
		if _, twice := samples[key]; twice {
			t.Errorf("%s is there twice", key)
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		samples[key] = value
	}
	return samples
}

func TestMetricsAreWhatPrometheusReads(t *testing.T) {
	s := newSite(t)
	sink, err := s.hub.Open(`say "hi"\`+"\n.", line.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	sink.Append(&line.Batch{Pos: line.Position{Gen: 1}, Data: []byte("one\ntwo\n"), Ends: []uint32{4, 8}})
	sink.Notice(line.Notice{Condition: line.Live})
	r, body := answer(t, s, "GET", "/metrics")
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Fatalf("%d, %v", r.StatusCode, r.Header)
	}
	samples := scrape(t, body)
	const label = `{stream="say \"hi\"\\\n."}`
	for key, want := range map[string]float64{
		"tailbeam_lines_total{}":              2,
		"tailbeam_bytes_total{}":              8,
		"tailbeam_stream_lines_total" + label: 2,
		"tailbeam_stream_bytes_total" + label: 8,
		"tailbeam_stream_live" + label:        1,
		"tailbeam_streams{}":                  float64(len(streamNames) + 1),
		"tailbeam_viewers{}":                  0,
	} {
		if got, ok := samples[key]; !ok || got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	if got, ok := samples[`tailbeam_connections_ended_total{reason="stalled"}`]; !ok || got != 0 {
		t.Errorf("%v connections ended stalled", got)
	}
	if r, _ := answer(t, s, "GET", "/metrics?x=1"); r.StatusCode != http.StatusBadRequest {
		t.Errorf("a parameter gives %d", r.StatusCode)
	}
}

func TestMetricsHaveAHistogram(t *testing.T) {
	var e exposition
	e.server(stream.Stats{Sweeps: stream.Sweeps{
		Buckets: []stream.Bucket{{Limit: 1e6, Count: 3}, {Limit: 2e9, Count: 5}}, Count: 6, Sum: 4e9,
	}})
	samples := scrape(t, string(e.text))
	for key, want := range map[string]float64{
		`tailbeam_sweep_seconds_bucket{le="0.001"}`: 3, `tailbeam_sweep_seconds_bucket{le="2"}`: 5,
		`tailbeam_sweep_seconds_bucket{le="+Inf"}`: 6, "tailbeam_sweep_seconds_count{}": 6, "tailbeam_sweep_seconds_sum{}": 4,
	} {
		if got, ok := samples[key]; !ok || got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
}

func TestMetricsOfStreamsAreBounded(t *testing.T) {
	s := newSite(t)
	for i := range maxLabelled + 100 {
		sink, err := s.hub.Open(fmt.Sprintf("many/%d", i), line.Origin{})
		if err != nil {
			t.Fatal(err)
		}
		sink.Append(&line.Batch{Pos: line.Position{Gen: 1}, Data: []byte("one\n"), Ends: []uint32{4}})
	}
	_, body := answer(t, s, "GET", "/metrics")
	samples, labelled := scrape(t, body), 0
	for key := range samples {
		if strings.HasPrefix(key, "tailbeam_stream_lines_total{") {
			labelled++
		}
	}
	if labelled != maxLabelled || samples["tailbeam_lines_total{}"] != maxLabelled+100 {
		t.Errorf("%d streams have figures of their own, and %v lines are counted", labelled, samples["tailbeam_lines_total{}"])
	}
}

func TestMetricsAreLocked(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Token = "secret" })
	if r, body := answer(t, s, "GET", "/metrics"); r.StatusCode != http.StatusUnauthorized || strings.Contains(body, "tailbeam_") {
		t.Errorf("without the token: %d %q", r.StatusCode, body)
	}
}
