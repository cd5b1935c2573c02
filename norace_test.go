//go:build !race

package main

// raceFlag has the program under test look for races where its tests do.
var raceFlag []string
