package tailer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tailbeam/tailer/remote/dial"
)

func TestParse(t *testing.T) {
	dir := tempDir(t)
	t.Chdir(dir)
	for arg, want := range map[string]Source{
		"/var/log/syslog":        {Kind: File, Path: "/var/log/syslog"},
		"app.log":                {Kind: File, Path: dir + "/app.log"},
		"./a:b":                  {Kind: File, Path: dir + "/a:b"},
		"./a=b":                  {Kind: File, Path: dir + "/a=b"},
		"/x/a=b":                 {Kind: File, Path: "/x/a=b"},
		"web=/srv/app.log":       {Kind: File, Path: "/srv/app.log", Name: "web"},
		"web=app.log":            {Kind: File, Path: dir + "/app.log", Name: "web"},
		"web=a=b":                {Kind: File, Path: dir + "/a=b", Name: "web"},
		"/var/log/":              {Kind: Directory, Path: "/var/log", Pattern: "*"},
		"logs=sub/":              {Kind: Directory, Path: dir + "/sub", Pattern: "*", Name: "logs"},
		"/var/log/*.log":         {Kind: Glob, Path: "/var/log", Pattern: "*.log"},
		"/srv/**/x-{a,b}.log":    {Kind: Glob, Path: "/srv", Pattern: "**/x-{a,b}.log"},
		"all=/srv/*/log/app.log": {Kind: Glob, Path: "/srv", Pattern: "*/log/app.log", Name: "all"},
		"*.log":                  {Kind: Glob, Path: dir, Pattern: "*.log"},
		"../x/*":                 {Kind: Glob, Path: filepath.Dir(dir) + "/x", Pattern: "*"},
		"-":                      {Kind: Stdin},
		"in=-":                   {Kind: Stdin, Name: "in"},
		"cmd:date":               {Kind: Command, Command: "date"},
		"cmd: A=1 date; date":    {Kind: Command, Command: "A=1 date; date"},
		"d=cmd:A=1 date":         {Kind: Command, Command: "A=1 date", Name: "d"},
		"journal:":               {Kind: Journal},
		"journal:nginx.service":  {Kind: Journal, Unit: "nginx.service"},
		"j=journal:a=b":          {Kind: Journal, Unit: "a=b", Name: "j"},
		"web1:/var/log/syslog":   {Kind: Remote, Path: "/var/log/syslog", Host: dial.Target{Host: "web1"}},
		"me@web1:/a b/c:d":       {Kind: Remote, Path: "/a b/c:d", Host: dial.Target{User: "me", Host: "web1"}},
		"w=web1:/var/log/*.log":  {Kind: RemoteGlob, Path: "/var/log", Pattern: "*.log", Name: "w", Host: dial.Target{Host: "web1"}},
		"web1:/var/log/":         {Kind: RemoteGlob, Path: "/var/log", Pattern: "*", Host: dial.Target{Host: "web1"}},
		"ssh://me@web1:2222/x/y": {Kind: Remote, Path: "/x/y", Host: dial.Target{User: "me", Host: "web1", Port: "2222"}},
		"ssh://[::1]:22/x":       {Kind: Remote, Path: "/x", Host: dial.Target{Host: "::1", Port: "22"}},
		"me@[::1]:/x":            {Kind: Remote, Path: "/x", Host: dial.Target{User: "me", Host: "::1"}},
	} {
		got, err := Parse(arg)
		want.Arg = arg
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %+v, %v\nwant %+v", arg, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for arg, hint := range map[string]string{
		"":                     "empty source",
		"web=":                 "web=PATH",
		"my name=x":            "./my name=x",
		"host:var/log/x":       "absolute path",
		"host:":                "host:/var/log/syslog",
		"user@host:/":          "./user@host:/",
		"ssh://host":           "absolute path",
		"ssh://u:pw@host/x":    "no password",
		"u:pw@host:/x":         "no password",
		"host:22/x":            "write ssh://host:22/x",
		"host:22:/x":           "write ssh://host:22/x",
		"ssh://host:65536/x":   "from 1 to 65535",
		"a b:/x":               "is no host",
		"ssh://-oX/x":          "is no host",
		"cmd:":                 "names no command",
		"d=cmd: ":              "names no command",
		"/var/log/[a":          "not closed",
		"/var/log/{a":          "not closed",
		"/var/log/*/../x":      "may not follow a wildcard",
		"http://example.com/*": "are not followed",
	} {
		s, err := Parse(arg)
		if err == nil {
			t.Errorf("Parse(%q) = %+v, want an error", arg, s)
		} else if !strings.Contains(err.Error(), hint) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Parse(%q): %q, want one line with %q", arg, err, hint)
		}
	}
}

func TestParseNameThatLooksLikeGlob(t *testing.T) {
	path := filepath.Join(tempDir(t), "app[1].log")
	must(t, os.WriteFile(path, nil, 0o644))
	s, err := Parse(path)
	if err != nil || s.Kind != File || s.Path != path {
		t.Errorf("Parse(%q) = %+v, %v, want the file of that name", path, s, err)
	}
}

func TestStreamName(t *testing.T) {
	for path, want := range map[string]string{
		"/var/log/syslog":    "var/log/syslog",
		"/a b/ä.log":         "a b/ä.log",
		"/100%/x":            "100%25/x",
		"/bad\xff/tab\tnl\n": "bad%FF/tab%09nl%0A",
		"/zero\u200bwidth":   "zero%E2%80%8Bwidth",
	} {
		if got := StreamName(path); got != want {
			t.Errorf("StreamName(%q) = %q, want %q", path, got, want)
		}
	}
}
