package main

import (
	"io"
	"math"
	"strings"
	"testing"
)

func TestFlagsCountWhereverTheyStand(t *testing.T) {
	commands := newApp(io.Discard, io.Discard).Commands
	for args, want := range map[string]string{
		"":                               "serve --",
		"a b":                            "serve -- a b",
		"serve a":                        "serve -- a",
		"a serve":                        "serve -- a serve",
		"./serve":                        "serve -- ./serve",
		"-- serve":                       "serve -- serve",
		"a --backlog 5 b":                "serve --backlog 5 -- a b",
		"a --backlog=5 b":                "serve --backlog=5 -- a b",
		"--backlog 5 serve a":            "serve --backlog 5 -- a",
		"a --insecure-no-auth b":         "serve --insecure-no-auth -- a b",
		"a -- --backlog 5":               "serve -- a --backlog 5",
		"- x=-":                          "serve -- - x=-",
		"a --nonsense b":                 "serve --nonsense -- a b",
		"a --listen":                     "serve --listen",
		"check a":                        "check -- a",
		"check a --outside-links":        "check --outside-links -- a",
		"version":                        "version --",
		"--version":                      "version",
		"-h":                             "-h",
		"help":                           "--help",
		"help check":                     "check --help",
		"--help check":                   "check --help --",
		"--listen :1 --allowed-host a b": "serve --listen :1 --allowed-host a -- b",
	} {
		if got := strings.Join(arrange(strings.Fields(args), commands), " "); got != want {
			t.Errorf("%q: %q, want %q", args, got, want)
		}
	}
}

func TestNumbersWithUnits(t *testing.T) {
	for text, want := range map[string]int64{
		"8388608": 8 << 20, "8MiB": 8 << 20, "8 mib": 8 << 20, "64KiB": 64 << 10, "1GiB": 1 << 30, "5MB": 5e6, "70kB": 70e3, "65536B": 65536,
		"1KiB": -1, "": -1, "MiB": -1, "8M": -1, "1.5MiB": -1, "-8MiB": -1, "9223372036854775807GiB": -1, "99999999999999999999": -1,
	} {
		n := number{value: -1, least: 64 << 10, most: math.MaxInt64, unit: bytesUnit}
		err := n.Set(text)
		if n.value != want || (err == nil) != (want >= 0) {
			t.Errorf("%q: %d, %v; want %d", text, n.value, err, want)
		}
	}
	n := number{most: 100}
	if n.Set("10B") == nil || n.Set("101") == nil || n.Set("100") != nil {
		t.Error("a plain number has no unit, and a most")
	}
	if got := (&number{value: 8 << 20, unit: bytesUnit}).String(); got != "8MiB" {
		t.Error(got)
	}
}
