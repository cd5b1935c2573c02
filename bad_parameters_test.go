package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// badValues are those that no route takes, by parameter. That of a stream is not
// found; others are bad requests.
var badValues = map[string][]string{
	"stream":  {"", "nope", "../../etc/passwd", "/etc/passwd"},
	"n":       {"", "-1", "x", "1.5", "ALL", "2147483648", "99999999999999999999"},
	"from":    {"", "x", "~", "AAAAAA"},
	"since":   {"", "x", "25:00", "2026-13-01"},
	"until":   {"", "x", "25:00", "2026-13-01"},
	"follow":  {"", "2", "no"},
	"grep":    {"", "(", "a{9999}"},
	"not":     {"", "(", "a{9999}"},
	"level":   {"", "loud", "7"},
	"lag":     {"", "wait"},
	"gaps":    {"", "close"},
	"format":  {"", "xml"},
	"wait":    {"", "x", "-1s", "11m", "1e99s", "99999999999999999999"},
	"before":  {"", "x", "~"},
	"after":   {"", "x", "~"},
	"at":      {"", "x", "-0.1", "1.1", "NaN", "Inf"},
	"limit":   {"", "x", "0", "-1", "10001", "99999999999999999999"},
	"buckets": {"", "x", "0", "1001", "99999999999999999999"},
	"all":     {"", "2", "yes"},
	"order":   {"", "sideways"},
	"q":       {"(", "a{9999}"},
	"literal": {"", "2"},
	"case":    {"", "upper"},
	"count":   {"", "2", "yes"},
	"context": {"", "x", "-1", "+1", "1,", "1,2,3", "101", "99999999999999999999"},
}

// Every parameter of every route that is described, with values of a wrong
// kind, out of range, too long, and given twice: one line that names it, and not
// a word in the log.
func TestBadValuesOfEveryParameter(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "app.log")
	appendTo(t, file, "one\n")
	p := start(t, "app="+file)
	var told struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Ref string `json:"$ref"`
			}
		}
		Components struct {
			Parameters map[string]struct{ Schema struct{ Type string } }
		}
	}
	if err := json.Unmarshal([]byte(p.get("/api/openapi.json")), &told); err != nil {
		t.Fatal(err)
	}
	refused := func(path, name, query string) {
		t.Helper()
		r, err := http.NewRequest("GET", "http://"+p.host()+strings.Replace(path, "{stream}", "app", 1)+"?"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), deadline)
		defer cancel()
		status, body := roundTrip(t, r.WithContext(ctx))
		want := http.StatusBadRequest
		if name == "stream" && !strings.Contains(query, "twice") {
			want = http.StatusNotFound
		}
		if status != want || strings.Count(body, "\n") != 1 || len(body) > 1000 || !strings.Contains(body, name) || strings.Contains(body, dir) {
			t.Errorf("%s?%.60s: %d %.200q", path, query, status, body)
		}
	}
	tried := 0
	for path, methods := range told.Paths {
		for _, parameter := range methods["get"].Parameters {
			name, ok := strings.CutPrefix(parameter.Ref, "#/components/parameters/")
			values := badValues[name]
			if !ok {
				continue
			}
			if len(values) == 0 {
				t.Errorf("%s: no bad values of %s are known here", path, name)
			}
			with := ""
			if name != "stream" && !strings.Contains(path, "{") {
				with = "stream=app&"
			}
			if name != "grep" && name != "not" && name != "q" { // an expression may hold it
				values = append(values, "\x00")
			}
			for _, value := range append(values, strings.Repeat("x", 5000), "\xff") {
				refused(path, name, with+name+"="+url.QueryEscape(value))
				tried++
			}
			if told.Components.Parameters[name].Schema.Type != "array" {
				ok := map[string]string{"n": "1", "follow": "0", "level": "info", "lag": "skip", "gaps": "ignore", "format": "ndjson", "wait": "1s", "since": "1h", "until": "1h", "at": "0", "limit": "1", "buckets": "1", "all": "1", "q": "a", "literal": "1", "case": "ignore", "order": "oldest", "context": "1", "count": "1"}[name]
				refused(path, name, with+name+"="+ok+"&"+name+"="+ok)
			}
		}
	}
	if tried < 200 {
		t.Errorf("%d values were tried", tried)
	}
	if said := p.faults.String(); said != "" {
		t.Errorf("it logs %q", said)
	}
}
