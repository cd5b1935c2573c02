//go:build !unix

package pipe

import (
	"errors"

	"tailbeam/tailer/line"
)

// ReadFifo returns an error: there are no FIFOs here.
func ReadFifo(string, line.Sink, Options, func()) (*Reader, error) { return nil, errors.ErrUnsupported }
