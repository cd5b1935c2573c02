package web

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"strings"
)

// openAPI is the description of this site (OpenAPI 3.1).
//
//go:embed openapi.json
var openAPI string

// description is GET /api/openapi.json.
func (s *Site) description(w http.ResponseWriter, r *http.Request, t target) {
	if next(t.query) != "" {
		refuse(w, t, badRequest("/api/openapi.json takes no parameters"))
		return
	}
	answerTagged(w, r, json.RawMessage(strings.Replace(openAPI, `"VERSION"`, string(quoteJSON(s.version)), 1)))
}

func quoteJSON(s string) []byte {
	quoted, _ := json.Marshal(s) // a string has a form in JSON
	return quoted
}
