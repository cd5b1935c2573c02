package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"
)

// A target with scheme and host, as a proxy may send it, means the same; its
// host is the one that counts (RFC 9112, 3.2.2).
func TestAbsoluteTargets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\n")
	p := start(t, "app="+file)
	for target, want := range map[string]int{
		"http://" + p.host() + "/tail/app?follow=0": 200,
		"HTTP://" + p.host() + "/api/streams":       200,
		"http://" + p.host():                        200,
		"http://" + p.host() + "?x":                 200,
		"http://" + p.host() + "/ws/app":            426,
		"http://evil.example/tail/app?follow=0":     403,
		"ftp://" + p.host() + "/tail/app?follow=0":  400,
	} {
		conn, err := net.Dial("tcp", p.host())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(deadline))
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, p.host())
		r, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || r.StatusCode != want {
			t.Errorf("%s: %v, %v, want %d", target, r, err, want)
		}
	}
}
