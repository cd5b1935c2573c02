package web

import (
	"mime"
	"net/http"
	"path"
	"time"

	"tailbeam/stream"
	"tailbeam/stream/past"
)

// download is /api/download/{stream}: the newest file, all files joined, or the
// lines that are selected, byte for byte.
func (s *Site) download(w http.ResponseWriter, r *http.Request, t target) {
	p, of, refusal := s.pastOf(onDownload, t)
	if refusal == nil {
		refusal = p.checkTimes()
	}
	if refusal == nil {
		if err := p.ask.Filter.Check(); err != nil {
			refusal = badRequest("%v", err)
		}
	}
	if refusal != nil {
		refuse(w, t, refusal)
		return
	}
	leave, ok := s.heavy.enter(w, t)
	if !ok {
		return
	}
	defer leave()
	w = patient(w)
	if p.selects() {
		s.downloadLines(w, r, t, of, p.selection())
		return
	}
	open := past.NewestFile
	if p.past.all {
		open = past.AllFiles
	}
	whole, err := open(r.Context(), of)
	if err != nil {
		s.answerPast(w, r, t, nil, err)
		return
	}
	attach(w.Header(), of.Name)
	w.Header().Set("ETag", whole.Tag())
	http.ServeContent(w, r, "", time.Time{}, whole)
}

// downloadLines sends the lines of a selection. A connection that breaks off
// tells of an error.
func (s *Site) downloadLines(w http.ResponseWriter, r *http.Request, t target, of *past.Stream, selection past.Selection) {
	head := func() { attach(w.Header(), of.Name) }
	if r.Method == http.MethodHead {
		head()
		return
	}
	body := &lateBody{ResponseWriter: w, begin: head}
	err := selection.Write(r.Context(), of, body)
	switch {
	case err == nil:
		if !body.begun {
			head()
		}
	case body.begun:
		panic(http.ErrAbortHandler)
	default:
		s.answerPast(w, r, t, nil, err)
	}
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
	return past.Selection{
		Since: p.ask.Since, Until: p.past.until, Level: p.ask.Filter.Level,
		Matches: p.ask.Filter.Matcher(),
	}
}

func (p *params) all(value string) *stream.Refusal {
	switch value {
	case "1":
		p.past.all = true
	case "0":
	default:
		return badRequest("all: %s is not known: want 1 for all files, or 0 for the newest", quote(value))
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
