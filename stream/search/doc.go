// Package search looks for lines in the history of a stream: by regular
// expressions, level and time, in either direction, a block at a time.
//
// # How lines are told
//
// An expression is taken apart once. If every match of it holds one of a few
// texts, whole blocks are searched for these, in any case of the letters where
// the expression says so, and only lines that hold one are looked at. Lines are
// told by an automaton whose states are made as they are met. Where an expression
// tells too many kinds of characters beyond ASCII apart, or there are too many
// states, package regexp is asked instead; what both say is the same.
//
// Where the history can find out on the spot which lines hold these texts, as on
// another host, the others are not read at all (line.Finder). What is read is
// told as everywhere, so the outcome is the same.
//
// A line that is longer than the longest piece is told piece by piece.
//
// # Goroutines
//
// A search has one that reads and a few that look, which all end before Run
// returns. Results come in order, on the goroutine of the caller. All searches
// of a Pool together look at as many blocks at a time as it has places, and take
// turns block by block.
package search
