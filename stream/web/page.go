package web

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

// index is the file that stands at /.
const index = "index.html"

// file is one file of the page, whole.
type file struct {
	content []byte
	kind    string // Content-Type
	etag    string // RFC 9110, 8.8.3: from the content
}

// kinds are the types of the files that a page is made of. They do not come
// from the system, whose table differs from host to host.
var kinds = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
}

// readFiles reads all of files. The map goes by path, with the index at /.
func readFiles(files fs.FS) (map[string]*file, error) {
	m := make(map[string]*file)
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		kind, ok := kinds[path.Ext(name)]
		if !ok {
			return fmt.Errorf("%s: no content type is known for it", name)
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		m["/"+name] = &file{content: content, kind: kind, etag: tagOf(content)}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	if m["/"+index] == nil {
		return nil, fmt.Errorf("page: no %s", index)
	}
	m["/"] = m["/"+index]
	return m, nil
}

// page is GET / and every file that the page loads. A browser asks each time
// whether its copy is still right, so that a new version is seen at once.
func (s *Site) page(w http.ResponseWriter, r *http.Request, t target) {
	f := s.files[t.path]
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("ETag", f.etag)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.content))
}

// view is GET /s/{stream}: it leads to the page that shows the stream. The
// address is relative, so that it holds behind a proxy that serves this site
// under a path of its own.
func (s *Site) view(w http.ResponseWriter, r *http.Request, t target) {
	name, refusal := pathText(strings.TrimPrefix(t.path, "/s/"))
	if refusal == nil && name == "" {
		refusal = badRequest("no stream is named: /s/NAME; /api/streams lists the names")
	}
	if refusal != nil {
		refuse(w, t, refusal)
		return
	}
	up := strings.Repeat("../", strings.Count(t.path, "/")-1)
	address := up + "?stream=" + url.QueryEscape(name)
	if t.query != "" {
		address += "&" + t.query
	}
	w.Header().Set("Location", address)
	answerText(w, http.StatusFound, "the page of this stream is at "+address)
}
