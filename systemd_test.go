package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestSystemdAcceptsTheUnit(t *testing.T) {
	analyze := need(t, "systemd-analyze", "systemd")
	unit, err := os.ReadFile("systemd/tailbeam.service")
	if err != nil {
		t.Fatal(err)
	}
	text := string(unit)
	for _, setting := range []string{
		"EnvironmentFile=/etc/default/tailbeam\n", "SupplementaryGroups=adm systemd-journal\n", "NoNewPrivileges=yes\n", "DynamicUser=yes\n",
	} {
		if !strings.Contains(text, "\n"+setting) {
			t.Errorf("no %s", setting)
		}
	}
	// The program is not installed where the unit looks for it.
	const installed = "ExecStart=/usr/bin/tailbeam serve "
	if !strings.Contains(text, installed) {
		t.Fatalf("no %s", installed)
	}
	path := filepath.Join(t.TempDir(), "tailbeam.service")
	text = strings.Replace(text, installed, "ExecStart="+binary+" serve ", 1)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(analyze, "verify", path).CombinedOutput(); err != nil || strings.Contains(string(out), "tailbeam.service:") {
		t.Errorf("%v: %s", err, out)
	}
}
