package main

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// sources are the C tools, and the probe that the server under test is built
// with.
//
//go:embed c/*.c c/*.h c/wsload/*.h _probe/probe.go
var sources embed.FS

// tools are the programs of a measurement, as paths.
type tools struct {
	tailbeam, floor, wsload, logwriter string
	taskset                            string
	module                             string // the root of this module
}

// buildTools compiles everything into dir, but the server to where the settings
// want it. A program that is missing on this machine is named in the error.
func buildTools(ctx context.Context, dir string, set settings) (tools, error) {
	var t tools
	cc, err := exec.LookPath("cc")
	if err != nil {
		return t, errors.New("cc is missing: install a C compiler (Debian: gcc)")
	}
	if t.taskset, err = exec.LookPath("taskset"); err != nil {
		return t, errors.New("taskset is missing: install util-linux")
	}
	if t.module, err = moduleRoot(ctx); err != nil {
		return t, err
	}
	src := filepath.Join(dir, "src")
	if err := os.CopyFS(src, sources); err != nil {
		return t, fmt.Errorf("unpack the tools: %w", err)
	}
	t.floor = filepath.Join(dir, "floor")
	t.wsload = filepath.Join(dir, "wsload")
	t.logwriter = filepath.Join(dir, "logwriter")
	for _, binary := range []string{t.floor, t.wsload, t.logwriter} {
		source := filepath.Join(src, "c", filepath.Base(binary)+".c")
		if err := command(ctx, t.module, cc, "-O2", "-o", binary, source); err != nil {
			return t, err
		}
	}
	t.tailbeam, err = filepath.Abs(cmp.Or(set.binary, set.keep, filepath.Join(dir, "tailbeam")))
	if err != nil || set.binary != "" {
		return t, err
	}
	overlay, err := probeOverlay(dir, src, t.module)
	if err != nil {
		return t, err
	}
	return t, command(ctx, t.module, "go", "build", "-overlay", overlay, "-o", t.tailbeam, ".")
}

// probeOverlay writes the file for `go build -overlay` that lays the probe
// into the main package without touching the tree.
func probeOverlay(dir, src, module string) (string, error) {
	replace := map[string]map[string]string{"Replace": {
		filepath.Join(module, "bench_probe.go"): filepath.Join(src, "_probe", "probe.go"),
	}}
	text, err := json.Marshal(replace)
	if err != nil {
		return "", fmt.Errorf("encode the overlay: %w", err)
	}
	name := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(name, text, 0o644); err != nil {
		return "", fmt.Errorf("write the overlay: %w", err)
	}
	return name, nil
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("ask go for the module: %w", err)
	}
	gomod := strings.TrimSpace(string(out))
	if gomod == "" || gomod == os.DevNull {
		return "", errors.New("run bench inside tailbeam's source tree")
	}
	return filepath.Dir(gomod), nil
}

// command runs a program in dir; its output is part of the error.
func command(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return nil
}
