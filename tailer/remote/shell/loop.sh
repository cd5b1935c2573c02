# Reads files for tailbeam: says what they are, and what is in them. It runs in
# any POSIX shell, writes nothing, and takes no word of its input for a command.
#
# As a forced command of a key it is given the directories that may be read:
#   command="/bin/sh /usr/local/lib/tailbeam-loop /var/log /srv/shop/log",restrict ssh-ed25519 ...
{
LC_ALL=C; export LC_ALL
IFS=' '; set -f
allowed=$*; watched=; timer=; waiter=; searcher=; finds=; asks=; cuts=

# How this system tells what a file is.
fds=/proc/$$/fd; [ -e "$fds/0" ] || fds=/dev/fd
case $(stat -L -c %.9W,%.9Y / 2>/dev/null) in
*,[0-9]*.[0-9]*) kind=gnu; form='%d %i %.9W %s %.9Y %f %h';;
*,[0-9]*) kind=gnu; form='%d %i 0 %s %Y %f %h';;
*) kind=ls
	case $(stat -f %i,%z / 2>/dev/null) in
	[0-9]*,[0-9]*) kind=bsd; form='%d %i %B %z %Fm %Xp %l';;
	esac;;
esac
case $kind in
gnu)
	state() { stat -L -c "$form" -- "$@"; }
	lstate() { stat -c "$form" -- "$1"; }
	fstate() { stat -L -c "$form" -- "$fds/$1"; };;
bsd)
	state() { stat -L -f "$form" -- "$@"; }
	lstate() { stat -f "$form" -- "$1"; }
	fstate() { stat -f "$form" <&"$1"; };;
ls)
	state() { for x do TZ=UTC0 ls -dLlni -- "$x" || return; done; }
	lstate() { TZ=UTC0 ls -dlni -- "$1"; }
	fstate() { TZ=UTC0 ls -dLlni -- "$fds/$1"; };;
esac

# How it reads from an offset. A descriptor that cannot be opened anew keeps the
# place where it was read last: then the file is opened by its name, and 4 says
# that this leads elsewhere.
if [ "$fds" = /dev/fd ]; then
	range() {
		eval "x=\$h$1"
		eval 'command exec 3<"$x"' 2>/dev/null || return 4
		if [ "$(same 3)" = "$(same "$1")" ]; then tail -c "+$3" <&3 | leading "$4"; else false; fi
		x=$?
		exec 3<&-
		[ $x = 0 ] || return 4
	}
	same() {
		set -- $(fstate "$1" 2>/dev/null)
		if [ $kind = ls ]; then echo "$1"; else echo "$1 $2"; fi
	}
elif dd count=0 iflag=skip_bytes,count_bytes </dev/null >/dev/null 2>&1; then
	range() { dd bs=131072 skip="$2" count="$4" iflag=skip_bytes,count_bytes <"$fds/$1"; }
	cuts=no
else
	range() { { dd bs=1 skip="$2" count=0; leading "$4"; } <"$fds/$1"; }
fi

# leading copies as many bytes: OpenBSD's head counts lines alone, and dd is slow.
if [ -n "$cuts" ] || [ "$(printf xy | head -c 1 2>/dev/null)" = x ]; then
	leading() { head -c "$1"; }
else
	leading() { dd ibs=1 obs=65536 count="$1" 2>/dev/null; }
fi

# How many files it can hold open: few shells can count descriptors past 9.
first=4; slots=6
(eval 'command exec 29</dev/null && : <&29') 2>/dev/null && first=20 && slots=200

# How it waits for a file to change. Where a descriptor cannot be opened anew,
# whoever waited with it would move the place that is read from.
waits=no
if [ "$fds" = /dev/fd ]; then :
elif command -v inotifywait >/dev/null 2>&1; then waits=inotify
else case $(tail --version 2>/dev/null) in *coreutils*) waits=tail;; esac
fi

# plain sets p to an argument, in which every byte that is not plain is \0ooo.
plain() {
	case $1 in
	*\\*) p=$(printf '%b.' "$1"); p=${p%.};;
	*) p=$1;;
	esac
}

# path is plain for what may be read.
path() {
	plain "$1"
	[ -z "$allowed" ] || within
}

# within reports whether p may be read, and where its directory really is.
within() {
	dir=$p; [ -d "$p" ] || dir=${p%/*}
	dir=$(cd -P -- "${dir:-/}" 2>/dev/null && pwd -P) || dir=${p%/*}
	real=$p; [ ! -L "$p" ] || real=$(readlink -f -- "$p") || return 1
	for x in $allowed; do
		case $dir/ in "${x%/}"/*) case $real in */../*) ;; "${x%/}"/*|"${x%/}") return 0;; esac;; esac
	done
	echo 'not allowed: the key on this host may read other directories only'
	return 1
}

number() {
	case $1 in ''|*[!0-9]*) return 1;; esac
}

# slot reports whether a descriptor is one of those that hold files.
slot() {
	number "$1" && [ "$1" -ge $first ] && [ "$1" -lt $((first + slots)) ]
}

# show tells what p is and ends with 3 where it is no plain file.
hold() {
	if [ -f "$p" ]; then
		eval "command exec $1<\"\$p\" && h$1=\$p" 2>&1 && fstate "$1" 2>&1
	else
		state "$p" 2>&1 && return 3
	fi
}

# zeros says, as cmp does, where a range differs from zeros: behind it at the last.
zeros() {
	{ trap - PIPE; range "$@" 2>/dev/null; echo; } | cmp - /dev/zero 2>/dev/null
}

# asks reports whether something here can ask the system for holes, where
# SEEK_DATA is 3 and SEEK_HOLE is 4.
asks() {
	if [ -z "$asks" ]; then
		asks=no
		case $(uname -s 2>/dev/null) in
		Linux|FreeBSD|SunOS) for x in perl python3; do
			command -v "$x" >/dev/null 2>&1 && asks=$x && break
		done;;
		esac
	fi
	[ "$asks" != no ]
}

# data says where data begins, at an offset or behind it, and where the hole after
# that does: both where the file ends, if there is none.
data() {
	case $asks in
	perl) perl -e '
		$d = sysseek STDIN, $ARGV[0], 3;
		defined $d or $!{ENXIO} or exit 1;
		$h = sysseek STDIN, $d, 4 if defined $d;
		$h = $d = sysseek STDIN, 0, 2 if !defined $h;
		printf "%d %d\n", $d, $h' "$2" <&"$1" 2>/dev/null;;
	python3) python3 -Sc 'if 1:
		import errno, os, sys
		try:
			d = os.lseek(0, int(sys.argv[1]), 3)
			h = os.lseek(0, d, 4)
		except OSError as e:
			if e.errno != errno.ENXIO: sys.exit(1)
			d = h = os.lseek(0, 0, 2)
		print(d, h)' "$2" <&"$1" 2>/dev/null;;
	esac
}

# finds reports whether grep tells where lines begin, whatever bytes they hold.
finds() {
	if [ -z "$finds" ]; then
		finds=no
		[ "$(printf 'a\n\000xB\n' | grep -abFi -e b 2>/dev/null | cut -d: -f1)" != 2 ] || finds=yes
	fi
	[ $finds = yes ]
}

# seek says where lines begin, in a range of a file, that hold one of some texts:
# the first or the last of them. A line that holds the nonce follows the range,
# if that was read to its end.
seek() {
	fd=$1 off=$2 off1=$3 len=$4 way=$5 most=$6 fold=
	[ "$7" != i ] || fold=i
	shift 7
	n=$#
	while [ $n != 0 ]; do
		plain "$1"; shift
		set -- "$@" -e "$p"; n=$((n - 1))
	done
	{ range "$fd" "$off" "$off1" "$len" 2>/dev/null && printf '\n%s\n' "$nonce"; } |
		grep -abF$fold -e "$nonce" "$@" 2>/dev/null | cut -d: -f1 |
		case $way in first) head -n "$most";; last) tail -n "$most";; esac
}

names() {
	if [ -d "$p" ] && [ -r "$p" ] && [ -x "$p" ]; then
		set +f
		for x in "$p"/* "$p"/.[!.]* "$p"/..?*; do
			if [ -e "$x" ] || [ -L "$x" ]; then
				printf '%s\000' "${x##*/}"
				n=$((n - 1)); [ $n != 0 ] || break
			fi
		done
		set -f
	else
		ls -- "$p/." 2>&1 >/dev/null
	fi
}

match() {
	set +f; IFS=
	for x in $p; do
		[ ! -f "$x" ] || printf '%s\000' "$x"
	done
	set -f; IFS=' '
}

tree() { find "$p/." \( -type f -o -type l \) -name "$name" -print0 2>/dev/null; }

# named sets name to a pattern of the names that are looked for.
named() {
	p=*; [ -z "$1" ] || plain "$1"
	name=$p
}

look() {
	set --; there=
	for i in $watched; do
		eval "x=\$p$i"
		if [ -e "$x" ]; then set -- "$@" "$x"; there="$there $i"; fi
	done
	printf '%s\n' "$there"
	[ $# = 0 ] || state "$@" 2>/dev/null
}

forget() {
	set -- $watched "-$1"; watched=
	for x do :; done
	for i do
		case $i in -*|"${x#-}") ;; *) watched="$watched $i";; esac
	done
}

# stop ends what was started, if it still runs: its number may be another's by now.
stop() {
	[ -n "$1" ] || return 0
	if [ -r "/proc/$$/stat" ]; then
		y=; read -r y y y y z 2>/dev/null <"/proc/$1/stat"
		[ "$y" = $$ ] || return 0
	fi
	kill "$1" 2>/dev/null
}

# group kills the script and all that it started, where it leads a group of
# processes. Only a kill of the shell's own is told so: there are programs of that
# name that take the number of a group for "everything".
group() { [ "$(command -v kill)" = kill ] && kill -9 "-$$" 2>/dev/null; }

# search answers while other commands are taken, which must not answer anything.
search() {
	stop "$searcher"
	(
		trap - PIPE
		trap 'kill $x; exit' TERM
		"$1" & x=$!
		wait $x
		printf '%s 0\n' "$nonce"
	) </dev/null & searcher=$!
	live
}

# await says W on standard error when one of the files has changed, after its
# name if it is known, and F when that cannot be told.
await() {
	stop "$waiter"; waiter=
	n=$#
	while [ $n != 0 ]; do
		slot "$1" || return 1
		set -- "$@" "$fds/$1"; shift; n=$((n - 1))
	done
	case $waits in
	inotify)
		(
			inotifywait -q -t 45 --format %w -e modify -e attrib -e move_self -e delete_self -- "$@" 2>/dev/null >&2 & x=$!
			trap 'kill $x; exit' TERM
			if wait $x; then echo W; else echo F; fi >&2
		) </dev/null >/dev/null & waiter=$!;;
	tail)
		# It does not wait for what is behind a link, but looks once a second if it
		# is not told otherwise.
		pause=.02; [ $# -lt 10 ] || pause=.1
		/bin/sh -c 'echo $$; pause=$1; shift; exec tail -q -n 0 -s "$pause" -f -- "$@"' sh $pause "$@" </dev/null 2>/dev/null | (
			read -r x; number "$x" || exit; exec 3<&0
			trap 'kill $x; exit' TERM
			dd bs=1 count=1 <&3 >/dev/null 2>&1 & wait $!
			kill $x; echo W >&2
		) >/dev/null & waiter=$!;;
	esac
}

# live has everything killed if it is not called again within 50 s.
live() {
	stop "$timer"
	(
		sleep 50 & x=$!
		trap 'kill $x; exit' TERM
		wait $x
		group || { kill $$; sleep 2; kill -9 $$ $waiter $searcher; }
	) </dev/null >/dev/null 2>&1 & timer=$!
}

# finish ends all that was started, and the script, whose output may lead nowhere.
finish() {
	trap '' TERM PIPE
	stop "$timer"; stop "$waiter"; stop "$searcher"
	group
	exit
}

now() {
	x=$(date +%s.%N)
	case $x in
	*.[0-9]*) ;;
	*) x=${x%%.*};;
	esac
	echo "$x"
}

trap finish PIPE TERM
live
echo tailbeam-loop-1
while read -r c && [ "$c" != '# begin' ]; do :; done
while read -r c nonce rest; do
	set -- $rest
	status=0
	case $c in
	hello) echo "$kind $first $slots $waits"; now; echo 2;;
	live) live;;
	on) live; continue;;
	hold) slot "$1" && path "$2" && hold "$1"; status=$?;;
	drop) slot "$1" && eval "exec $1<&-"; status=$?;;
	range) slot "$1" && number "$2" && number "$3" && number "$4" && range "$@" 2>/dev/null; status=$?;;
	zeros) slot "$1" && number "$2" && number "$3" && number "$4" && zeros "$@"; status=0;;
	data)
		if asks; then
			slot "$1" && number "$2" && data "$@"; status=$?
		else
			status=64
		fi;;
	packed) slot "$1" && number "$2" && number "$3" && number "$4" && range "$@" 2>/dev/null | gzip -1c 2>/dev/null; status=$?;;
	seek)
		if finds; then
			[ $# -gt 7 ] && slot "$1" && number "$2" && number "$3" && number "$4" && number "$6" && seek "$@"; status=$?
		else
			status=64
		fi;;
	fstat) slot "$1" && fstate "$1" 2>&1; status=$?;;
	stat) path "$1" && state "$p" 2>&1; status=$?;;
	lstat) path "$1" && lstate "$p" 2>&1; status=$?;;
	names) n=$2; number "$n" && path "$1" && names; status=$?;;
	match) path "$1" && match; status=$?;;
	find) named "$2"; path "$1" && tree; status=0;;
	search)
		named "$3"
		if path "$2"; then
			case $1 in find) search tree; continue;; match) search match; continue;; esac
		fi
		status=1;;
	inode) number "$2" && path "$1" && find "$p/." ! -name . -prune -inum "$2" -print0 2>/dev/null; status=$?;;
	real) path "$1" && readlink -f -- "$p" 2>&1; status=$?;;
	watch) number "$1" && path "$2" && eval "p$1=\$p" && watched="$watched $1"; status=$?;;
	forget) number "$1" && forget "$1"; status=$?;;
	look) look; status=0;;
	await) await "$@"; status=$?;;
	*) status=64;;
	esac
	printf '%s %s\n' "$nonce" "$status" || break
done
finish
}
