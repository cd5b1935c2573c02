package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// described is what the test needs of the description.
type described struct {
	Info  struct{ Version string }
	Paths map[string]map[string]struct {
		Parameters []struct {
			Ref  string `json:"$ref"`
			Name string
			In   string
		}
		Responses map[string]json.RawMessage
		Security  *[]any
	}
	Components struct {
		Parameters map[string]struct {
			Name, In, Description string
			Schema                struct{ Type string }
		}
	}
}

func describe(t *testing.T, s *Site) (d described) {
	t.Helper()
	r, body := answer(t, s, "GET", "/api/openapi.json")
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s %v", r.Status, r.Header)
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDescriptionHasEveryRouteAndNoOther(t *testing.T) {
	s := newSite(t)
	d := describe(t, s)
	routes := make(map[string]*route)
	for i := range s.table {
		path := s.table[i].path
		if len(path) > 1 && strings.HasSuffix(path, "/") {
			path += "{stream}"
		}
		routes[path] = &s.table[i]
		methods := d.Paths[path]
		for method := range strings.SplitSeq(strings.ToLower(s.table[i].methods), ", ") {
			if _, ok := methods[method]; !ok && method != "head" {
				t.Errorf("%s %s is not described", method, path)
			}
		}
	}
	for path, methods := range d.Paths {
		r := routes[path]
		for method, operation := range methods {
			if r == nil || !r.allows(strings.ToUpper(method)) {
				t.Errorf("%s %s is described and is not there", method, path)
			} else if isOpen := operation.Security != nil; isOpen != (r.lock == open) {
				t.Errorf("%s %s: open to all: described as %t", method, path, isOpen)
			}
		}
	}
}

func TestDescriptionHasEveryParameterAndNoOther(t *testing.T) {
	s := newSite(t)
	d := describe(t, s)
	for on, path := range paths {
		for _, path := range []string{path, path + "/{stream}"} {
			var got, want []string
			for _, p := range d.Paths[path]["get"].Parameters {
				if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
					got = append(got, d.Components.Parameters[name].Name)
				}
			}
			for _, p := range parameters {
				if p.on&on != 0 && (p.name != "stream" || !strings.HasSuffix(path, "}")) {
					want = append(want, p.name)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s is described with %q, takes %q", path, got, want)
			}
		}
	}
	for _, p := range parameters {
		told := d.Components.Parameters[p.name]
		if told.Name != p.name || told.In != "query" || told.Description == "" || (told.Schema.Type == "array") != (p.times == often) {
			t.Errorf("%s is described as %+v", p.name, told)
		}
	}
	for path, methods := range d.Paths {
		for _, operation := range methods {
			for _, p := range operation.Parameters {
				if p.Ref == "" && p.In == "query" {
					t.Errorf("%s: parameter %s is not one of those that routes share", path, p.Name)
				}
			}
		}
	}
}

// What is described as refusing parameters does so, and names what it takes.
func TestUnknownParametersAreRefusedEverywhere(t *testing.T) {
	s := newSite(t)
	for path, methods := range describe(t, s).Paths {
		for method, operation := range methods {
			if path == "/" || path == "/s/{stream}" {
				continue // the page reads its own address
			}
			uri := strings.Replace(path, "{stream}", "app", 1) + "?nonsense=1"
			r, body := answer(t, s, strings.ToUpper(method), uri)
			if _, told := operation.Responses["400"]; r.StatusCode != http.StatusBadRequest || !told || strings.Count(body, "\n") != 1 {
				t.Errorf("%s %s: %s %q", method, uri, r.Status, body)
			}
			if len(operation.Parameters) > 0 && !strings.Contains(body, "nonsense") {
				t.Errorf("%s %s: %q does not name it", method, uri, body)
			}
		}
	}
}

func TestTheSameAnswerIsNotSentAgain(t *testing.T) {
	s := newSite(t)
	for _, uri := range []string{"/api/openapi.json", "/api/streams", "/"} {
		r, _ := answer(t, s, "GET", uri)
		tag := r.Header.Get("ETag")
		again, body := answer(t, s, "GET", uri, "If-None-Match", tag)
		if tag == "" || again.StatusCode != http.StatusNotModified || body != "" {
			t.Errorf("%s: %q, then %s %q", uri, tag, again.Status, body)
		}
	}
}
