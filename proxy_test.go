package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// nginxConfig is what the README shows, made runnable without rights.
const nginxConfig = `
daemon off;
pid %[1]s/nginx.pid;
error_log stderr warn;
worker_processes 1;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	server {
		listen %[2]s;
		location /logs/ {
			proxy_pass http://%[3]s/;
			proxy_http_version 1.1;
			proxy_set_header Upgrade $http_upgrade;
			proxy_set_header Connection "upgrade";
			proxy_read_timeout 1h;
			%[4]s
		}
	}
}
`

func TestBehindNginxUnderAPath(t *testing.T) {
	nginx := need(t, "nginx", "nginx-light")
	for name, setting := range map[string]string{
		"as nginx forwards":   "",
		"host of the request": "proxy_set_header Host $host;",
		"host with its port":  "proxy_set_header Host $http_host;",
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "app.log")
			appendTo(t, file, "one\n")
			front := freeAddress(t)
			public := "http://localhost:" + strings.TrimPrefix(front, "127.0.0.1:") + "/logs/"
			p := start(t, "--public-url", public, "--listen", "0.0.0.0:0", "app="+file)
			if got := strings.TrimSuffix(p.address.String(), p.address.Fragment); got != public+"#" {
				t.Errorf("it says to open %s, want %s and the token", got, public)
			}
			token, ok := strings.CutPrefix(p.address.Fragment, "token=")
			if !ok {
				t.Fatalf("no token in %s", p.address)
			}
			runNginx(t, nginx, front, fmt.Sprintf(nginxConfig, t.TempDir(), front, "127.0.0.1:"+bound(t, p), setting))

			// As a browser does: the page, its session, a stream.
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			browser := &http.Client{Jar: jar, Timeout: deadline}
			page, err := browser.Get(public + "s/app")
			if err != nil {
				t.Fatal(err)
			}
			page.Body.Close()
			if page.StatusCode != http.StatusOK || page.Request.URL.String() != public+"?stream=app" {
				t.Errorf("%s leads to %s: %s", public+"s/app", page.Request.URL, page.Status)
			}
			origin := strings.TrimSuffix(public, "/logs/")
			login, err := http.NewRequest("POST", public+"api/session", nil)
			if err != nil {
				t.Fatal(err)
			}
			login.Header.Set("Origin", origin)
			login.Header.Set("Authorization", "Bearer "+token)
			session, err := browser.Do(login)
			if err != nil || session.StatusCode != http.StatusNoContent {
				t.Fatal(session, err)
			}
			session.Body.Close()
			at, err := url.Parse(public)
			if err != nil || len(jar.Cookies(at)) != 1 {
				t.Fatal(err, jar.Cookies(at))
			}
			v := dialGobwas(t, "ws"+strings.TrimPrefix(public, "http")+"ws/app", "Origin", origin, "Cookie", jar.Cookies(at)[0].String())
			expect(t, v, "one")
			appendTo(t, file, "two\n")
			expect(t, v, "two")

			other, err := http.NewRequest("GET", public+"api/streams", nil)
			if err != nil {
				t.Fatal(err)
			}
			other.Header.Set("Origin", "http://evil.example")
			if status, body := roundTrip(t, other); status != http.StatusForbidden {
				t.Errorf("another Origin: %d %q", status, body)
			}
		})
	}
}

// Nginx with what Debian ships speaks HTTP/1.0 to us and would hold lines back,
// if it were not told otherwise in the response.
func TestLinesComeAtOnceThroughNginx(t *testing.T) {
	nginx := need(t, "nginx", "nginx-light")
	for name, where := range map[string]struct{ location, setting, public string }{
		"as it comes":        {"/", "", ""},
		"kept alive":         {"/", "proxy_http_version 1.1; proxy_set_header Connection \"\";", ""},
		"under a path":       {"/logs/", "", "/logs/"},
		"at the top":         {"/", "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\";", "/"},
		"as the README says": {"/logs/", "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\";", "/logs/"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "app.log")
			appendTo(t, file, "one\n")
			front := freeAddress(t)
			arguments := []string{"app=" + file}
			if where.public != "" {
				arguments = append(arguments, "--public-url", "http://localhost:"+strings.TrimPrefix(front, "127.0.0.1:")+where.public)
			}
			inner := freeAddress(t)
			start(t, append(arguments, "--listen", inner)...)
			runNginx(t, nginx, front, fmt.Sprintf(plainNginx, t.TempDir(), front, where.location, inner, where.setting))
			base := "http://localhost:" + strings.TrimPrefix(front, "127.0.0.1:") + where.location
			var bodies []*bufio.Reader
			for _, accept := range []string{"text/plain", "text/event-stream", "application/x-ndjson"} {
				bodies = append(bodies, openURL(t, base+"tail/app?n=1", accept))
			}
			var socket viewer
			if strings.Contains(where.setting, "$http_upgrade") {
				socket = dialGobwas(t, "ws"+strings.TrimPrefix(base, "http")+"ws/app?n=1", "Origin", strings.TrimSuffix(base, where.location))
			}
			for _, text := range []string{"one", "two", "three"} {
				if text != "one" {
					appendTo(t, file, text+"\n")
				}
				if socket != nil {
					expect(t, socket, text)
				}
				for _, body := range bodies {
					for !strings.Contains(line(t, body), text) {
					}
				}
			}
			poll, err := http.Get(base + "tail/app?wait=30s&n=2")
			if err != nil {
				t.Fatal(err)
			}
			defer poll.Body.Close()
			if text, err := io.ReadAll(poll.Body); err != nil || string(text) != "two\nthree\n" || poll.Header.Get("Tailbeam-Cursor") == "" {
				t.Errorf("a long poll: %q %v %v", text, err, poll.Header)
			}
		})
	}
}

// plainNginx forwards with nothing set but what is given.
const plainNginx = `
daemon off;
pid %[1]s/nginx.pid;
error_log stderr warn;
worker_processes 1;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	upstream tailbeam {
		server %[4]s;
		keepalive 4;
	}
	server {
		listen %[2]s;
		location %[3]s {
			proxy_pass http://tailbeam/;
			proxy_set_header Host localhost;
			%[5]s
		}
	}
}
`

// bound returns the port that the program listens on behind a public URL.
func bound(t *testing.T, p *program) string {
	t.Helper()
	var port string
	until(t, "it says where it listens", func() bool {
		_, rest, ok := strings.Cut(p.output.String(), "listens on 0.0.0.0:")
		port, _, _ = strings.Cut(rest, "\n")
		return ok && strings.Contains(rest, "\n")
	})
	return port
}

// freeAddress returns a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// runNginx runs nginx and waits until it listens on address.
func runNginx(t *testing.T, nginx, address, config string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(nginx, "-e", "stderr", "-p", dir, "-c", path)
	var faults lockedBuffer
	cmd.Stderr = &faults
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt) // it ends its workers
		cmd.Wait()
		if t.Failed() {
			t.Log(faults.String())
		}
	})
	until(t, "nginx listens", func() bool {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}
