package static_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"tailbeam/static"
)

// need returns the path of a program that a test runs. Without it the test is
// skipped, or fails where TAILBEAM_REQUIRE_TOOLS is 1.
func need(t *testing.T, name, pack string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("TAILBEAM_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s is missing: install %s", name, pack)
	}
	t.Skipf("%s is missing: install %s", name, pack)
	return ""
}

// run runs a program in this directory and fails with what it says.
func run(t *testing.T, path string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", path, strings.Join(args, " "), err, out)
	}
}

func TestScripts(t *testing.T) {
	run(t, need(t, "node", "nodejs"), "--test")
}

func TestTypesOfScripts(t *testing.T) {
	npm := need(t, "npm", "npm")
	// The compiler that the lock file names; what is there already is kept.
	if exec.CommandContext(t.Context(), npm, "ls", "--silent").Run() != nil {
		out, err := exec.CommandContext(t.Context(), npm, "ci", "--no-audit", "--no-fund").CombinedOutput()
		if err != nil && os.Getenv("TAILBEAM_REQUIRE_TOOLS") != "1" {
			t.Skipf("the type checker cannot be installed: npm ci: %v\n%s", err, out)
		}
		if err != nil {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
	}
	run(t, npm, "run", "--silent", "check")
}

func TestPageLoadsWhatItHolds(t *testing.T) {
	page, err := fs.ReadFile(static.Files(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?:href|src)="([^"#]+)"`).FindAllSubmatch(page, -1) {
		if _, err := fs.Stat(static.Files(), string(m[1])); err != nil {
			t.Errorf("index.html names %s: %v", m[1], err)
		}
	}
}

// Every module that is imported is embedded, none comes from elsewhere, and the
// policy that the server sends allows all that the page does.
func TestModulesAreEmbeddedAndKeepThePolicy(t *testing.T) {
	imports := regexp.MustCompile(`(?m)(?:^import [^'"]*|new URL\()['"]([^'"]+)['"]`)
	count := 0
	err := fs.WalkDir(static.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(static.Files(), name)
		if err != nil {
			return err
		}
		dir := name[:strings.LastIndex("/"+name, "/")]
		for _, m := range imports.FindAllSubmatch(content, -1) {
			count++
			target := resolve(dir, string(m[1]))
			if _, err := fs.Stat(static.Files(), target); err != nil {
				t.Errorf("%s imports %s: %v", name, m[1], err)
			}
		}
		for _, forbidden := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", " style=", "http://", "https://"} {
			allowed := forbidden == "http://" && bytes.Contains(content, []byte("http://www.w3.org/2000/svg"))
			if bytes.Contains(content, []byte(forbidden)) && !allowed {
				t.Errorf("%s holds %s", name, forbidden)
			}
		}
		if name != "js/dom.js" && bytes.Contains(content, []byte("createElement")) {
			t.Errorf("%s creates elements: js/dom.js alone does", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 30 {
		t.Errorf("found %d imports, which cannot be all", count)
	}
}

// resolve returns the path that a relative address in a directory means.
func resolve(dir, address string) string {
	parts := strings.Split(strings.TrimSuffix(dir, "/"), "/")
	for part := range strings.SplitSeq(address, "/") {
		switch part {
		case ".":
		case "..":
			parts = parts[:len(parts)-1]
		default:
			parts = append(parts, part)
		}
	}
	return strings.TrimPrefix(strings.Join(parts, "/"), "/")
}
