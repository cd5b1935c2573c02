// Package shell reads files on a machine on which a POSIX shell can be started,
// by a fixed script: loop.sh, which is sent over its standard input.
//
// # Protocol
//
// The script says that it is ready, skips lines until one that says "# begin",
// and then answers one line after the other: a command, a nonce and arguments,
// in which every byte that is not plain is written as \0ooo. What it answers are
// any bytes, then the nonce, a status and a newline. The nonce is random and new
// for each command, so that nothing in a file can be taken for it, however
// many bytes a file turns out to have. Commands are answered in their order,
// and any number may be on their way.
//
// On its standard error it says W when one of the files has changed that it was
// told to await.
//
// Searching for files may take minutes: it is answered from beside the script, which
// is told to live on meanwhile by a command that answers nothing, and asked nothing
// else. A script that was installed may be older and not know this: it says its
// version.
//
// The script ends when its input does, and kills itself and all that it started
// when it was not told to live on for 50 s. Where nothing comes of an answer for
// 30 s, because a file system hangs over there, the session ends.
//
// # Descriptors
//
// A file that is open is held by a descriptor of the shell, so that it is read
// on when it was renamed or removed. A shell holds 200 of them, or 6 if it
// cannot count past 9; beyond that, and after a new beginning, a file is opened
// again: by its name, or where that leads elsewhere by its inode in the same
// directory.
//
// # Goroutines
//
//	Session.receive  one per Session, ends with its output
//	Session.listen   one per Session, ends with its standard error
//	Session.post     one per Session, ends with its input
//	Session.live     one per Session, ends with any of these
package shell
