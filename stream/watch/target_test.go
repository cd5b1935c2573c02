package watch

import (
	"slices"
	"strings"
	"testing"
)

func TestTargets(t *testing.T) {
	home := Server{URL: "http://127.0.0.1:8080/", Token: "t"}
	for _, test := range []struct {
		args string
		want []Target
	}{
		{"", []Target{{home, ""}}},
		{"var/log/syslog", []Target{{home, "var/log/syslog"}}},
		{"/var/log/syslog app", []Target{{home, "var/log/syslog"}, {home, "app"}}},
		{"http://web1:9000/", []Target{{Server{"http://web1:9000/", "t"}, ""}}},
		{"http://web1:9000/#token=abc", []Target{{Server{"http://web1:9000/", "abc"}, ""}}},
		{"https://x.org/logs/?stream=a&stream=b%2Fc", []Target{{Server{"https://x.org/logs/", "t"}, "a"}, {Server{"https://x.org/logs/", "t"}, "b/c"}}},
		{"https://x.org/logs/s/var/log/a%20b", []Target{{Server{"https://x.org/logs/", "t"}, "var/log/a b"}}},
		{"ws://x:1/ws/app?n=5", []Target{{Server{"http://x:1/", "t"}, "app"}}},
		{"wss://x/ws?stream=app", []Target{{Server{"https://x/", "t"}, "app"}}},
		{"http://x/tail/app", []Target{{Server{"http://x/", "t"}, "app"}}},
	} {
		got, err := ParseTargets(strings.Fields(test.args), "http://127.0.0.1:8080", "t")
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: %v %v, want %v", test.args, got, err, test.want)
		}
	}
}

func TestTargetsThatAreNone(t *testing.T) {
	for _, test := range []struct{ arg, base string }{
		{"ftp://x/", "http://x/"}, {"http://", "http://x/"}, {"/", "http://x/"},
		{"http://a b/", "http://x/"}, {"app", "localhost:8080"}, {"app", ""},
	} {
		if got, err := ParseTargets([]string{test.arg}, test.base, ""); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v, %v; want an error of one line", test, got, err)
		}
	}
}
