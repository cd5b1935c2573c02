// wsload - a load client for WebSocket (and SSE) line streams. One file, libc only.
//   gcc -O2 -o wsload wsload.c
// See README.md. Traffic goes only to the address named with -u; sources are 127.0.x.y.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

static u64 now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000ull + t.tv_nsec;
}

// ---------------------------------------------------------------- SHA-1, base64
static void sha1(const u8 *d, size_t n, u8 out[20]) { // n <= 119
    u32 h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    u8 m[128];
    memset(m, 0, sizeof m);
    memcpy(m, d, n);
    m[n] = 0x80;
    size_t blocks = (n + 9 + 63) / 64;
    u64 bits = n * 8;
    for (int i = 0; i < 8; i++)
        m[blocks * 64 - 1 - i] = bits >> (8 * i);
    for (size_t b = 0; b < blocks; b++) {
        u32 w[80];
        for (int i = 0; i < 16; i++)
            w[i] = (u32)m[b * 64 + i * 4] << 24 | m[b * 64 + i * 4 + 1] << 16 | m[b * 64 + i * 4 + 2] << 8 |
                   m[b * 64 + i * 4 + 3];
        for (int i = 16; i < 80; i++) {
            u32 x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
            w[i] = x << 1 | x >> 31;
        }
        u32 a = h[0], bb = h[1], c = h[2], dd = h[3], e = h[4];
        for (int i = 0; i < 80; i++) {
            u32 f, k;
            if (i < 20) {
                f = (bb & c) | (~bb & dd);
                k = 0x5A827999;
            } else if (i < 40) {
                f = bb ^ c ^ dd;
                k = 0x6ED9EBA1;
            } else if (i < 60) {
                f = (bb & c) | (bb & dd) | (c & dd);
                k = 0x8F1BBCDC;
            } else {
                f = bb ^ c ^ dd;
                k = 0xCA62C1D6;
            }
            u32 t = (a << 5 | a >> 27) + f + e + k + w[i];
            e = dd;
            dd = c;
            c = bb << 30 | bb >> 2;
            bb = a;
            a = t;
        }
        h[0] += a;
        h[1] += bb;
        h[2] += c;
        h[3] += dd;
        h[4] += e;
    }
    for (int i = 0; i < 20; i++)
        out[i] = h[i / 4] >> (24 - 8 * (i % 4));
}
static int b64(const u8 *d, int n, char *o) {
    static const char T[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    int k = 0;
    for (int i = 0; i < n; i += 3) {
        u32 v = d[i] << 16 | (i + 1 < n ? d[i + 1] << 8 : 0) | (i + 2 < n ? d[i + 2] : 0);
        o[k++] = T[v >> 18];
        o[k++] = T[v >> 12 & 63];
        o[k++] = i + 1 < n ? T[v >> 6 & 63] : '=';
        o[k++] = i + 2 < n ? T[v & 63] : '=';
    }
    o[k] = 0;
    return k;
}
static void accept_for(const char *key, char *out) {
    char t[64];
    u8 h[20];
    int n = snprintf(t, sizeof t, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    sha1((u8 *)t, n, h);
    b64(h, 20, out);
}

// ---------------------------------------------------------------- inflate (raw deflate, RFC 1951)
struct huff {
    u16 count[16], symbol[288];
    u16 fast[512];
};
struct inf {
    const u8 *in;
    size_t n, pos;
    u64 bits;
    int nb;
    u8 *out;
    size_t cap, o;
};
static inline int infill(struct inf *s, int need) {
    while (s->nb < need) {
        if (s->pos >= s->n)
            return 0;
        s->bits |= (u64)s->in[s->pos++] << s->nb;
        s->nb += 8;
    }
    return 1;
}
static inline int inbits(struct inf *s, int n, u32 *v) {
    if (!infill(s, n))
        return 0;
    *v = s->bits & ((1u << n) - 1);
    s->bits >>= n;
    s->nb -= n;
    return 1;
}
static int hbuild(struct huff *h, const u8 *len, int n) {
    u16 offs[16];
    memset(h->count, 0, sizeof h->count);
    for (int i = 0; i < n; i++)
        h->count[len[i]]++;
    h->count[0] = 0;
    offs[1] = 0;
    for (int i = 1; i < 15; i++)
        offs[i + 1] = offs[i] + h->count[i];
    for (int i = 0; i < n; i++)
        if (len[i])
            h->symbol[offs[len[i]]++] = i;
    memset(h->fast, 0, sizeof h->fast);
    int code = 0, idx = 0;
    for (int l = 1; l <= 9; l++) {
        for (int k = 0; k < h->count[l]; k++) {
            int r = 0;
            for (int b = 0; b < l; b++)
                if (code >> b & 1)
                    r |= 1 << (l - 1 - b);
            for (int f = r; f < 512; f += 1 << l)
                h->fast[f] = (u16)(l << 9 | h->symbol[idx + k]);
            code++;
        }
        idx += h->count[l];
        code <<= 1;
    }
    return 0;
}
static inline int hsym(struct inf *s, const struct huff *h) {
    infill(s, 15);
    u16 e = h->fast[s->bits & 511];
    int l = e >> 9;
    if (l && l <= s->nb) {
        s->bits >>= l;
        s->nb -= l;
        return e & 511;
    }
    int code = 0, first = 0, idx = 0;
    u64 b = s->bits;
    for (l = 1; l <= 15; l++) {
        if (l > s->nb)
            return -1;
        code |= b & 1;
        b >>= 1;
        int c = h->count[l];
        if (code - c < first) {
            s->bits >>= l;
            s->nb -= l;
            return h->symbol[idx + (code - first)];
        }
        idx += c;
        first += c;
        first <<= 1;
        code <<= 1;
    }
    return -1;
}
static const u16 LB[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                         31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const u8 LE[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                        2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const u16 DB[] = {1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                         33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                         1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
static const u8 DE[] = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                        6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
static struct huff FIXL, FIXD;
static void inf_init(void) {
    u8 l[288];
    int i = 0;
    for (; i < 144; i++)
        l[i] = 8;
    for (; i < 256; i++)
        l[i] = 9;
    for (; i < 280; i++)
        l[i] = 7;
    for (; i < 288; i++)
        l[i] = 8;
    hbuild(&FIXL, l, 288);
    for (i = 0; i < 30; i++)
        l[i] = 5;
    hbuild(&FIXD, l, 30);
}
// Inflates one message; out[0..start) is the history window. Returns bytes after start, or -1.
static long inflate_msg(const u8 *in, size_t n, u8 *out, size_t cap, size_t start) {
    static __thread struct huff dl, dd;
    struct inf s = {in, n, 0, 0, 0, out, cap, start};
    for (;;) {
        u32 fin, type;
        if (!inbits(&s, 1, &fin) || !inbits(&s, 2, &type))
            return -1;
        if (type == 0) {
            s.bits >>= s.nb & 7;
            s.nb -= s.nb & 7;
            u32 a, b;
            if (!inbits(&s, 16, &a) || !inbits(&s, 16, &b) || (a ^ 0xffff) != b)
                return -1;
            while (a && s.nb) {
                if (s.o >= s.cap)
                    return -1;
                s.out[s.o++] = s.bits;
                s.bits >>= 8;
                s.nb -= 8;
                a--;
            }
            if (a > s.n - s.pos || a > s.cap - s.o)
                return -1;
            memcpy(s.out + s.o, s.in + s.pos, a);
            s.o += a;
            s.pos += a;
        } else if (type == 3)
            return -1;
        else {
            const struct huff *hl = &FIXL, *hd = &FIXD;
            if (type == 2) {
                u32 hlit, hdist, hclen;
                if (!inbits(&s, 5, &hlit) || !inbits(&s, 5, &hdist) || !inbits(&s, 4, &hclen))
                    return -1;
                hlit += 257;
                hdist++;
                hclen += 4;
                static const u8 ord[] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
                u8 len[320] = {0};
                u32 v;
                for (u32 i = 0; i < hclen; i++) {
                    if (!inbits(&s, 3, &v))
                        return -1;
                    len[ord[i]] = v;
                }
                hbuild(&dl, len, 19);
                u8 ll[320];
                u32 i = 0;
                while (i < hlit + hdist) {
                    int sy = hsym(&s, &dl);
                    if (sy < 0)
                        return -1;
                    if (sy < 16) {
                        ll[i++] = sy;
                        continue;
                    }
                    u8 p = 0;
                    u32 r;
                    if (sy == 16) {
                        if (!i)
                            return -1;
                        p = ll[i - 1];
                        if (!inbits(&s, 2, &r))
                            return -1;
                        r += 3;
                    } else if (sy == 17) {
                        if (!inbits(&s, 3, &r))
                            return -1;
                        r += 3;
                    } else {
                        if (!inbits(&s, 7, &r))
                            return -1;
                        r += 11;
                    }
                    if (i + r > hlit + hdist)
                        return -1;
                    while (r--)
                        ll[i++] = p;
                }
                hbuild(&dl, ll, hlit);
                hbuild(&dd, ll + hlit, hdist);
                hl = &dl;
                hd = &dd;
            }
            for (;;) {
                int sy = hsym(&s, hl);
                if (sy < 0)
                    return -1;
                if (sy < 256) {
                    if (s.o >= s.cap)
                        return -1;
                    s.out[s.o++] = sy;
                    continue;
                }
                if (sy == 256)
                    break;
                sy -= 257;
                if (sy > 28)
                    return -1;
                u32 e = 0;
                if (!inbits(&s, LE[sy], &e))
                    return -1;
                u32 len = LB[sy] + e;
                int ds = hsym(&s, hd);
                if (ds < 0 || ds > 29)
                    return -1;
                if (!inbits(&s, DE[ds], &e))
                    return -1;
                u32 dist = DB[ds] + e;
                if (dist > s.o || len > s.cap - s.o)
                    return -1;
                u8 *q = s.out + s.o;
                for (u32 k = 0; k < len; k++)
                    q[k] = q[k - (long)dist];
                s.o += len;
            }
        }
        if (fin)
            break; // allowed by RFC 7692 7.2.3.4
        if (s.pos == s.n && s.nb < 8)
            break;
    }
    return (long)(s.o - start);
}

// ---------------------------------------------------------------- options
#define MAXURL 64
static struct {
    char host[64];
    int port;
    char path[1024];
    struct sockaddr_in sa;
} url[MAXURL];
static int nurl;
static struct {
    int n;
    double rate, dur, warmup, slow, discard, inflate, churn, timeout;
    int rcvbuf, rbuf, verbose, sse, deflate, threads, inflight, persrc, files, sample, multi, utf8, end,
        takeover, headn;
    long slowrate;
    char *hdr;
    size_t hdrn;
    char *sub[16];
    int nsub;
    const char *seqm, *tm;
    int seqml, tml;
    char *save, *ready;
    int pid, pids[64], npid;
    u64 untilseq, maxframes;
    double slowdrain;
    int dump;
    u32 srcbase;
    int nolat;
} O;

// ---------------------------------------------------------------- stats
#define HB 64
#define HS 32 // sub-buckets: 3% resolution
struct hist {
    u64 b[HB * HS], n, max;
    double sum;
};
static inline void hadd(struct hist *h, u64 v) {
    int i;
    if (v < HS)
        i = (int)v;
    else {
        int e = 63 - __builtin_clzll(v);
        i = (e - 4) * HS + (int)((v >> (e - 5)) & 31);
    }
    h->b[i]++;
    h->n++;
    h->sum += v;
    if (v > h->max)
        h->max = v;
}
static u64 hval(int i) {
    if (i < HS)
        return i;
    int e = i / HS + 4;
    u64 lo = ((u64)1 << e) | ((u64)(i % HS) << (e - 5));
    return lo + ((u64)1 << (e - 5)) / 2;
}
static double hpct(struct hist *h, double p) {
    if (!h->n)
        return 0;
    u64 t = (u64)(p * h->n + 0.5), c = 0;
    if (t < 1)
        t = 1;
    for (int i = 0; i < HB * HS; i++) {
        c += h->b[i];
        if (c >= t) {
            u64 v = hval(i);
            return v > h->max ? h->max : v;
        }
    }
    return h->max;
}
static void hmerge(struct hist *a, const struct hist *b) {
    for (int i = 0; i < HB * HS; i++)
        a->b[i] += b->b[i];
    a->n += b->n;
    a->sum += b->sum;
    if (b->max > a->max)
        a->max = b->max;
}
struct seqs {
    u64 gaps, missing, dups, ooo, noseq;
};
struct cnt {
    u64 frames, bytes, wire, discard, reads, binary, pings, pongs, bad_utf8;
    struct seqs s[2]; // [1]: slow viewers
    u64 proto, frag, inflated, inflate_err, slow_closed, seqreset;
};
enum {
    F_SLOW = 1,
    F_DISC = 2,
    F_FULL = 4,
    F_DEFL = 8,
    F_INMSG = 16,
    F_ACC = 32,
    F_COMP = 64,
    F_INF = 128,
    F_TAKE = 256,
    F_SSE_CHUNK = 512,
    F_SSE_EV = 1024,
    F_HIT = 2048,
    F_SEQ = 4096,
    F_SAVE = 8192,
    F_SRVCLOSE = 16384,
    F_COUNTED = 32768
};
enum { S_IDLE, S_CONN, S_HS, S_OPEN, S_DEAD };
struct msg {
    u8 *d;
    size_t n, cap;
};
struct conn {
    int fd;
    u32 idx;
    u8 st, op, ck;
    u16 code;
    u32 fl, carryn;
    u8 *carry;
    struct msg *m;
    u64 rem, next, win, first, frames, bytes, t0;
    u8 *hist;
    u32 histn;
    u32 credit;
};
struct worker {
    int id, lo, hi, ep, nextc;
    pid_t pid;
    double cpu0, cpu1;
    struct cnt c, base;
    struct hist lat, hs;
    u64 conn, fail, open, hsdone;
    u8 *buf;
    size_t bufcap;
    u8 *scr;
    size_t scrcap;
    u64 fail_sys[256], fail_http[600], fail_to, fail_acc, fail_eof, fail_ext;
    u64 codes[5000];
    u64 closed_by_end;
    u64 churned, reconn;
    int phase_seen;
    u64 hit;
    u64 last_hs;
    u64 lastslow, churn_t0;
    u64 churn_done;
    int churn_at;
    int inflight;
    u64 t_conn0;
    int sampc;
};
// workers above the first are forked processes (RLIMIT_NOFILE is per process); C, W and SH are shared memory
static struct conn *C;
static struct worker *W;
static struct sh {
    atomic_int phase;
    atomic_ullong hs;
} * SH; // phase: 0 connect 1 warm-up 2 measure 3 stop
#define phase (SH->phase)
#define hs_total (SH->hs)
static volatile sig_atomic_t sigstop;
static FILE *savef;
static void onsig(int s) {
    (void)s;
    sigstop = 1;
}
static u64 seed;
static u64 mix(u64 x) {
    x += 0x9E3779B97F4A7C15ull;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}
static void key_for(u32 idx, u64 t0, char *o) {
    u64 k[2] = {mix(seed + idx), mix(seed ^ t0 ^ ((u64)idx << 32))};
    b64((u8 *)k, 16, o);
}

static void expand(const char *s, u32 idx, char *o, size_t cap) {
    size_t k = 0;
    while (*s && k + 12 < cap) {
        if (!strncmp(s, "{i}", 3)) {
            k += sprintf(o + k, "%u", idx);
            s += 3;
        } else if (!strncmp(s, "{f}", 3)) {
            k += sprintf(o + k, "%u", idx % (O.files > 0 ? O.files : 1));
            s += 3;
        } else
            o[k++] = *s++;
    }
    o[k] = 0;
}

static void fail(struct worker *w, struct conn *c, u64 *slot) {
    if (slot)
        (*slot)++;
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    if (c->st == S_CONN || c->st == S_HS)
        w->inflight--;
    c->st = S_DEAD;
    free(c->carry);
    c->carry = 0;
    c->carryn = 0;
    if (!(c->fl & F_COUNTED)) {
        c->fl |= F_COUNTED;
        w->fail++;
        atomic_fetch_add(&hs_total, 1);
    }
}
static void freemsg(struct conn *c) {
    if (c->m) {
        free(c->m->d);
        free(c->m);
        c->m = 0;
    }
}
static void conn_closed(struct worker *w, struct conn *c, int code) {
    w->codes[code < 5000 ? code : 4999]++;
    if (c->fl & F_SLOW)
        w->c.slow_closed++;
    close(c->fd);
    c->fd = -1;
    c->st = S_DEAD;
    c->code = code;
    w->open--;
    free(c->carry);
    c->carry = 0;
    c->carryn = 0;
    freemsg(c);
    free(c->hist);
    c->hist = 0;
}
static int hs_send(struct worker *w, struct conn *c) {
    char path[1200], rq[8192], key[32];
    int ui = c->idx % nurl;
    expand(url[ui].path, c->idx, path, sizeof path);
    int n;
    if (O.sse)
        n = snprintf(rq, sizeof rq, "GET %s HTTP/1.1\r\nHost: %s:%d\r\nAccept: text/event-stream\r\n%s\r\n",
                     path, url[ui].host, url[ui].port, O.hdr ? O.hdr : "");
    else {
        key_for(c->idx, c->t0, key);
        n = snprintf(
            rq, sizeof rq,
            "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: "
            "Upgrade\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s%s\r\n",
            path, url[ui].host, url[ui].port, key,
            O.deflate
                ? (O.takeover ? "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n"
                              : "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
                                "client_no_context_takeover\r\n")
                : "",
            O.hdr ? O.hdr : "");
    }
    ssize_t r = send(c->fd, rq, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (r == n) {
        c->st = S_HS;
        return 1;
    }
    if (r < 0 && (errno == EAGAIN || errno == ENOTCONN))
        return 0;
    fail(w, c, &w->fail_sys[r < 0 ? errno & 255 : 0]);
    return -1;
}
static void conn_start(struct worker *w, struct conn *c) {
    int ui = c->idx % nurl;
    u32 keep = c->fl & (F_COUNTED | F_HIT);
    c->fl = keep;
    c->carryn = 0;
    c->rem = 0;
    c->op = 0;
    c->ck = 0;
    c->win = 0;
    c->next = c->first = 0;
    c->credit = 0;
    c->code = 0;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    c->t0 = now_ns();
    if (!w->t_conn0)
        w->t_conn0 = c->t0;
    if (c->fd < 0) {
        c->st = S_DEAD;
        fail(w, c, &w->fail_sys[errno & 255]);
        return;
    }
    if (O.rcvbuf)
        setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &O.rcvbuf, sizeof(int));
    int one = 1;
    if ((ntohl(url[ui].sa.sin_addr.s_addr) >> 24) == 127) {
        setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        struct sockaddr_in s = {.sin_family = AF_INET};
        u32 k = c->idx / O.persrc;
        s.sin_addr.s_addr = htonl(O.srcbase + (k / 250) * 256 + k % 250);
        bind(c->fd, (void *)&s, sizeof s);
    }
    c->st = S_CONN;
    w->inflight++;
    if (connect(c->fd, (void *)&url[ui].sa, sizeof url[ui].sa) < 0 && errno != EINPROGRESS) {
        fail(w, c, &w->fail_sys[errno & 255]);
        return;
    }
    int r = hs_send(w, c);
    if (r < 0)
        return;
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET | (r == 0 ? EPOLLOUT : 0),
                            .data.u32 = c->idx};
    epoll_ctl(w->ep, EPOLL_CTL_ADD, c->fd, &e);
}
static void send_frame(struct conn *c, int op, const u8 *p,
                       size_t n) { // masked (mask key 0x37fa213d), whole or not at all
    u8 stackb[1200], *b = n > 1100 ? malloc(n + 16) : stackb;
    size_t k = 0;
    b[k++] = 0x80 | op;
    if (n < 126)
        b[k++] = 0x80 | n;
    else if (n < 65536) {
        b[k++] = 0xfe;
        b[k++] = n >> 8;
        b[k++] = n;
    } else {
        b[k++] = 0xff;
        for (int i = 7; i >= 0; i--)
            b[k++] = (u64)n >> (8 * i);
    }
    static const u8 mk[4] = {0x37, 0xfa, 0x21, 0x3d};
    memcpy(b + k, mk, 4);
    k += 4;
    for (size_t i = 0; i < n; i++)
        b[k + i] = p[i] ^ mk[i & 3];
    if (send(c->fd, b, k + n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    }
    if (b != stackb)
        free(b);
}

// ---------------------------------------------------------------- lines
static int bad_utf8(const u8 *p, size_t n) {
    size_t i = 0;
    while (i < n) {
        u8 b = p[i];
        if (b < 0x80) {
            i++;
            continue;
        }
        int k;
        u32 v;
        if (b >= 0xc2 && b <= 0xdf) {
            k = 1;
            v = b & 31;
        } else if ((b & 0xf0) == 0xe0) {
            k = 2;
            v = b & 15;
        } else if (b >= 0xf0 && b <= 0xf4) {
            k = 3;
            v = b & 7;
        } else
            return 1;
        if (i + k >= n + 0 && i + k > n - 1)
            return 1;
        for (int j = 1; j <= k; j++) {
            if ((p[i + j] & 0xc0) != 0x80)
                return 1;
            v = v << 6 | (p[i + j] & 63);
        }
        if ((k == 2 && (v < 0x800 || (v >= 0xd800 && v < 0xe000))) ||
            (k == 3 && (v < 0x10000 || v > 0x10ffff)))
            return 1;
        i += k + 1;
    }
    return 0;
}
static inline void seq_seen(struct worker *w, struct conn *c, u64 q) {
    struct seqs *s = &w->c.s[c->fl & F_SLOW ? 1 : 0];
    if (!(c->fl & F_SEQ)) {
        c->fl |= F_SEQ;
        c->first = q;
        c->next = q + 1;
        c->win = 1;
    } else if (q == c->next) {
        c->next++;
        c->win = c->win << 1 | 1;
    } else if (q > c->next) {
        u64 d = q - c->next;
        s->gaps++;
        s->missing += d;
        c->win = d >= 63 ? 1 : c->win << (d + 1) | 1;
        c->next = q + 1;
    } else {
        u64 d = c->next - 1 - q;
        if (d < 64) {
            if (c->win >> d & 1)
                s->dups++;
            else if (q < c->first) {
                s->ooo++;
            } else {
                s->ooo++;
                c->win |= 1ull << d;
            }
        } else if (q < c->first)
            s->ooo++;
        else
            s->dups++;
    }
    if (O.untilseq && !(c->fl & F_HIT) && q >= O.untilseq) {
        c->fl |= F_HIT;
        w->hit++;
    }
}
static inline const u8 *check_line(struct worker *w, struct conn *c, const u8 *p, const u8 *e,
                                   u64 now) { // returns where it stopped
    const u8 *q;
    if (e - p > O.seqml && !memcmp(p, O.seqm, O.seqml))
        q = p + O.seqml;
    else {
        q = memmem(p, e - p, O.seqm, O.seqml);
        if (!q || q + O.seqml >= e) {
            w->c.s[c->fl & F_SLOW ? 1 : 0].noseq++;
            return e;
        }
        q += O.seqml;
    }
    u64 v = 0;
    const u8 *d = q;
    while (q < e && (unsigned)(*q - '0') < 10)
        v = v * 10 + (*q++ - '0');
    if (q == d) {
        w->c.s[c->fl & F_SLOW ? 1 : 0].noseq++;
        return q;
    }
    seq_seen(w, c, v);
    if (O.nolat || (c->fl & F_SLOW))
        return q;
    if (++w->sampc < O.sample)
        return q;
    w->sampc = 0;
    if (e - q > O.tml + 1 && *q == ' ' && !memcmp(q + 1, O.tm, O.tml))
        q += 1 + O.tml;
    else {
        const u8 *t = memmem(q, e - q > 256 ? 256 : e - q, O.tm, O.tml);
        if (!t || isalnum(t[-1]))
            return q;
        q = t + O.tml;
    }
    u64 t = 0;
    while (q < e && (unsigned)(*q - '0') < 10)
        t = t * 10 + (*q++ - '0');
    if (t && t <= now && now - t < 3600ull * 1000000000)
        hadd(&w->lat, now - t);
    return q;
}
static void text_msg(struct worker *w, struct conn *c, const u8 *p, size_t n, u64 now) { // a whole message
    if (O.utf8 && c->op == 1 && bad_utf8(p, n))
        w->c.bad_utf8++;
    if (c->idx == 0) {
        if (savef) {
            fwrite(p, 1, n, savef);
            fputc('\n', savef);
        }
        if (O.dump > 0) {
            O.dump--;
            fprintf(stderr, "[0] op=%d %zu B: %.*s\n", c->op, n, (int)(n > 300 ? 300 : n), p);
        }
    }
    if (O.multi) {
        const u8 *e = p + n;
        u64 k = 0;
        while (p < e) {
            const u8 *q = memmem(p, e - p, O.seqm, O.seqml);
            if (!q)
                break;
            p = check_line(w, c, q, e, now);
            k++;
        }
        if (!k)
            w->c.s[c->fl & F_SLOW ? 1 : 0].noseq++;
    } else
        check_line(w, c, p, p + (n > (size_t)O.headn ? (size_t)O.headn : n), now);
}
static void macc(struct conn *c, const u8 *p, size_t n) {
    if (!c->m)
        c->m = calloc(1, sizeof *c->m);
    struct msg *m = c->m;
    if (m->n + n > m->cap) {
        m->cap = (m->n + n) * 2;
        m->d = realloc(m->d, m->cap);
    }
    memcpy(m->d + m->n, p, n);
    m->n += n;
}
static int full_msg(struct worker *w, struct conn *c, const u8 *p, size_t n, u64 now) {
    if (c->fl & F_COMP) {
        if (!(c->fl & F_INF))
            return 0;
        size_t hn = c->histn;
        size_t cap = hn + n * 64 + 65536;
        if (cap > 64 << 20)
            cap = 64 << 20;
        if (cap < n * 4)
            cap = n * 4;
        if (cap > w->scrcap) {
            free(w->scr);
            w->scr = malloc(w->scrcap = cap);
        }
        if (hn)
            memcpy(w->scr, c->hist, hn);
        static __thread u8 *tmp;
        static __thread size_t tcap;
        if (n + 4 > tcap) {
            tmp = realloc(tmp, tcap = (n + 4) * 2);
        }
        memcpy(tmp, p, n);
        memcpy(tmp + n, "\0\0\xff\xff", 4);
        long r;
        for (;;) {
            r = inflate_msg(tmp, n + 4, w->scr, w->scrcap, hn);
            if (r >= 0 || w->scrcap >= (64 << 20))
                break;
            break;
        }
        if (r < 0) {
            w->c.inflate_err++;
            return 0;
        }
        w->c.inflated += r;
        c->bytes += r;
        if (c->fl & F_TAKE) {
            size_t tot = hn + r, k = tot > 32768 ? 32768 : tot;
            if (!c->hist)
                c->hist = malloc(32768);
            memmove(c->hist, w->scr + tot - k, k);
            c->histn = k;
        }
        text_msg(w, c, w->scr + hn, r, now);
        return 0;
    }
    text_msg(w, c, p, n, now);
    return 0;
}
static int proto_err(struct worker *w, struct conn *c) {
    w->c.proto++;
    u8 b[2] = {1002 >> 8, 1002 & 255};
    send_frame(c, 8, b, 2);
    conn_closed(w, c, 1002);
    return -1;
}
static int carry(struct conn *c, const u8 *p, size_t n) {
    if (!n) {
        free(c->carry);
        c->carry = 0;
        c->carryn = 0;
        return 0;
    }
    u8 *x = malloc(n);
    memcpy(x, p, n);
    free(c->carry);
    c->carry = x;
    c->carryn = n;
    return 0;
}
static void msg_done(struct worker *w, struct conn *c) {
    w->c.frames++;
    c->frames++;
    if (c->op == 2)
        w->c.binary++;
}
// Parses n bytes of frames. Returns -1 when the connection went away.
static int parse(struct worker *w, struct conn *c, const u8 *p, size_t n, u64 now) {
    const u8 *e = p + n;
    while (p < e) {
        if (c->rem) {
            size_t k = (size_t)(e - p) < c->rem ? (size_t)(e - p) : c->rem;
            if (c->fl & F_ACC)
                macc(c, p, k);
            p += k;
            c->rem -= k;
            if (c->rem)
                break;
            if (c->fl & F_INMSG) {
                c->fl &= ~F_ACC;
                continue;
            } // a fragment ended, the message goes on
            if (c->fl & F_ACC) {
                c->fl &= ~F_ACC;
                full_msg(w, c, c->m->d, c->m->n, now);
                freemsg(c);
            }
            msg_done(w, c);
            continue;
        }
        size_t av = e - p;
        if (av < 2)
            return carry(c, p, av);
        u8 b0 = p[0], b1 = p[1];
        if (b1 & 0x80)
            return proto_err(w, c);
        u64 len = b1 & 127;
        size_t h = 2;
        if (len == 126) {
            if (av < 4)
                return carry(c, p, av);
            len = p[2] << 8 | p[3];
            h = 4;
            if (len < 126)
                return proto_err(w, c);
        } else if (len == 127) {
            if (av < 10)
                return carry(c, p, av);
            len = 0;
            for (int i = 2; i < 10; i++)
                len = len << 8 | p[i];
            h = 10;
            if (len < 65536 || len >> 62)
                return proto_err(w, c);
        }
        int op = b0 & 15, fin = b0 >> 7;
        if (op >= 8) {
            if (!fin || len > 125 || (b0 & 0x70) || op > 10)
                return proto_err(w, c);
            if (av < h + len)
                return carry(c, p, av);
            if (op == 9) {
                w->c.pings++;
                send_frame(c, 10, p + h, len);
            } else if (op == 10)
                w->c.pongs++;
            else {
                int code = 1005;
                if (len == 1)
                    return proto_err(w, c);
                if (len >= 2) {
                    code = p[h] << 8 | p[h + 1];
                    if (O.utf8 && bad_utf8(p + h + 2, len - 2))
                        w->c.bad_utf8++;
                    if (O.verbose > 1 || (O.dump > 0 && c->idx == 0))
                        fprintf(stderr, "[%u] close %d %.*s\n", c->idx, code, (int)len - 2, p + h + 2);
                }
                send_frame(c, 8, p + h, len >= 2 ? 2 : 0);
                conn_closed(w, c, code);
                return -1;
            }
            p += h + len;
            continue;
        }
        if (op > 2 || (op == 0) != !!(c->fl & F_INMSG))
            return proto_err(w, c);
        if (b0 & 0x30 || ((b0 & 0x40) && (!(c->fl & F_DEFL) || op == 0)))
            return proto_err(w, c);
        if (op) {
            c->op = op;
            if (b0 & 0x40)
                c->fl |= F_COMP;
            else
                c->fl &= ~F_COMP;
        }
        int comp = !!(c->fl & F_COMP);
        c->bytes += comp ? 0 : len;
        w->c.bytes += len;
        if (!fin || op == 0) {
            w->c.frag++;
            if (fin)
                c->fl &= ~F_INMSG;
            else
                c->fl |= F_INMSG;
            c->fl |= F_ACC;
            p += h;
            c->rem = len;
            macc(c, p, 0);
            if (!len) {
                c->fl &= ~F_ACC;
                if (fin) {
                    full_msg(w, c, c->m->d, c->m->n, now);
                    freemsg(c);
                    msg_done(w, c);
                }
            }
            continue;
        }
        if (comp && !(c->fl & F_INF)) {
        } else if (comp || (c->fl & F_FULL)) {
            if (av >= h + len) {
                full_msg(w, c, p + h, len, now);
                p += h + len;
                msg_done(w, c);
                continue;
            }
            p += h;
            c->rem = len;
            c->fl |= F_ACC;
            continue;
        } else {
            size_t need = len < (u64)O.headn ? len : (size_t)O.headn;
            if (av < h + need) {
                c->bytes -= len;
                w->c.bytes -= len;
                return carry(c, p, av);
            }
            check_line(w, c, p + h, p + h + need, now);
        }
        p += h;
        av -= h;
        if (av >= len) {
            p += len;
            msg_done(w, c);
        } else {
            c->rem = len - av;
            p = e;
        }
    }
    return carry(c, 0, 0);
}
// ---- SSE / plain streaming: de-chunk in place, then lines
static int sse_parse(struct worker *w, struct conn *c, u8 *buf, size_t pre, size_t n,
                     u64 now) { // buf[0..pre) is a carried partial line; buf[pre..pre+n) new raw bytes
    u8 *o = buf + pre, *p = buf + pre, *e = p + n;
    int eof = 0;
    if (c->fl & F_SSE_CHUNK) {
        while (p < e) { // ck: 0 size, 1 ext, 2 data, 3 CR, 4 LF, 5 end
            switch (c->ck) {
            case 0: {
                int d = isxdigit(*p) ? (isdigit(*p) ? *p - '0' : (*p | 32) - 'a' + 10) : -1;
                if (d >= 0) {
                    c->rem = c->rem * 16 + d;
                    p++;
                } else
                    c->ck = 1;
                break;
            }
            case 1:
                if (*p++ == '\n')
                    c->ck = c->rem ? 2 : 5;
                break;
            case 2: {
                size_t k = (size_t)(e - p) < c->rem ? (size_t)(e - p) : c->rem;
                memmove(o, p, k);
                o += k;
                p += k;
                c->rem -= k;
                if (!c->rem)
                    c->ck = 3;
                break;
            }
            case 3:
                if (*p++ == '\n')
                    c->ck = 0;
                break;
            default:
                p = e;
                eof = 1;
            }
        }
    } else
        o = e;
    u8 *s = buf;
    while (s < o) {
        u8 *nl = memchr(s < buf + pre ? buf + pre : s, '\n', o - (s < buf + pre ? buf + pre : s));
        if (!nl)
            break;
        size_t k = nl - s;
        if (k && s[k - 1] == '\r')
            k--;
        if (k && (!(c->fl & F_SSE_EV) || (k >= 5 && !memcmp(s, "data:", 5)))) {
            u8 *b = s;
            if (c->fl & F_SSE_EV) {
                b += 5;
                k -= 5;
                if (k && *b == ' ') {
                    b++;
                    k--;
                }
            }
            w->c.bytes += k;
            c->bytes += k;
            c->op = 1;
            text_msg(w, c, b, k, now);
            msg_done(w, c);
        }
        s = nl + 1;
    }
    carry(c, s, o - s);
    if (eof) {
        conn_closed(w, c, 1000);
        return -1;
    }
    return 0;
}

static char *hfind(char *h, const char *name) {
    size_t l = strlen(name);
    char *p = strstr(h, "\r\n");
    while (p && p[2] != '\r') {
        p += 2;
        if (!strncasecmp(p, name, l) && p[l] == ':') {
            p += l + 1;
            while (*p == ' ' || *p == '\t')
                p++;
            return p;
        }
        p = strstr(p, "\r\n");
    }
    return 0;
}
static int has_tok(const char *v, const char *t) {
    const char *e = strstr(v, "\r\n");
    size_t l = strlen(t);
    for (const char *p = v; p + l <= e; p++)
        if (!strncasecmp(p, t, l))
            return 1;
    return 0;
}
static u32 pick(double frac, u32 idx) {
    return frac > 0 && (u64)((idx + 1) * frac) > (u64)(idx * frac);
}
// Handshake reply in b[0..n) (zero-terminated). Returns consumed bytes, 0 = need more, -1 = failed.
static long hs_reply(struct worker *w, struct conn *c, char *b, size_t n, u64 now) {
    char *end = memmem(b, n, "\r\n\r\n", 4);
    if (!end) {
        if (n > 16384) {
            fail(w, c, &w->fail_http[0]);
            return -1;
        }
        return 0;
    }
    int st = 0;
    if (sscanf(b, "HTTP/1.%*d %d", &st) != 1)
        st = 0;
    if (st < 0 || st > 599)
        st = 0;
    char save = end[4];
    end[4] = 0;
    char *v;
    int bad = 0;
    if (O.sse) {
        if (st != 200) {
            fail(w, c, &w->fail_http[st]);
            return -1;
        }
        v = hfind(b, "Transfer-Encoding");
        if (v && has_tok(v, "chunked"))
            c->fl |= F_SSE_CHUNK;
        v = hfind(b, "Content-Type");
        if (v && has_tok(v, "text/event-stream"))
            c->fl |= F_SSE_EV;
    } else {
        if (st != 101) {
            fail(w, c, &w->fail_http[st]);
            return -1;
        }
        char key[32], acc[40];
        key_for(c->idx, c->t0, key);
        accept_for(key, acc);
        if (!(v = hfind(b, "Upgrade")) || !has_tok(v, "websocket"))
            bad = 1;
        if (!(v = hfind(b, "Connection")) || !has_tok(v, "upgrade"))
            bad = 1;
        if (!(v = hfind(b, "Sec-WebSocket-Accept")) || strncmp(v, acc, 28) || (v[28] != '\r' && v[28] != ' '))
            bad = 1;
        if (bad) {
            fail(w, c, &w->fail_acc);
            return -1;
        }
        if ((v = hfind(b, "Sec-WebSocket-Extensions"))) {
            if (!O.deflate || !has_tok(v, "permessage-deflate")) {
                fail(w, c, &w->fail_ext);
                return -1;
            }
            c->fl |= F_DEFL;
            if (!has_tok(v, "server_no_context_takeover"))
                c->fl |= F_TAKE;
            if (pick(O.inflate, c->idx))
                c->fl |= F_INF;
        }
    }
    end[4] = save;
    c->st = S_OPEN;
    w->inflight--;
    w->open++;
    if (!(c->fl & F_COUNTED)) {
        c->fl |= F_COUNTED;
        w->conn++;
        atomic_fetch_add(&hs_total, 1);
        w->last_hs = now;
    } else
        w->reconn++;
    hadd(&w->hs, now - c->t0);
    if (pick(O.slow, c->idx))
        c->fl |= F_SLOW;
    else if (pick(O.discard, c->idx))
        c->fl |= F_DISC;
    if (O.utf8 || O.multi || (c->idx == 0 && (savef || O.dump)))
        c->fl |= F_FULL;
    for (int i = 0; i < O.nsub; i++) {
        char t[4096];
        expand(O.sub[i], c->idx, t, sizeof t);
        send_frame(c, 1, (u8 *)t, strlen(t));
    }
    if (c->fl & F_SLOW) {
        struct epoll_event ev = {.events = EPOLLRDHUP | EPOLLET, .data.u32 = c->idx};
        epoll_ctl(w->ep, EPOLL_CTL_MOD, c->fd, &ev);
    }
    return end + 4 - b;
}

static void drop_eof(struct worker *w, struct conn *c, int err) {
    if (c->st == S_HS || c->st == S_CONN) {
        if (err)
            fail(w, c, &w->fail_sys[err & 255]);
        else
            fail(w, c, &w->fail_eof);
    } else if (c->st == S_OPEN)
        conn_closed(w, c, O.sse && !err ? 1000 : 1006);
}
// Reads up to lim bytes. 1 = drained, 0 = gone, 2 = more may be there
static int do_read(struct worker *w, struct conn *c, size_t lim) {
    if ((c->fl & F_DISC) && c->st == S_OPEN) {
        ssize_t r = recv(c->fd, 0, 1 << 20, MSG_TRUNC | MSG_DONTWAIT);
        if (r > 0) {
            w->c.wire += r;
            w->c.discard += r;
            c->bytes += r;
            w->c.reads++;
            return r == 1 << 20 ? 2 : 1;
        }
        if (r == 0) {
            drop_eof(w, c, 0);
            return 0;
        }
        if (errno == EAGAIN || errno == EINTR)
            return 1;
        drop_eof(w, c, errno);
        return 0;
    }
    size_t pre = c->carryn;
    if (pre + 65536 > w->bufcap) {
        w->bufcap = pre * 2 + 65536;
        w->buf = realloc(w->buf, w->bufcap + 1);
    }
    size_t room = w->bufcap - pre;
    if (lim < room)
        room = lim;
    ssize_t r = recv(c->fd, w->buf + pre, room, MSG_DONTWAIT);
    if (r <= 0) {
        if (r < 0 && (errno == EAGAIN || errno == EINTR))
            return 1;
        drop_eof(w, c, r < 0 ? errno : 0);
        return 0;
    }
    u64 now = now_ns();
    w->c.reads++;
    if (pre)
        memcpy(w->buf, c->carry, pre);
    u8 *p = w->buf;
    size_t n = pre + r;
    int more = (size_t)r == room ? 2 : 1;
    if (c->st == S_CONN)
        c->st = S_HS;
    if (c->st == S_HS) {
        p[n] = 0;
        long k = hs_reply(w, c, (char *)p, n, now);
        if (k < 0)
            return 0;
        if (k == 0) {
            carry(c, p, n);
            return more;
        }
        p += k;
        n -= k;
        carry(c, 0, 0);
        pre = 0;
        if (!n)
            return more;
        w->c.wire += n;
        if (c->fl & F_DISC) {
            w->c.discard += n;
            c->bytes += n;
            return more;
        }
        if (O.sse)
            return sse_parse(w, c, p, 0, n, now) < 0 ? 0 : more;
        return parse(w, c, p, n, now) < 0 ? 0 : more;
    }
    w->c.wire += r;
    if (O.sse)
        return sse_parse(w, c, p, pre, r, now) < 0 ? 0 : more;
    return parse(w, c, p, n, now) < 0 ? 0 : more;
}

// ---------------------------------------------------------------- server process and kernel memory
struct sys {
    double ut, st;
    long rss, thr;
    long avail, slab, sockmem, ptab, vmal;
    long tcp_inuse, tcp_mem;
    double cpu_user, cpu_sys, cpu_soft, cpu_idle, cpu_steal;
    u64 t;
};
static void rd_sys(struct sys *s) {
    memset(s, 0, sizeof *s);
    s->t = now_ns();
    char b[4096], f[64];
    FILE *fp;
    double hz = sysconf(_SC_CLK_TCK);
    for (int i = 0; i < O.npid; i++) {
        snprintf(f, sizeof f, "/proc/%d/stat", O.pids[i]);
        if ((fp = fopen(f, "r"))) {
            if (fgets(b, sizeof b, fp)) {
                char *p = strrchr(b, ')');
                unsigned long u = 0, k = 0;
                if (p && sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &k) == 2) {
                    s->ut += u / hz;
                    s->st += k / hz;
                }
            }
            fclose(fp);
        }
        snprintf(f, sizeof f, "/proc/%d/status", O.pids[i]);
        if ((fp = fopen(f, "r"))) {
            long v;
            while (fgets(b, sizeof b, fp)) {
                if (sscanf(b, "VmRSS: %ld", &v) == 1)
                    s->rss += v;
                if (sscanf(b, "Threads: %ld", &v) == 1)
                    s->thr += v;
            }
            fclose(fp);
        }
    }
    if ((fp = fopen("/proc/meminfo", "r"))) {
        while (fgets(b, sizeof b, fp)) {
            sscanf(b, "MemAvailable: %ld", &s->avail);
            sscanf(b, "Slab: %ld", &s->slab);
            sscanf(b, "PageTables: %ld", &s->ptab);
            sscanf(b, "VmallocUsed: %ld", &s->vmal);
        }
        fclose(fp);
    }
    if ((fp = fopen("/proc/net/sockstat", "r"))) {
        while (fgets(b, sizeof b, fp))
            sscanf(b, "TCP: inuse %ld orphan %*d tw %*d alloc %*d mem %ld", &s->tcp_inuse, &s->tcp_mem);
        fclose(fp);
    }
    if ((fp = fopen("/proc/stat", "r"))) {
        double u, n, k, i, io, ir, so, stl;
        if (fscanf(fp, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &u, &n, &k, &i, &io, &ir, &so, &stl) == 8) {
            s->cpu_user = (u + n) / hz;
            s->cpu_sys = k / hz;
            s->cpu_soft = (ir + so) / hz;
            s->cpu_idle = (i + io) / hz;
            s->cpu_steal = stl / hz;
        }
        fclose(fp);
    }
}
static struct sys SY0, SY1, SY2;
static u64 t_start, t_ready, t_meas, t_end;
static double self_cpu(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return r.ru_utime.tv_sec + r.ru_utime.tv_usec / 1e6 + r.ru_stime.tv_sec + r.ru_stime.tv_usec / 1e6;
}
static void total(struct cnt *o, int base) {
    memset(o, 0, sizeof *o);
    for (int t = 0; t < O.threads; t++) {
        u64 *a = (u64 *)o, *b = (u64 *)(base ? &W[t].base : &W[t].c);
        for (size_t i = 0; i < sizeof(struct cnt) / 8; i++)
            a[i] += b[i];
    }
}

// ---------------------------------------------------------------- worker loop; worker 0 also runs the phases
static void coordinate(u64 now) {
    static u64 lastv;
    static struct cnt lastc;
    int ph = phase;
    if (ph == 0 && hs_total >= (u64)O.n) {
        t_ready = now;
        if (O.ready) {
            FILE *f = fopen(O.ready, "w");
            if (f) {
                fprintf(f, "%d\n", O.n);
                fclose(f);
            }
        }
        if (O.verbose)
            fprintf(stderr, "READY %.3fs\n", (now - t_start) / 1e9);
        if (O.pid && O.warmup > 0.05)
            rd_sys(&SY1);
        phase = 1;
        ph = 1;
    }
    if (ph == 1 && now >= t_ready + (u64)(O.warmup * 1e9)) {
        rd_sys(&SY1);
        t_meas = now_ns();
        phase = 2;
        ph = 2;
    }
    u64 hit = 0;
    struct cnt c;
    if (O.untilseq || O.maxframes || O.verbose) {
        total(&c, 0);
        for (int t = 0; t < O.threads; t++)
            hit += W[t].hit;
    }
    if (O.verbose && now >= lastv + 1000000000ull) {
        if (lastv) {
            u64 op = 0, fl = 0;
            for (int t = 0; t < O.threads; t++) {
                op += W[t].open;
                fl += W[t].fail;
            }
            double dt = (now - lastv) / 1e9;
            fprintf(stderr,
                    "%6.1fs open=%llu failed=%llu frames=%llu (%.0f/s) wire=%.1f MB/s gaps=%llu dups=%llu "
                    "p99=%.0fus\n",
                    (now - t_start) / 1e9, (unsigned long long)op, (unsigned long long)fl,
                    (unsigned long long)c.frames, (c.frames - lastc.frames) / dt,
                    (c.wire - lastc.wire) / dt / 1e6, (unsigned long long)c.s[0].gaps,
                    (unsigned long long)c.s[0].dups, hpct(&W[0].lat, .99) / 1e3);
        }
        lastv = now;
        lastc = c;
    }
    int stop = sigstop;
    if (ph >= 1 && O.dur >= 0 && now >= t_ready + (u64)((O.dur + O.warmup) * 1e9))
        stop = 1;
    if (ph >= 1 && O.untilseq) {
        u64 live = 0;
        for (int t = 0; t < O.threads; t++)
            live += W[t].open;
        if (hit >= (u64)O.n || !live)
            stop = 1;
    }
    if (ph >= 1 && O.maxframes && c.frames >= O.maxframes)
        stop = 1;
    if (ph >= 1) {
        u64 op = 0;
        for (int t = 0; t < O.threads; t++)
            op += W[t].open;
        if (!op && O.churn == 0)
            stop = 1;
    }
    if (stop && ph < 3) {
        if (!t_ready)
            t_ready = now;
        if (!t_meas) {
            t_meas = t_ready;
            rd_sys(&SY1);
        }
        t_end = now_ns();
        rd_sys(&SY2);
        phase = 3;
    }
}
static void handle(struct worker *w, struct epoll_event *e) {
    struct conn *c = &C[e->data.u32];
    if (c->fd < 0)
        return;
    u32 ev = e->events;
    if (c->st == S_CONN) {
        if (ev & (EPOLLERR | EPOLLHUP)) {
            int er = 0;
            socklen_t l = sizeof er;
            getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &er, &l);
            fail(w, c, &w->fail_sys[er & 255]);
            return;
        }
        if (ev & EPOLLOUT) {
            if (hs_send(w, c) <= 0)
                return;
            struct epoll_event x = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u32 = c->idx};
            epoll_ctl(w->ep, EPOLL_CTL_MOD, c->fd, &x);
        }
        return;
    }
    if ((c->fl & F_SLOW) && c->st == S_OPEN) {
        if (ev & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) {
            int r;
            do
                r = do_read(w, c, w->bufcap);
            while (c->fd >= 0 && r == 2);
            if (c->fd >= 0 && r == 1) {
                r = do_read(w, c, w->bufcap);
            }
        }
        return;
    }
    int fin = ev & (EPOLLHUP | EPOLLERR | EPOLLRDHUP), k = 0;
    for (;;) {
        int r = do_read(w, c, w->bufcap);
        if (!r || c->fd < 0)
            return;
        if ((c->fl & F_SLOW) && c->st == S_OPEN)
            return;
        if (r == 1 && !fin)
            return;
        if (r == 1 && fin) {
            if (++k > 64)
                return;
            char t;
            ssize_t z = recv(c->fd, &t, 1, MSG_PEEK | MSG_DONTWAIT);
            if (z < 0 && errno == EAGAIN)
                return;
            continue;
        }
        if (!fin && ++k >= 4) {
            struct epoll_event x = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u32 = c->idx};
            epoll_ctl(w->ep, EPOLL_CTL_MOD, c->fd, &x);
            return;
        }
    }
}
static void *worker(void *a) {
    struct worker *w = a;
    struct epoll_event ev[1024];
    double rate = O.rate / O.threads;
    u64 start = now_ns(), lastto = start;
    w->lastslow = start;
    int seen = 0, more = 1, lim = O.inflight / O.threads;
    if (lim < 1)
        lim = 1;
    for (;;) {
        u64 now = now_ns();
        if (w->id == 0)
            coordinate(now);
        int ph = phase;
        if (ph != seen) {
            if (ph >= 2 && seen < 2) {
                w->cpu0 = self_cpu();
                w->base = w->c;
                memset(&w->lat, 0, sizeof w->lat);
            }
            seen = ph;
            if (ph >= 3) {
                w->cpu1 = self_cpu();
                break;
            }
        }
        int to = ph == 0 ? 10 : (O.untilseq || O.maxframes) ? 10 : 50;
        if (w->nextc < w->hi) {
            int b = 0;
            int allow = rate > 0 ? (int)((now - start) / 1e9 * rate) + 1 - (w->nextc - w->lo) : 64;
            while (w->nextc < w->hi && w->inflight < lim && b < allow && b < 64) {
                conn_start(w, &C[w->nextc++]);
                b++;
            }
            if (w->nextc < w->hi && w->inflight < lim)
                to = rate > 0 ? 1 : 0;
        } else if (O.churn > 0 && ph >= 1) {
            if (!w->churn_t0)
                w->churn_t0 = now;
            u64 want = (u64)((now - w->churn_t0) / 1e9 * O.churn / O.threads);
            int b = 0;
            while (w->churned < want && w->inflight < lim && b < 64) {
                struct conn *c = &C[w->lo + w->churn_at];
                w->churn_at = (w->churn_at + 1) % (w->hi - w->lo);
                w->churned++;
                b++;
                if (c->st == S_OPEN) {
                    struct linger l = {1, 0};
                    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
                    close(c->fd);
                    c->fd = -1;
                    w->open--;
                    free(c->carry);
                    c->carry = 0;
                    freemsg(c);
                    free(c->hist);
                    c->hist = 0;
                    c->histn = 0;
                } else if (c->st != S_DEAD)
                    continue;
                conn_start(w, c);
            }
            to = 1;
        }
        if (now > lastto + 200000000ull) {
            lastto = now;
            for (int i = w->lo; i < w->nextc && w->inflight; i++) {
                struct conn *c = &C[i];
                if ((c->st == S_CONN || c->st == S_HS) && now > c->t0 + (u64)(O.timeout * 1e9))
                    fail(w, c, &w->fail_to);
            }
        }
        if (O.slowrate > 0 && now > w->lastslow + 20000000ull) {
            double dt = (now - w->lastslow) / 1e9;
            w->lastslow = now;
            u32 add = (u32)(dt * O.slowrate);
            for (int i = w->lo; i < w->nextc; i++) {
                struct conn *c = &C[i];
                if (c->st == S_OPEN && (c->fl & F_SLOW)) {
                    c->credit += add;
                    if (c->credit > (u32)O.slowrate + 1)
                        c->credit = O.slowrate;
                    if (c->credit > 0) {
                        u64 b = w->c.wire;
                        u32 lm = c->credit;
                        do_read(w, c, lm);
                        u64 g = w->c.wire - b;
                        c->credit = g >= c->credit ? 0 : c->credit - g;
                    }
                }
            }
            to = to > 20 ? 20 : to;
        }
        if (!more && 0)
            to = 0;
        int n = epoll_wait(w->ep, ev, 1024, to);
        for (int i = 0; i < n; i++)
            handle(w, &ev[i]);
    }
    // phase 3: end
    if (O.slowdrain > 0) {
        u64 t = now_ns() + (u64)(O.slowdrain * 1e9);
        u64 lastw = w->c.wire, lastt = now_ns();
        while (now_ns() < t && now_ns() < lastt + 300000000ull) {
            for (int i = w->lo; i < w->hi; i++)
                while (C[i].st == S_OPEN && (C[i].fl & F_SLOW) && now_ns() < t &&
                       do_read(w, &C[i], w->bufcap) == 2) {
                }
            if (w->c.wire != lastw) {
                lastw = w->c.wire;
                lastt = now_ns();
            }
            usleep(500);
        }
    }
    if (O.end == 2) {
        u64 left = w->open;
        u8 b[2] = {1000 >> 8, 1000 & 255};
        for (int i = w->lo; i < w->hi; i++)
            if (C[i].st == S_OPEN) {
                send_frame(&C[i], 8, b, 2);
            }
        u64 t = now_ns() + 3000000000ull;
        while (w->open && now_ns() < t) {
            int n = epoll_wait(w->ep, ev, 1024, 20);
            for (int i = 0; i < n; i++)
                handle(w, &ev[i]);
        }
        w->closed_by_end = left - w->open;
    }
    for (int i = w->lo; i < w->hi; i++)
        if (C[i].fd >= 0) {
            if (O.end == 0) {
                struct linger l = {1, 0};
                setsockopt(C[i].fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
            }
            close(C[i].fd);
        }
    return 0;
}

static int cmpu(const void *a, const void *b) {
    u64 x = *(u64 *)a, y = *(u64 *)b;
    return x < y ? -1 : x > y;
}
static int run(void) {
    struct rlimit rl;
    int per = (O.n + O.threads - 1) / O.threads;
    getrlimit(RLIMIT_NOFILE, &rl);
    rlim_t need = per + 64;
    if (rl.rlim_cur < need) {
        struct rlimit x = {need, rl.rlim_max > need ? rl.rlim_max : need};
        if (setrlimit(RLIMIT_NOFILE, &x)) {
            x.rlim_cur = x.rlim_max = rl.rlim_max;
            setrlimit(RLIMIT_NOFILE, &x);
            int cap = (int)rl.rlim_max - 64;
            if (per > cap && cap > 0) {
                O.threads = (O.n + cap - 1) / cap;
                fprintf(stderr, "wsload: RLIMIT_NOFILE stays at %lu, so %d processes\n",
                        (unsigned long)rl.rlim_max, O.threads);
            }
        }
    }
    inf_init();
    seed = mix(now_ns() ^ getpid());
    size_t cz = O.n * sizeof *C, wz = O.threads * sizeof *W;
    C = mmap(0, cz, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    W = mmap(0, wz, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    SH = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (C == MAP_FAILED || W == MAP_FAILED || SH == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    for (int i = 0; i < O.n; i++) {
        C[i].fd = -1;
        C[i].idx = i;
    }
    if (O.save && !(savef = fopen(O.save, "w"))) {
        perror(O.save);
        return 1;
    }
    phase = 0;
    hs_total = 0;
    rd_sys(&SY0);
    t_start = now_ns();
    for (int t = O.threads - 1; t >= 0; t--) {
        struct worker *w = &W[t];
        w->id = t;
        w->lo = (int)((long)O.n * t / O.threads);
        w->hi = (int)((long)O.n * (t + 1) / O.threads);
        w->nextc = w->lo;
        if (t && (w->pid = fork()) > 0)
            continue;
        if (t && w->pid < 0) {
            perror("fork");
            return 1;
        }
        w->ep = epoll_create1(EPOLL_CLOEXEC);
        w->bufcap = O.rbuf;
        w->buf = malloc(w->bufcap + 1);
        worker(w);
        if (t)
            _exit(0);
    }
    for (int t = 1; t < O.threads; t++)
        waitpid(W[t].pid, 0, 0);
    if (savef)
        fclose(savef);
    // report
    struct cnt c, b;
    total(&c, 0);
    total(&b, 1);
    static struct hist lat, hs;
    memset(&lat, 0, sizeof lat);
    memset(&hs, 0, sizeof hs);
    u64 conn = 0, failn = 0, open = 0, last = 0, rec = 0, churned = 0;
    static u64 codes[5000], fs[256], fh[600];
    u64 fto = 0, fa = 0, fe = 0, fx = 0;
    for (int t = 0; t < O.threads; t++) {
        struct worker *w = &W[t];
        hmerge(&lat, &w->lat);
        hmerge(&hs, &w->hs);
        conn += w->conn;
        failn += w->fail;
        open += w->open;
        rec += w->reconn;
        churned += w->churned;
        if (w->last_hs > last)
            last = w->last_hs;
        for (int i = 0; i < 5000; i++)
            codes[i] += w->codes[i];
        for (int i = 0; i < 256; i++)
            fs[i] += w->fail_sys[i];
        for (int i = 0; i < 600; i++)
            fh[i] += w->fail_http[i];
        fto += w->fail_to;
        fa += w->fail_acc;
        fe += w->fail_eof;
        fx += w->fail_ext;
    }
    double cli0 = 0, cli1 = 0;
    for (int t = 0; t < O.threads; t++) {
        cli0 += W[t].cpu0;
        cli1 += W[t].cpu1;
    }
    double win = (t_end - t_meas) / 1e9;
    if (win <= 0)
        win = 1e-9;
    double hss = last > t_start ? (last - t_start) / 1e9 : 0;
    u64 wf = c.frames - b.frames, wd = c.discard - b.discard, ww = c.wire - b.wire;
    double fe_ = wf;
    if (wd && ww > wd)
        fe_ += (double)wd * wf / (ww - wd);
#define P(...) printf(__VA_ARGS__)
#define L(x) (unsigned long long)(x)
    P("{\"n\":%d,\"connected\":%llu,\"failed\":%llu,\"open_at_end\":%llu", O.n, L(conn), L(failn), L(open));
    if (failn) {
        P(",\"failures\":{");
        const char *s = "";
        for (int i = 0; i < 256; i++)
            if (fs[i]) {
                P("%s\"%s\":%llu", s, strerror(i), L(fs[i]));
                s = ",";
            }
        for (int i = 0; i < 600; i++)
            if (fh[i]) {
                P("%s\"http %d\":%llu", s, i, L(fh[i]));
                s = ",";
            }
        if (fto) {
            P("%s\"timeout\":%llu", s, L(fto));
            s = ",";
        }
        if (fa) {
            P("%s\"bad accept\":%llu", s, L(fa));
            s = ",";
        }
        if (fe) {
            P("%s\"eof\":%llu", s, L(fe));
            s = ",";
        }
        if (fx) {
            P("%s\"extension not offered\":%llu", s, L(fx));
            s = ",";
        }
        P("}");
    }
    P(",\"handshake\":{\"seconds\":%.4f,\"per_s\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f", hss,
      hss > 0 ? conn / hss : 0, hpct(&hs, .5) / 1e3, hpct(&hs, .99) / 1e3, hs.max / 1e3);
    if (O.churn > 0)
        P(",\"churned\":%llu,\"reconnected\":%llu", L(churned), L(rec));
    P("}");
    P(",\"frames\":%llu,\"bytes\":%llu,\"wire_bytes\":%llu,\"seconds\":%.3f,\"window_frames\":%llu,\"frames_"
      "per_s\":%.1f,\"wire_MB_per_s\":%.3f,\"reads\":%llu,\"frames_per_read\":%.1f",
      L(c.frames), L(c.bytes), L(c.wire), win, L(fe_), fe_ / win, ww / win / 1e6, L(c.reads - b.reads),
      c.reads > b.reads ? fe_ / (c.reads - b.reads) : 0);
    if (c.discard)
        P(",\"discard_bytes\":%llu", L(c.discard));
    if (O.deflate)
        P(",\"inflated_bytes\":%llu,\"inflate_errors\":%llu", L(c.inflated), L(c.inflate_err));
    P(",\"gaps\":%llu,\"missing\":%llu,\"dups\":%llu,\"out_of_order\":%llu,\"no_seq\":%llu", L(c.s[0].gaps),
      L(c.s[0].missing), L(c.s[0].dups), L(c.s[0].ooo), L(c.s[0].noseq));
    P(",\"protocol_errors\":%llu,\"bad_utf8\":%llu,\"fragments\":%llu,\"binary\":%llu,\"pings\":%llu,"
      "\"pongs\":%llu",
      L(c.proto), L(c.bad_utf8), L(c.frag), L(c.binary), L(c.pings), L(c.pongs));
    if (O.slow > 0)
        P(",\"slow\":{\"viewers\":%d,\"closed\":%llu,\"gaps\":%llu,\"missing\":%llu,\"dups\":%llu,\"out_of_"
          "order\":%llu}",
          (int)(O.n * O.slow), L(c.slow_closed), L(c.s[1].gaps), L(c.s[1].missing), L(c.s[1].dups),
          L(c.s[1].ooo));
    u64 *v = malloc(8 * (O.n + 1));
    int k = 0;
    u64 bsum = 0;
    for (int i = 0; i < O.n; i++)
        if (!(C[i].fl & (F_SLOW | F_DISC))) {
            v[k++] = C[i].frames;
            bsum += C[i].bytes;
        }
    qsort(v, k, 8, cmpu);
    if (k)
        P(",\"per_conn\":{\"frames_min\":%llu,\"frames_p50\":%llu,\"frames_max\":%llu,\"bytes_mean\":%.0f}",
          L(v[0]), L(v[k / 2]), L(v[k - 1]), (double)bsum / k);
    k = 0;
    u64 lo = ~0ull, hi = 0, fl = ~0ull, fhi = 0;
    for (int i = 0; i < O.n; i++)
        if ((C[i].fl & F_SEQ) && !(C[i].fl & F_SLOW)) {
            k++;
            if (C[i].next - 1 < lo)
                lo = C[i].next - 1;
            if (C[i].next - 1 > hi)
                hi = C[i].next - 1;
            if (C[i].first < fl)
                fl = C[i].first;
            if (C[i].first > fhi)
                fhi = C[i].first;
        }
    if (k)
        P(",\"seq\":{\"first_min\":%llu,\"first_max\":%llu,\"last_min\":%llu,\"last_max\":%llu}", L(fl),
          L(fhi), L(lo), L(hi));
    P(",\"latency_us\":{\"samples\":%llu,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f,"
      "\"mean\":%.1f}",
      L(lat.n), hpct(&lat, .5) / 1e3, hpct(&lat, .9) / 1e3, hpct(&lat, .99) / 1e3, hpct(&lat, .999) / 1e3,
      lat.max / 1e3, lat.n ? lat.sum / lat.n / 1e3 : 0);
    P(",\"closed\":{");
    const char *s = "";
    for (int i = 0; i < 5000; i++)
        if (codes[i]) {
            P("%s\"%d\":%llu", s, i, L(codes[i]));
            s = ",";
        }
    P("}");
    P(",\"client\":{\"cpu_s\":%.3f,\"cpu_us_per_frame\":%.4f,\"processes\":%d}", cli1 - cli0,
      fe_ > 0 ? (cli1 - cli0) * 1e6 / fe_ : 0, O.threads);
    if (O.pid) {
        double cpu = SY2.ut + SY2.st - SY1.ut - SY1.st, ccpu = SY1.ut + SY1.st - SY0.ut - SY0.st;
        P(",\"server\":{\"cpu_s\":%.2f,\"user_s\":%.2f,\"sys_s\":%.2f,\"cpu_pct\":%.1f,\"cpu_s_per_M_"
          "frames\":%.4f,\"connect_cpu_s\":%.2f,\"connect_cpu_us_per_conn\":%.2f,\"threads\":%ld,\"rss_kb\":["
          "%ld,%ld,%ld],\"rss_bytes_per_conn\":%.0f}",
          cpu, SY2.ut - SY1.ut, SY2.st - SY1.st, cpu * 100 / win, fe_ > 0 ? cpu * 1e6 / fe_ : 0, ccpu,
          conn ? ccpu * 1e6 / conn : 0, SY2.thr, SY0.rss, SY1.rss, SY2.rss,
          conn ? (SY1.rss - SY0.rss) * 1024.0 / conn : 0);
    }
    P(",\"kernel\":{\"slab_kb\":[%ld,%ld],\"slab_bytes_per_conn\":%.0f,\"avail_drop_bytes_per_conn\":%.0f,"
      "\"tcp_mem_pages\":[%ld,%ld,%ld],\"tcp_inuse\":%ld,\"machine_busy_pct\":%.1f,\"softirq_pct\":%.1f,"
      "\"steal_pct\":%.1f}",
      SY0.slab, SY1.slab, conn ? (SY1.slab - SY0.slab) * 1024.0 / conn : 0,
      conn ? (SY0.avail - SY1.avail) * 1024.0 / conn : 0, SY0.tcp_mem, SY1.tcp_mem, SY2.tcp_mem,
      SY2.tcp_inuse,
      100 * (1 -
             (SY2.cpu_idle - SY1.cpu_idle) / ((SY2.cpu_idle - SY1.cpu_idle) + (SY2.cpu_user - SY1.cpu_user) +
                                              (SY2.cpu_sys - SY1.cpu_sys) + (SY2.cpu_soft - SY1.cpu_soft) +
                                              (SY2.cpu_steal - SY1.cpu_steal) + 1e-9)),
      100 * (SY2.cpu_soft - SY1.cpu_soft) / win, 100 * (SY2.cpu_steal - SY1.cpu_steal) / win);
    P("}\n");
    fflush(stdout);
    return failn ? 3 : 0;
}

// ---------------------------------------------------------------- self-test: a scripted server in a child
static int T_split; // write the reply in pieces of this size
static void t_write(int fd, const void *p, size_t n) {
    const u8 *b = p;
    while (n) {
        size_t k = T_split && n > (size_t)T_split ? (size_t)T_split : n;
        ssize_t r = send(fd, b, k, MSG_NOSIGNAL);
        if (r <= 0)
            _exit(9);
        b += r;
        n -= r;
        if (T_split)
            usleep(T_split < 4 ? 150 : 30);
    }
}
static size_t t_frame(u8 *o, int b0, const void *p, size_t n, int ext) {
    size_t k = 0;
    o[k++] = b0;
    if (ext == 0 && n < 126)
        o[k++] = n;
    else if (ext <= 1 && n < 65536) {
        o[k++] = 126;
        o[k++] = n >> 8;
        o[k++] = n;
    } else {
        o[k++] = 127;
        for (int i = 7; i >= 0; i--)
            o[k++] = (u64)n >> (8 * i);
    }
    memcpy(o + k, p, n);
    return k + n;
}
static size_t t_line(u8 *o, u64 q, size_t pad) {
    char t[400000];
    int n = snprintf(t, sizeof t, "seq=%llu t=%llu hello ", L(q), L(now_ns()));
    while ((size_t)n < pad)
        t[n++] = 'x';
    return t_frame(o, 0x81, t, n, 0);
}
static void t_serve(int ls, int kind) {
    int fd = accept(ls, 0, 0);
    char rq[4096];
    int n = 0;
    while (!strstr(rq, "\r\n\r\n") || !n) {
        int r = recv(fd, rq + n, sizeof rq - 1 - n, 0);
        if (r <= 0)
            _exit(8);
        n += r;
        rq[n] = 0;
    }
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    u8 *o = malloc(8 << 20);
    size_t k = 0;
    char acc[64] = "x";
    char *kp = strcasestr(rq, "Sec-WebSocket-Key: ");
    char key[32] = "";
    if (kp) {
        memcpy(key, kp + 19, 24);
        key[24] = 0;
        accept_for(key, acc);
    }
    if (kind == 10) {
        k = sprintf(
            (char *)o,
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 1; i <= 50; i++) {
            char l[256];
            int m = sprintf(l, "id: %d\r\ndata: seq=%d t=%llu hi\n\n", i,
                            i == 20   ? 21
                            : i == 21 ? 20
                                      : i,
                            L(now_ns()));
            if (i == 30)
                continue;
            int h = m / 2;
            k += sprintf((char *)o + k, "%x\r\n%.*s\r\n%X;ext=1\r\n%s\r\n", h, h, l, m - h, l + h);
        }
        k += sprintf((char *)o + k, "0\r\n\r\n");
        t_write(fd, o, k);
        usleep(100000);
        _exit(0);
    }
    if (kind == 7)
        acc[3] ^= 1;
    if (kind == 8) {
        k = sprintf((char *)o, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        t_write(fd, o, k);
        usleep(50000);
        _exit(0);
    }
    k = sprintf((char *)o,
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, "
                "Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n",
                acc,
                kind == 6 || kind == 12 ? "Sec-WebSocket-Extensions: permessage-deflate; "
                                          "server_no_context_takeover; client_no_context_takeover\r\n"
                : kind == 11 ? "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n"
                             : "");
    u8 cl[2] = {1000 >> 8, 1000 & 255};
    switch (kind) {
    case 0:
        for (int i = 1; i <= 300; i++)
            k += t_line(o + k, i, i % 3 == 0 ? 200 : i % 50 == 1 ? 70000 : 40);
        break; // clean, all three lengths
    case 1:
        for (int i = 1; i <= 300; i++)
            if (i != 150 && i != 151 && i != 200)
                k += t_line(o + k, i, 60);
        break; // drops 3 lines in 2 gaps
    case 2:
        for (int i = 1; i <= 300; i++) {
            k += t_line(o + k, i, 60);
            if (i == 77 || i == 200)
                k += t_line(o + k, i, 60);
            if (i == 250)
                k += t_line(o + k, 10, 60);
        }
        break; // 3 duplicates
    case 3:
        for (int i = 1; i <= 300; i++) {
            int q = i == 100 ? 101 : i == 101 ? 100 : i;
            k += t_line(o + k, q, 60);
        }
        break; // swaps two
    case 4: {
        for (int i = 1; i <= 20; i++) {
            char t[64];
            int m = sprintf(t, "seq=%d t=%llu frag", i, L(now_ns()));
            k += t_frame(o + k, 0x01, t, 3, 0);
            k += t_frame(o + k, 0x89, "pp", 2, 0);
            k += t_frame(o + k, 0x00, t + 3, 4, 0);
            k += t_frame(o + k, 0x00, t, 0, 0);
            k += t_frame(o + k, 0x80, t + 7, m - 7, 0);
        }
        break;
    } // fragments, pings between
    case 5:
        k += t_line(o + k, 1, 60);
        k += t_frame(o + k, 0xC1, "zz", 2, 0);
        break; // RSV1 without the extension
    case 6:
    case 12: { // "seq=1 t=1 abcabcabcabc" as a fixed block, "seq=2 ..." stored, then a dynamic block
        extern const u8 Z1[], Z3[];
        extern const int Z1n, Z3n;
        k += t_frame(o + k, 0xC1, Z1, Z1n, 0);
        u8 st[64];
        char *t = "seq=2 t=2 stored";
        int m = strlen(t);
        st[0] = 0;
        st[1] = m;
        st[2] = 0;
        st[3] = ~m;
        st[4] = 0xff;
        memcpy(st + 5, t, m);
        st[5 + m] = 0;
        k += t_frame(o + k, 0xC1, st, 6 + m, 0);
        k += t_frame(o + k, 0xC1, Z3, Z3n, 0);
        k += t_frame(o + k, 0x81, "seq=4 plain", 11, 0);
        k += t_frame(o + k, 0x41, Z1, 5, 0);
        k += t_frame(o + k, 0x80, Z1 + 5, Z1n - 5, 0);
        break;
    }
    case 9:
        for (int i = 1; i <= 100; i++)
            k += t_line(o + k, i, 60);
        k += t_frame(o + k, 0x81, "\xc3\x28 bad", 6, 0);
        k += t_frame(o + k, 0x81, "ok \xe2\x82\xac", 6, 0);
        cl[0] = 1008 >> 8;
        cl[1] = 1008 & 255;
        break;
    case 11: {
        extern const u8 K1[], K2[];
        extern const int K1n, K2n;
        k += t_frame(o + k, 0xC1, K1, K1n, 0);
        k += t_frame(o + k, 0xC1, K2, K2n, 0);
        break;
    }
    case 13:
        k += t_frame(o + k, 0x81, "seq=1 x", 7, 1);
        break; // non-minimal length
    }
    k += t_frame(o + k, 0x88, cl, 2, 0);
    t_write(fd, o, k);
    shutdown(fd, SHUT_WR);
    while (recv(fd, rq, sizeof rq, 0) > 0) {
    }
    _exit(0);
}
const u8 Z1[] = {42, 78, 45, 180, 53, 84, 40, 1, 226, 196, 164, 100, 56, 2, 0};
const int Z1n = 15;
const u8 Z3[] = {
    92,  83,  203, 78,  195, 48,  16,  252, 21,  255, 65,  253, 88,  191, 14,  28,  56,  0,   226, 82,
    36,  132, 196, 185, 20,  75,  244, 64,  91,  146, 20,  169, 127, 207, 218, 179, 46,  73,  14,  137,
    149, 205, 238, 236, 204, 236, 122, 44,  63,  119, 78,  77,  252, 88,  173, 163, 87,  231, 82,  6,
    19,  212, 254, 116, 60,  150, 253, 116, 56,  29,  99,  84,  31,  215, 164, 213, 251, 253, 235, 54,
    181, 183, 225, 128, 115, 45,  211, 230, 90,  150, 107, 36,  228, 22,  9,   90,  13,  101, 44,  83,
    50,  106, 179, 59,  31,  54,  191, 102, 115, 25,  203, 48,  114, 230, 80,  166, 225, 106, 144, 70,
    89,  141, 95,  187, 225, 211, 32,  154, 179, 122, 122, 120, 179, 232, 226, 213, 116, 248, 46,  167,
    203, 196, 209, 231, 237, 227, 139, 35,  134, 143, 1,   5,   189, 208, 19,  250, 100, 135, 154, 176,
    108, 71,  161, 2,   210, 50,  24,  154, 72,  166, 222, 122, 122, 143, 211, 37,  32,  5,   65,  140,
    110, 166, 62,  64,  178, 183, 237, 96,  17,  255, 191, 82,  4,   59,  15,  107, 60,  120, 177, 6,
    240, 52,  77,  103, 4,   61,  227, 16,  77,  141, 1,   123, 83,  131, 172, 75,  132, 26,  95,  217,
    6,   49,  131, 207, 202, 157, 234, 155, 27,  47,  109, 236, 37,  93,  63,  151, 86,  22,  60,  165,
    10,  153, 193, 137, 18,  218, 241, 60,  103, 131, 212, 189, 150, 149, 50,  139, 91,  119, 93,  27,
    25,  16,  101, 189, 21,  192, 122, 160, 59,  192, 178, 101, 11,  22,  9,   89,  52,  119, 138, 214,
    19,  16,  91,  125, 234, 3,   111, 226, 120, 142, 56,  155, 200, 136, 109, 112, 116, 91,  154, 198,
    155, 23,  170, 14,  74,  16,  100, 215, 156, 0,   185, 214, 219, 131, 47,  233, 46,  184, 126, 69,
    25,  169, 129, 13,  73,  12,  37,  203, 11,  68,  242, 143, 48,  175, 124, 115, 35,  215, 245, 194,
    124, 35,  82,  236, 76,  150, 179, 178, 45,  169, 231, 71,  223, 59,  175, 55,  110, 249, 173, 231,
    222, 135, 94,  221, 69,  25,  200, 136, 2,   159, 87,  171, 234, 96,  140, 77,  178, 163, 152, 216,
    234, 78,  165, 32,  182, 201, 118, 25,  219, 60,  157, 223, 94,  18,  124, 6,   98,  145, 230, 15};
const int Z3n = 400;
const u8 K1[] = {42,  78,  45,  180, 53,  84,  40,  1,   225, 140, 84,  133, 194, 210, 204, 228, 108,
                 133, 164, 162, 252, 242, 60,  133, 180, 252, 10,  133, 172, 210, 220, 130, 98,  133,
                 252, 178, 212, 34,  176, 116, 78,  98,  85,  165, 66,  74,  126, 58,  0};
const int K1n = 49;
const u8 K2[] = {42, 6, 106, 50, 2, 106, 50, 34, 69, 19, 0};
const int K2n = 11;
static int t_case(const char *name, int kind, int split, const char *args,
                  const char **want) { // every want[] must occur in the JSON
    int ls = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t l = sizeof a;
    if (bind(ls, (void *)&a, l) || listen(ls, 8)) {
        perror("selftest listen");
        return 1;
    }
    getsockname(ls, (void *)&a, &l);
    pid_t p = fork();
    if (!p) {
        T_split = split;
        alarm(20);
        t_serve(ls, kind);
        _exit(0);
    }
    close(ls);
    char exe[512], cmd[2048];
    ssize_t n = readlink("/proc/self/exe", exe, 511);
    exe[n > 0 ? n : 0] = 0;
    snprintf(cmd, sizeof cmd, "'%s' -n 1 -d 5 -u ws://127.0.0.1:%d/x?f=1 %s 2>/dev/null", exe,
             ntohs(a.sin_port), args);
    FILE *f = popen(cmd, "r");
    static char out[65536];
    size_t k = fread(out, 1, sizeof out - 1, f);
    out[k] = 0;
    pclose(f);
    int st;
    kill(p, SIGKILL);
    waitpid(p, &st, 0);
    for (; *want; want++)
        if (!strstr(out, *want)) {
            printf("FAIL %s (split %d): no %s in %s\n", name, split, *want, out);
            return 1;
        }
    return 0;
}
#define WANT(...)                                                                                            \
    (const char *[]) {                                                                                       \
        __VA_ARGS__, 0                                                                                       \
    }
static int selftest(void) {
    int bad = 0, n = 0;
    char acc[40];
    accept_for("dGhlIHNhbXBsZSBub25jZQ==", acc);
    n++;
    if (strcmp(acc, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) {
        printf("FAIL accept key: %s\n", acc);
        bad++;
    }
    static const int sp[] = {0, 1, 7, 1000};
    for (int i = 0; i < 4; i++) {
        int s = sp[i];
#define T(...) n++, bad += t_case(__VA_ARGS__)
        if (s != 1) {
            T("clean", 0, s == 7 ? 0 : s, "",
              WANT("\"connected\":1,\"failed\":0", "\"frames\":300,",
                   "\"gaps\":0,\"missing\":0,\"dups\":0,\"out_of_order\":0,\"no_seq\":0",
                   "\"protocol_errors\":0", "\"closed\":{\"1000\":1}"));
            T("clean, whole messages", 0, s == 7 ? 0 : s, "--utf8 --multi",
              WANT("\"frames\":300,", "\"gaps\":0,\"missing\":0,\"dups\":0", "\"bad_utf8\":0"));
        }
        if (s != 1) {
            T("drop", 1, s, "",
              WANT("\"frames\":297,", "\"gaps\":2,\"missing\":3,\"dups\":0,\"out_of_order\":0"));
            T("dup", 2, s, "",
              WANT("\"frames\":303,", "\"gaps\":0,\"missing\":0,\"dups\":3,\"out_of_order\":0"));
            T("swap", 3, s, "", WANT("\"gaps\":1,\"missing\":1,\"dups\":0,\"out_of_order\":1"));
        }
        T("fragments+ping", 4, s, "",
          WANT("\"frames\":20,", "\"gaps\":0,\"missing\":0,\"dups\":0", "\"pings\":20",
               "\"closed\":{\"1000\":1}"));
        T("rsv1 without extension", 5, s, "",
          WANT("\"frames\":1,", "\"protocol_errors\":1", "\"closed\":{\"1002\":1}"));
        T("deflate", 6, s, "-z",
          WANT("\"frames\":5,", "\"inflate_errors\":0", "\"gaps\":0,\"missing\":0,\"dups\":1,",
               "\"inflated_bytes\":1066,", "\"closed\":{\"1000\":1}"));
        T("deflate with takeover", 11, s, "-z --takeover",
          WANT("\"frames\":2,", "\"inflate_errors\":0", "\"gaps\":0", "\"inflated_bytes\":106,"));
        T("extension not offered", 12, s, "", WANT("\"connected\":0,\"failed\":1", "extension not offered"));
        T("bad accept", 7, s, "", WANT("\"connected\":0,\"failed\":1", "bad accept"));
        T("http 503", 8, s, "", WANT("\"failed\":1", "\"http 503\":1"));
        T("close code, utf8", 9, s == 1 ? 7 : s, "--utf8",
          WANT("\"frames\":102,", "\"bad_utf8\":1", "\"no_seq\":2", "\"closed\":{\"1008\":1}"));
        T("sse", 10, s == 1 ? 7 : s, "--sse",
          WANT("\"frames\":49,", "\"gaps\":2,\"missing\":2,\"dups\":0,\"out_of_order\":1",
               "\"closed\":{\"1000\":1}"));
        T("non-minimal length", 13, s, "", WANT("\"protocol_errors\":1"));
    }
    printf("selftest: %d checks, %d failed\n", n, bad);
    return bad ? 1 : 0;
}

static void usage(void) {
    fprintf(stderr, "usage: wsload -n CONNS -u ws://127.0.0.1:PORT/path [-u ...] [options]   (see "
                    "README.md)\n       wsload --selftest\n");
    exit(2);
}
int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, onsig);
    signal(SIGTERM, onsig);
    O.n = 1;
    O.dur = 10;
    O.inflight = 512;
    O.persrc = 10000;
    O.threads = 1;
    O.rbuf = 262144;
    O.inflate = 1;
    O.sample = 1;
    O.headn = 256;
    O.timeout = 30;
    O.seqm = "seq=";
    O.tm = "t=";
    O.srcbase = 127u << 24 | (u32)(1 + getpid() % 250) << 16 | 1 << 8 |
                1; // differs by run: no clash with old TIME_WAITs
    enum {
        o_slow = 256,
        o_slowrate,
        o_sse,
        o_lat,
        o_nolat,
        o_disc,
        o_infl,
        o_rcv,
        o_rbuf,
        o_warm,
        o_thr,
        o_infi,
        o_ps,
        o_files,
        o_sample,
        o_multi,
        o_utf8,
        o_end,
        o_take,
        o_seqm,
        o_save,
        o_ready,
        o_pid,
        o_until,
        o_frames,
        o_drain,
        o_dump,
        o_churn,
        o_to,
        o_self,
        o_head,
        o_src
    };
    static struct option lo[] = {{"slow", 1, 0, o_slow},        {"slow-rate", 1, 0, o_slowrate},
                                 {"sse", 0, 0, o_sse},          {"latency", 1, 0, o_lat},
                                 {"no-latency", 0, 0, o_nolat}, {"discard", 1, 0, o_disc},
                                 {"inflate", 1, 0, o_infl},     {"rcvbuf", 1, 0, o_rcv},
                                 {"rbuf", 1, 0, o_rbuf},        {"warmup", 1, 0, o_warm},
                                 {"threads", 1, 0, o_thr},      {"inflight", 1, 0, o_infi},
                                 {"per-src", 1, 0, o_ps},       {"files", 1, 0, o_files},
                                 {"sample", 1, 0, o_sample},    {"multi", 0, 0, o_multi},
                                 {"utf8", 0, 0, o_utf8},        {"end", 1, 0, o_end},
                                 {"takeover", 0, 0, o_take},    {"seq", 1, 0, o_seqm},
                                 {"save", 1, 0, o_save},        {"ready", 1, 0, o_ready},
                                 {"server-pid", 1, 0, o_pid},   {"until-seq", 1, 0, o_until},
                                 {"frames", 1, 0, o_frames},    {"slow-drain", 1, 0, o_drain},
                                 {"dump", 1, 0, o_dump},        {"churn", 1, 0, o_churn},
                                 {"timeout", 1, 0, o_to},       {"selftest", 0, 0, o_self},
                                 {"head", 1, 0, o_head},        {"src", 1, 0, o_src},
                                 {"help", 0, 0, 'h'},           {0}};
    int o;
    while ((o = getopt_long(argc, argv, "n:u:r:d:H:s:zvhT:", lo, 0)) != -1)
        switch (o) {
        case 'n':
            O.n = atoi(optarg);
            break;
        case 'r':
            O.rate = atof(optarg);
            break;
        case 'd':
            O.dur = atof(optarg);
            break;
        case 'v':
            O.verbose++;
            break;
        case 'z':
            O.deflate = 1;
            break;
        case 'H': {
            size_t l = strlen(optarg);
            O.hdr = realloc(O.hdr, O.hdrn + l + 3);
            memcpy(O.hdr + O.hdrn, optarg, l);
            memcpy(O.hdr + O.hdrn + l, "\r\n", 3);
            O.hdrn += l + 2;
            if (O.hdrn > 4000) {
                fprintf(stderr, "headers too long\n");
                return 2;
            }
            break;
        }
        case 's':
            if (O.nsub < 16)
                O.sub[O.nsub++] = optarg;
            break;
        case 'u': {
            if (nurl >= MAXURL)
                usage();
            char *p = optarg;
            if (!strncmp(p, "ws://", 5))
                p += 5;
            else if (!strncmp(p, "http://", 7))
                p += 7;
            else
                usage();
            char *sl = strchr(p, '/');
            size_t hl = sl ? (size_t)(sl - p) : strlen(p);
            char h[64];
            if (hl > 63)
                usage();
            memcpy(h, p, hl);
            h[hl] = 0;
            char *co = strchr(h, ':');
            int port = 80;
            if (co) {
                *co = 0;
                port = atoi(co + 1);
            }
            if (!strcmp(h, "localhost"))
                strcpy(h, "127.0.0.1");
            url[nurl].sa.sin_family = AF_INET;
            url[nurl].sa.sin_port = htons(port);
            if (inet_pton(AF_INET, h, &url[nurl].sa.sin_addr) != 1 ||
                (ntohl(url[nurl].sa.sin_addr.s_addr) >> 24) != 127) {
                fprintf(stderr, "only 127.x.y.z or localhost: %s\n", h);
                return 2;
            }
            strcpy(url[nurl].host, h);
            url[nurl].port = port;
            snprintf(url[nurl].path, sizeof url[0].path, "%s", sl ? sl : "/");
            nurl++;
            break;
        }
        case o_slow:
            O.slow = atof(optarg);
            break;
        case o_slowrate:
            O.slowrate = atol(optarg);
            break;
        case o_sse:
            O.sse = 1;
            break;
        case o_lat:
            O.tm = optarg;
            break;
        case o_nolat:
            O.nolat = 1;
            break;
        case o_disc:
            O.discard = atof(optarg);
            break;
        case o_infl:
            O.inflate = atof(optarg);
            break;
        case o_rcv:
            O.rcvbuf = atoi(optarg);
            break;
        case o_rbuf:
            O.rbuf = atoi(optarg);
            break;
        case o_warm:
            O.warmup = atof(optarg);
            break;
        case 'T':
        case o_thr:
            O.threads = atoi(optarg);
            break;
        case o_infi:
            O.inflight = atoi(optarg);
            break;
        case o_ps:
            O.persrc = atoi(optarg);
            break;
        case o_files:
            O.files = atoi(optarg);
            break;
        case o_sample:
            O.sample = atoi(optarg);
            break;
        case o_multi:
            O.multi = 1;
            break;
        case o_utf8:
            O.utf8 = 1;
            break;
        case o_end:
            O.end = !strcmp(optarg, "fin") ? 1 : !strcmp(optarg, "close") ? 2 : 0;
            break;
        case o_take:
            O.takeover = 1;
            O.deflate = 1;
            break;
        case o_seqm:
            O.seqm = optarg;
            break;
        case o_save:
            O.save = optarg;
            break;
        case o_ready:
            O.ready = optarg;
            break;
        case o_pid:
            for (char *q = strtok(optarg, ","); q && O.npid < 64; q = strtok(0, ","))
                O.pids[O.npid++] = atoi(q);
            O.pid = O.npid ? O.pids[0] : 0;
            break;
        case o_until:
            O.untilseq = strtoull(optarg, 0, 10);
            break;
        case o_frames:
            O.maxframes = strtoull(optarg, 0, 10);
            break;
        case o_drain:
            O.slowdrain = atof(optarg);
            break;
        case o_dump:
            O.dump = atoi(optarg);
            break;
        case o_churn:
            O.churn = atof(optarg);
            break;
        case o_to:
            O.timeout = atof(optarg);
            break;
        case o_head:
            O.headn = atoi(optarg);
            break;
        case o_src: {
            struct in_addr a;
            if (inet_pton(AF_INET, optarg, &a) != 1 || (ntohl(a.s_addr) >> 24) != 127)
                usage();
            O.srcbase = ntohl(a.s_addr);
            break;
        }
        case o_self:
            return selftest();
        default:
            usage();
        }
    if (!nurl || O.n < 1 || O.threads < 1 || O.persrc < 1)
        usage();
    if (O.threads > O.n)
        O.threads = O.n;
    if (O.rbuf < 4096)
        O.rbuf = 4096;
    if (O.headn < 64)
        O.headn = 64;
    if (O.headn > O.rbuf / 2)
        O.headn = O.rbuf / 2;
    O.seqml = strlen(O.seqm);
    O.tml = strlen(O.tm);
    return run();
}
