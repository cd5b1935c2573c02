package remote

import (
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/remote/sshd"
)

// TestHostThatRunsSomethingElse lets in and runs what never answers, neither as a
// shell nor as SFTP.
func TestHostThatRunsSomethingElse(t *testing.T) {
	t.Parallel()
	server := sshd.Start(t, "ForceCommand exec sleep 1000")
	r, _ := logged(t, server, func(c *Config) { c.Start = 500 * time.Millisecond })
	r.awaitState(t, line.Waiting, "SFTP is not offered: it does not answer within 500ms")
	r.awaitState(t, line.Waiting, "next try in")
}
