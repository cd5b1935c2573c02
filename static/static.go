// Package static holds the page: plain HTML, CSS and ES modules, as the browser
// gets them. There is no build step.
package static

import (
	"embed"
	"io/fs"
)

//go:embed index.html *.svg
//go:embed css/*.css
//go:embed js/*.js js/bar/*.js js/detail/*.js js/keep/*.js js/keeper/*.js js/list/*.js js/panel/*.js js/text/*.js js/words/*.js
var files embed.FS

// Files returns the page. Its root holds index.html. The file system is
// read-only and may be used from any goroutine.
func Files() fs.FS { return files }
