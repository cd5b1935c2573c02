package local

import (
	"testing"

	"tailbeam/tailer/notify"
)

func notifiers() map[string]func(*testing.T) notify.Notifier {
	return map[string]func(*testing.T) notify.Notifier{
		"shared": func(*testing.T) notify.Notifier { return notify.Shared() },
		"inotify": func(t *testing.T) notify.Notifier {
			n, err := notify.NewInotify()
			must(t, err)
			return n
		},
		"open": func(*testing.T) notify.Notifier { return notify.Open() },
		"none": func(*testing.T) notify.Notifier { return nil },
	}
}
