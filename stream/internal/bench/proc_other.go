//go:build !linux

package main

import (
	"errors"
	"time"
)

var errLinux = errors.New("bench needs Linux: it reads /proc")

type memory struct{ anon, rss int64 }

func (p *process) cpu() (time.Duration, error) { return 0, errLinux }
func (p *process) memory() (memory, error)     { return memory{}, errLinux }
func (p *process) release() error              { return errLinux }
func (p *process) toggleProfile() error        { return errLinux }
func platform() string                         { return "another system" }
