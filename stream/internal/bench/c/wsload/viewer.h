// Viewers (struct conn), the workers that drive them, and what both count.
#ifndef WSLOAD_VIEWER_H
#define WSLOAD_VIEWER_H

#include "../accept.h"
#include "../base.h"
#include "histogram.h"
#include "options.h"
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// What became of the line numbers.
struct seqs {
    u64 gaps, missing, dups, ooo, noseq;
};

// All fields are u64, so that counters can be added up as an array.
struct cnt {
    u64 frames, bytes, wire, discard, reads, binary, pings, pongs, bad_utf8;
    struct seqs s[2]; // [1]: slow viewers
    u64 proto, frag, inflated, inflate_err, slow_closed;
};

enum {
    F_SLOW = 1,        // reads nothing, or slowly
    F_DISC = 2,        // the kernel throws its bytes away
    F_FULL = 4,        // whole messages are looked at, not only their head
    F_DEFL = 8,        // permessage-deflate was agreed on
    F_INMSG = 16,      // between two fragments
    F_ACC = 32,        // the message is gathered in m
    F_COMP = 64,       // it is compressed
    F_INF = 128,       // and is to be inflated
    F_TAKE = 256,      // the server keeps its context: hist is the window
    F_SSE_CHUNK = 512, // chunked
    F_SSE_EV = 1024,   // text/event-stream
    F_HIT = 2048,      // has seen line O.untilseq
    F_SEQ = 4096,      // has seen a line
    F_COUNTED = 8192,  // its handshake was counted
};
enum { S_IDLE, S_CONN, S_HS, S_OPEN, S_DEAD };

struct msg {
    u8 *d;
    size_t n, cap;
};

struct conn {
    int fd;
    u32 idx;
    u8 st, op, ck; // S_*; opcode of the message; state of the chunk parser
    u16 code;      // of its close
    u32 fl;        // F_*
    u8 *carry;     // bytes of an unfinished header or line
    u32 carryn;
    struct msg *m; // a message of several pieces
    u64 rem;       // bytes to come of the frame or chunk
    u64 next, win; // the line number expected; bit i: next-1-i was seen
    u64 first;     // the first line number
    u64 frames, bytes;
    u64 t0;   // when it began to connect
    u8 *hist; // window of a kept deflate context
    u32 histn;
    u32 credit; // bytes that a slow viewer may read
};

// A worker drives the viewers lo..hi-1.
struct worker {
    int id, lo, hi, ep;
    int nextc, inflight; // next viewer to connect; unanswered handshakes
    pid_t pid;
    double cpu0, cpu1;  // its own CPU at the ends of the window
    struct cnt c, base; // from the start; at the start of the window
    struct hist lat, hs;
    u64 conn, fail, open, hit, last_hs;
    u64 fail_sys[256], fail_http[600], fail_to, fail_acc, fail_eof, fail_ext;
    u64 codes[5000]; // closes, by code
    u64 churned, reconn, churn_t0;
    int churn_at;
    u64 last_slow;
    int sampc;
    u8 *buf, *scr; // read buffer; inflated message
    size_t bufcap, scrcap;
};

// Workers above the first are forked processes, as RLIMIT_NOFILE is per
// process; C, W and SH are shared memory.
static struct conn *C;
static struct worker *W;
enum { CONNECT, WARM_UP, MEASURE, STOP };
static struct sh {
    atomic_int phase;
    atomic_ullong hs; // handshakes that were answered or failed
} * SH;
#define phase (SH->phase)
#define hs_total (SH->hs)

static volatile sig_atomic_t sigstop;
static FILE *savef;
static u64 seed;

static void onsig(int s) {
    (void)s;
    sigstop = 1;
}

static u64 mix(u64 x) {
    x += 0x9E3779B97F4A7C15ull;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

// The Sec-WebSocket-Key of a connection; out takes 25 bytes.
static void key_for(u32 idx, u64 t0, char *out) {
    u64 k[2] = {mix(seed + idx), mix(seed ^ t0 ^ ((u64)idx << 32))};
    base64((u8 *)k, 16, out);
}

// Copies s with {i} and {f} replaced.
static void expand(const char *s, u32 idx, char *o, size_t cap) {
    size_t k = 0;
    while (*s && k + 12 < cap) {
        if (!strncmp(s, "{i}", 3)) {
            k += sprintf(o + k, "%u", idx);
            s += 3;
        } else if (!strncmp(s, "{f}", 3)) {
            k += sprintf(o + k, "%u", idx % (O.files > 0 ? O.files : 1));
            s += 3;
        } else {
            o[k++] = *s++;
        }
    }
    o[k] = 0;
}

// Whether a share of the viewers, spread evenly, includes this one.
static int pick(double share, u32 idx) {
    return share > 0 && (u64)((idx + 1) * share) > (u64)(idx * share);
}

static void free_message(struct conn *c) {
    if (c->m) {
        free(c->m->d);
        free(c->m);
        c->m = 0;
    }
}

// Closes the socket and forgets what was half read.
static void let_go(struct conn *c) {
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->st = S_DEAD;
    free(c->carry);
    c->carry = 0;
    c->carryn = 0;
    free_message(c);
    free(c->hist);
    c->hist = 0;
    c->histn = 0;
}

// A handshake that failed; slot counts the reason.
static void fail(struct worker *w, struct conn *c, u64 *slot) {
    if (slot)
        (*slot)++;
    if (c->st == S_CONN || c->st == S_HS)
        w->inflight--;
    let_go(c);
    if (!(c->fl & F_COUNTED)) {
        c->fl |= F_COUNTED;
        w->fail++;
        atomic_fetch_add(&hs_total, 1);
    }
}

static void conn_closed(struct worker *w, struct conn *c, int code) {
    w->codes[code < 5000 ? code : 4999]++;
    if (c->fl & F_SLOW)
        w->c.slow_closed++;
    c->code = code;
    w->open--;
    let_go(c);
}

// Makes close() send RST: no TIME_WAIT stays behind.
static void reset_on_close(int fd) {
    struct linger l = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
}

#endif
