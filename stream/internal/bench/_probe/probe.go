package main

import (
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/pprof"
	"syscall"
)

// The probe is laid into the server under test by `go build -overlay` and is
// in no other build. SIGUSR1 gives unused memory back to the system; SIGUSR2
// begins a CPU profile in the file that TAILBEAM_BENCH_PROFILE names, and ends
// it when it comes again.
func init() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2)
	go func() {
		var profile *os.File
		for s := range signals {
			switch {
			case s == syscall.SIGUSR1:
				debug.FreeOSMemory()
			case profile != nil:
				pprof.StopCPUProfile()
				profile.Close()
				profile = nil
			default:
				f, err := os.Create(os.Getenv("TAILBEAM_BENCH_PROFILE"))
				if err == nil && pprof.StartCPUProfile(f) == nil {
					profile = f
				}
			}
		}
	}()
}
