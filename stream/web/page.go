package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"
)

// joinedAs is part of the version of the page: it changes when files are joined
// in another way.
const joinedAs = "functions without comments, but for plain scripts"

// index is the file that stands at /.
const index = "index.html"

// file is one file of the page, whole.
type file struct {
	content []byte
	kind    string // Content-Type
	etag    string // RFC 9110, 8.8.3: from the content

	once   sync.Once
	packed []byte // content under gzip, once a client took that; nil where it gains nothing

	joining sync.Once
	whole   *file // with all that it imports, once a client asked for that
	trouble error // why there is no whole
}

// gzipped returns the content under gzip, or nil where that is not shorter.
func (f *file) gzipped() []byte {
	f.once.Do(func() {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one there is
		w.Write(f.content)
		if err := w.Close(); err == nil && b.Len() < len(f.content) {
			f.packed = b.Bytes()
		}
	})
	return f.packed
}

// takesGzip reports whether a request says so (RFC 9110, 12.5.3).
func takesGzip(r *http.Request) bool {
	for _, item := range strings.Split(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, weight, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(item, " ", "")), ";")
		if name == "gzip" {
			return strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || weight == ""
		}
	}
	return false
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

// pages is the files of the page by path, with the index at /. The index names
// what it loads under /v/VERSION/, where the version is of all the files: what
// is there never changes, and browsers need not ask again. Modules and style
// sheets come there with all that they import (see joined).
type pages struct {
	files   map[string]*file
	version string
}

// find returns the file at a path, or nil, and whether it is good for ever. One
// of another version stands for it as it is now: a page that was loaded before
// the server was replaced may still ask for it.
func (p *pages) find(name string) (f *file, forEver bool, err error) {
	rest, versioned := strings.CutPrefix(name, "/v/")
	if !versioned {
		return p.files[name], false, nil
	}
	version, rest, _ := strings.Cut(rest, "/")
	f = p.files["/"+rest]
	if ext := path.Ext(rest); f == nil || ext != ".js" && ext != ".css" {
		return f, version == p.version, nil
	}
	f.joining.Do(func() {
		var content []byte
		if content, f.trouble = joined(p.files, "/"+rest); f.trouble == nil {
			f.whole = &file{content: content, kind: f.kind, etag: tagOf(content)}
		}
	})
	return f.whole, version == p.version, f.trouble
}

// readFiles reads all of files.
func readFiles(files fs.FS) (*pages, error) {
	m := make(map[string]*file)
	sums := sha256.New()
	fmt.Fprintln(sums, joinedAs)
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
		fmt.Fprintf(sums, "%s %d\n%s", name, len(content), content)
		m["/"+name] = &file{content: content, kind: kind, etag: tagOf(content)}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	if m["/"+index] == nil {
		return nil, fmt.Errorf("page: no %s", index)
	}
	version := hex.EncodeToString(sums.Sum(nil)[:8])
	first := m["/"+index]
	under := "v/" + version + "/"
	first.content = []byte(strings.NewReplacer(`href="css/`, `href="`+under+`css/`, `href="js/`, `href="`+under+`js/`,
		`src="js/`, `src="`+under+`js/`).Replace(string(first.content)))
	first.etag = tagOf(first.content)
	m["/"] = first
	return &pages{m, version}, nil
}

// page is GET / and every file that the page loads. Of what has no version in its
// path a browser asks each time whether its copy is still right, so that a new version is seen at once. What
// is compressed has a tag of its own, as it is another representation.
func (s *Site) page(w http.ResponseWriter, r *http.Request, t target) {
	f, forEver, err := s.files.find(t.path)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("Cache-Control", map[bool]string{true: "max-age=31536000, immutable", false: "no-cache"}[forEver])
	w.Header().Set("Vary", "Accept-Encoding")
	content, tag := f.content, f.etag
	if takesGzip(r) {
		if packed := f.gzipped(); packed != nil {
			content, tag = packed, strings.TrimSuffix(tag, `"`)+`-gzip"`
			w.Header().Set("Content-Encoding", "gzip")
		}
	}
	w.Header().Set("ETag", tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
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
