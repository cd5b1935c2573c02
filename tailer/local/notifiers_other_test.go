//go:build !linux

package local

import (
	"testing"

	"tailbeam/tailer/notify"
)

func notifiers() map[string]func(*testing.T) notify.Notifier {
	return map[string]func(*testing.T) notify.Notifier{
		"shared": func(*testing.T) notify.Notifier { return notify.Shared() },
		"none":   func(*testing.T) notify.Notifier { return nil },
	}
}
