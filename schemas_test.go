package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// schema is a part of the description of the API, as far as it is used there.
type schema struct {
	Ref                  string `json:"$ref"`
	Type                 any
	Properties           map[string]*schema
	Required             []string
	Items                *schema
	AdditionalProperties *schema
	Enum                 []any
	OneOf                []*schema
}

// schemas are those of the description, by name.
type schemas map[string]*schema

// check returns what is wrong with a value. An object has no member that is not
// described.
func (all schemas) check(s *schema, v any, at string) error {
	if s.Ref != "" {
		return all.check(all[strings.TrimPrefix(s.Ref, "#/components/schemas/")], v, at)
	}
	if len(s.OneOf) > 0 {
		return all.checkOne(s, v, at)
	}
	if s.Enum != nil && !slices.Contains(s.Enum, v) {
		return fmt.Errorf("%s: %v is none of %v", at, v, s.Enum)
	}
	kinds, ok := s.Type.([]any)
	if !ok && s.Type != nil {
		kinds = []any{s.Type}
	}
	if kind := kindOf(v); s.Type != nil && !slices.Contains(kinds, any(kind)) && !(kind == "integer" && slices.Contains(kinds, any("number"))) {
		return fmt.Errorf("%s: %v is a %s, not %v", at, v, kind, s.Type)
	}
	switch v := v.(type) {
	case []any:
		for i, one := range v {
			if err := all.check(s.Items, one, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		return all.checkObject(s, v, at)
	}
	return nil
}

func (all schemas) checkOne(s *schema, v any, at string) (err error) {
	for _, one := range s.OneOf {
		if err = all.check(one, v, at); err == nil {
			return nil
		}
	}
	return err
}

func (all schemas) checkObject(s *schema, v map[string]any, at string) error {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return fmt.Errorf("%s: no %s", at, name)
		}
	}
	for name, member := range v {
		of := s.Properties[name]
		if of == nil {
			of = s.AdditionalProperties
		}
		if of == nil {
			return fmt.Errorf("%s.%s is not described", at, name)
		}
		if err := all.check(of, member, at+"."+name); err != nil {
			return err
		}
	}
	return nil
}

// kindOf returns the type of a value as a schema names it.
func kindOf(v any) string {
	switch v := v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "null"
}

func TestAnswersAreAsDescribed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	historyOf(t, file)
	appendTo(t, file, "2026-11-21T10:00:00Z WARN one\n"+strings.Repeat("long ", 600_000)+"\nno end")
	p := start(t, "app="+file)
	var told struct{ Components struct{ Schemas schemas } }
	if err := json.Unmarshal([]byte(p.get("/api/openapi.json")), &told); err != nil {
		t.Fatal(err)
	}
	check := func(name, what, text string) {
		t.Helper()
		var v any
		err := json.Unmarshal([]byte(text), &v)
		if err == nil {
			err = told.Components.Schemas.check(told.Components.Schemas[name], v, name)
		}
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for path, name := range map[string]string{
		"/api/streams": "Streams", "/api/lines/app": "Page", "/api/lines/app?at=0&limit=2000": "Page", "/api/extent/app": "Extent",
		"/api/histogram/app?since=2026-11-21T09:00:00Z&until=2026-11-21T11:00:00Z": "Histogram",
		"/api/histogram/app?all=1": "Histogram",
	} {
		check(name, path, p.get(path))
	}
	_, body := p.fetch("/api/lines/app?limit=x")
	check("Error", "an error", string(body))
	for text := range strings.Lines(p.get("/tail/app?format=ndjson&follow=0&n=3")) {
		check("Record", "a record", text)
	}
	live := openTail(t, p, "n=1", "application/x-ndjson")
	for notice := false; !notice; {
		text := line(t, live)
		check("Record", "a live record", text)
		notice = strings.Contains(text, `"notice"`)
	}
}
