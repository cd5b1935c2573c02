package web

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// small is a page whose modules import each other in all ways that are understood.
var small = fstest.MapFS{
	"index.html":       {Data: []byte(`<script type="module" src="js/apart.js"></script><script type="module" src="js/main.js"></script>`)},
	"js/apart.js":      {Data: []byte("console.log('apart');\nexport const one = {};\n")},
	"js/deep/a.js":     {Data: []byte("// The first.\nimport { one } from '../apart.js';\nconsole.log('a', new URL('./x.js', import.meta.url).pathname.split('/').slice(-3).join('/'));\nexport function twice(n) { return 2 * n; }\nexport async function* none() {}\nexport class A {}\nexport const own = one;\nfunction hidden() { return 'hidden'; }\nexport { hidden };\n")},
	"js/deep/b.js":     {Data: []byte("import { twice as double, own } from './a.js';\nimport * as all from './a.js';\nconst A = 7;\nconsole.log('b', double(21), A, Object.keys(all).sort().join(), all.own === own);\nexport const own2 = own;\n")},
	"js/main.js":       {Data: []byte("import './apart.js';\nimport { one } from './apart.js';\nimport { own2 } from './deep/b.js';\nimport { hidden } from './deep/a.js';\n/** @type {import('./deep/a.js').A} */\nconst x = null;\nconsole.log('main', one === own2, hidden(), x);\nexport const done = true;\n")},
	"css/all.css":      {Data: []byte("/* All. */\n@import \"deep/one.css\";\n@import \"two.css\";\nc {}\n")},
	"css/deep/one.css": {Data: []byte("a {}\n")},
	"css/two.css":      {Data: []byte("b {}\n")},
}

// under returns a file of a page as it stands under a version.
func under(t *testing.T, files fstest.MapFS, name string) (string, error) {
	t.Helper()
	p, err := readFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	f, forEver, err := p.find("/v/" + p.version + "/" + name)
	if err != nil {
		return "", err
	}
	if f == nil || !forEver {
		t.Fatalf("%s: %v, for ever: %v", name, f, forEver)
	}
	return string(f.content), nil
}

// Comments that have lines to themselves stay behind, and nothing else does.
func TestCommentsStayBehind(t *testing.T) {
	files := maps.Clone(small)
	files["js/deep/a.js"] = &fstest.MapFile{Data: []byte("// one\n/**\n * two // three\n */\nconst a = /** @type {x} */ (1); // four\n  /* five */\n" +
		"/** @type {y} */ (a);\n//\nconst b = 'https://x';\nexport { a };\n")}
	files["js/main.js"] = &fstest.MapFile{Data: []byte("import './deep/a.js';\n")}
	got, err := under(t, files, "js/main.js")
	want := "\n\n\n\nconst a = /** @type {x} */ (1); // four\n\n/** @type {y} */ (a);\n\nconst b = 'https://x';\n\nreturn { a };"
	if err != nil || !strings.Contains(got, want) {
		t.Errorf("%v: %q", err, got)
	}
}

// What is joined does what its modules do one by one.
func TestModulesAreJoined(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("TAILBEAM_REQUIRE_TOOLS") == "1" {
			t.Fatal("node is missing: install nodejs")
		}
		t.Skip("node is missing: install nodejs")
	}
	run := func(content func(name string) string) string {
		dir := t.TempDir()
		write := func(name, text string) {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		write("package.json", `{"type":"module"}`)
		for name := range small {
			if text := content(name); text != "" {
				write(name, text)
			}
		}
		out, err := exec.CommandContext(t.Context(), node, filepath.Join(dir, "js", "main.js")).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	plain := run(func(name string) string { return string(small[name].Data) })
	together := run(func(name string) string {
		// Nothing but what the index names is asked for.
		if name != "js/main.js" && name != "js/apart.js" {
			return ""
		}
		text, err := under(t, small, name)
		if err != nil {
			t.Fatal(err)
		}
		return text
	})
	if plain != together || strings.Count(plain, "\n") != 4 {
		t.Errorf("one by one:\n%s\njoined:\n%s", plain, together)
	}
}

func TestStyleSheetsAreJoined(t *testing.T) {
	if got, err := under(t, small, "css/all.css"); err != nil || got != "a {}\nb {}\n/* All. */\nc {}\n" {
		t.Errorf("%v: %q", err, got)
	}
}

func TestWhatCannotBeJoinedIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"import { done } from '../main.js';": "which imports it",
		"import { x } from './nowhere.js';":  "nowhere.js, which is not there",
		"export let x = 1;":                  "is not understood",
		"export default 1;":                  "is not understood",
		"export * from './apart.js';":        "is not understood",
		"import x from './apart.js';":        "is not understood",
		"const x = await import('./y.js');":  "is not understood",
		"export { x as y };":                 "is not understood",
	} {
		files := maps.Clone(small)
		files["js/deep/a.js"] = &fstest.MapFile{Data: []byte(text)}
		if _, err := under(t, files, "js/main.js"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
