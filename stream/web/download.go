package web

import (
	"io"
	"mime"
	"net/http"
	"path"
	"time"

	"tailbeam/stream"
	"tailbeam/stream/past"
)

// download is /api/download/{stream}: the newest file, all files joined, or the
// lines that are selected, byte for byte.
func (s *Site) download(w http.ResponseWriter, r *http.Request, q *question) *stream.Refusal {
	if refusal := q.checkTimes(); refusal != nil {
		return refusal
	}
	if err := q.ask.Filter.Check(); err != nil {
		return badRequest("%v", err)
	}
	if refusal := s.heavy.enter(); refusal != nil {
		return refusal
	}
	defer s.heavy.leave()
	w = patient(w)
	if q.selects() {
		return downloadLines(w, r, q.of, q.selection())
	}
	open := past.NewestFile
	if q.past.all {
		open = past.AllFiles
	}
	whole, err := open(r.Context(), q.of)
	if err != nil {
		return unread(r, err)
	}
	attach(w.Header(), q.of.Name)
	w.Header().Set("ETag", whole.Tag())
	http.ServeContent(&ranged{ResponseWriter: w}, r, "", time.Time{}, whole)
	return nil
}

// ranged is a response that says as others here do that a range lies outside.
type ranged struct {
	http.ResponseWriter
	refused bool
}

// WriteHeader writes the head.
func (d *ranged) WriteHeader(status int) {
	if status == http.StatusRequestedRangeNotSatisfiable {
		d.refused = true
		d.Header().Del("Content-Disposition")
		d.Header().Set("Content-Type", "application/json")
	}
	d.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the body.
func (d *ranged) Write(p []byte) (int, error) {
	if !d.refused {
		return d.ResponseWriter.Write(p)
	}
	_, err := io.WriteString(d.ResponseWriter, `{"error":"Range: nothing lies there: Content-Range says how long the whole is"}`+"\n")
	return len(p), err
}

// downloadLines sends the lines of a selection. A connection that breaks off
// tells of an error.
func downloadLines(w http.ResponseWriter, r *http.Request, of *past.Stream, selection past.Selection) *stream.Refusal {
	head := func() { attach(w.Header(), of.Name+".lines.log") }
	if r.Method == http.MethodHead {
		head()
		return nil
	}
	body := &lateBody{ResponseWriter: w, begin: head}
	err := selection.Write(r.Context(), of, body)
	switch {
	case err != nil && body.begun:
		panic(http.ErrAbortHandler)
	case err != nil:
		return unread(r, err)
	case !body.begun:
		head()
	}
	return nil
}

// lateBody is a response whose head is written with its first byte, so that an
// error before that has an answer of its own.
type lateBody struct {
	http.ResponseWriter
	begin func()
	begun bool
}

// Write writes a part of the body.
func (b *lateBody) Write(p []byte) (int, error) {
	if !b.begun {
		b.begun = true
		b.begin()
	}
	return b.ResponseWriter.Write(p)
}

// attach says that the body is a file to keep.
func attach(h http.Header, stream string) {
	h.Set("Content-Type", "text/plain")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(stream)}))
}

// selects reports whether a part of the lines is asked for.
func (p *params) selects() bool {
	return p.has("since") || p.has("until") || !p.ask.Filter.IsZero()
}

func (p *params) selection() past.Selection {
	s := past.Selection{Since: p.ask.Since, Until: p.past.until, Level: p.ask.Filter.Level}
	if len(p.ask.Filter.Grep)+len(p.ask.Filter.Not) > 0 {
		s.Matches = p.ask.Filter.Matcher()
	}
	return s
}

func (p *params) all(value string) *stream.Refusal {
	switch value {
	case "1":
		p.past.all = true
	case "0":
	default:
		return badRequest("all: %s is not known: want 1 for all of history, or 0", quote(value))
	}
	return nil
}

// writeTimeout is how long a client may take nothing of a download.
const writeTimeout = time.Minute

// patient returns a response that is given up when the client takes nothing for
// too long, and not because it is slow.
func patient(w http.ResponseWriter) http.ResponseWriter {
	return patientResponse{w, http.NewResponseController(w)}
}

type patientResponse struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Write writes a part of the body.
func (p patientResponse) Write(b []byte) (int, error) {
	p.control.SetWriteDeadline(time.Now().Add(writeTimeout)) //nolint:errcheck // then there is none
	return p.ResponseWriter.Write(b)
}

// Unwrap returns the response itself.
func (p patientResponse) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// maxHeavy is how many histograms and downloads are made at once.
const maxHeavy = 8
