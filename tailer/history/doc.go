// Package history reads a local log as one continuous stream: the file that a
// name leads to, and before it its predecessors that rotation left beside it,
// plain or compressed. Nothing is kept of them but what a compressed one
// unpacks to, for a while.
//
// # Generations
//
// Predecessors are found by their names, and told apart by what they are: a
// renamed file by its inode, a copy or a compressed file by how it begins. So
// the position of a line stays good when its file is renamed, copied and cut,
// or compressed, and for the next run of the server. Where several files could
// be the one that a position names, and nothing tells them apart, it is gone:
// nothing is guessed.
//
// A file and its copy, as they lie side by side while it is compressed or
// before it is cut, are one generation. A generation that was seen and is not
// there any more, or that cannot be read or unpacked to its end, is a gap
// between its neighbours. What was unpacked behind its last whole line is no line,
// but part of the gap.
//
// Their order is the one of the dates or numbers in their names. Which way
// numbers count, and how files with a date lie between others with a number,
// is told by the stamps in their first lines, or else by when they were last
// written.
//
// # Ends
//
// A generation that has a successor ends with its last byte. The newest may
// grow, and so may one that the follower still reads: of these, whole lines
// are given out. Holes of NUL bytes at the beginning, as a file has that was
// cut under a writer that keeps its offset, are skipped.
//
// # Races
//
// Files move while they are read. What was read is given out only if the file
// then still begins as it did; a name that leads elsewhere has the directory
// listed anew.
//
// # Cost
//
// A position in a plain file is read from directly. Times are found by
// bisection. An index of line numbers and times grows as files are read, by
// about 24 bytes for each 256 KiB.
//
// # Goroutines
//
// None is kept. While files are held open or blocks are kept, timers of the
// Store look for what to give back; Store.Close stops them.
package history
