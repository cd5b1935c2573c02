//go:build !linux

package notify

var implementations = map[string]func() (Notifier, error){
	"shared": func() (Notifier, error) { return Shared(), nil },
}
