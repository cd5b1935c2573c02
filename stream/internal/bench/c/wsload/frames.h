// WebSocket frames (RFC 6455 5) in both directions.
#ifndef WSLOAD_FRAMES_H
#define WSLOAD_FRAMES_H

#include "inflate.h"
#include "lines.h"
#include <sys/socket.h>

// Sends a masked frame, whole or not at all.
static void send_frame(struct conn *c, int op, const u8 *p, size_t n) {
    u8 stackb[1200], *b = n > 1100 ? malloc(n + 16) : stackb;
    size_t k = 0;
    b[k++] = 0x80 | op;
    if (n < 126) {
        b[k++] = 0x80 | n;
    } else if (n < 65536) {
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
    send(c->fd, b, k + n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (b != stackb)
        free(b);
}

// Adds a piece to the message that is gathered.
static void gather(struct conn *c, const u8 *p, size_t n) {
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

// Inflates a message into w->scr behind the viewer's window. Returns the length
// of the text, or -1.
static long inflate_for(struct worker *w, struct conn *c, const u8 *p, size_t n) {
    static u8 *in;
    static size_t in_cap;
    size_t window = c->histn, cap = window + n * 64 + 65536;
    if (cap > 64 << 20)
        cap = 64 << 20;
    if (cap < n * 4)
        cap = n * 4;
    if (cap > w->scrcap) {
        free(w->scr);
        w->scr = malloc(w->scrcap = cap);
    }
    if (n + 4 > in_cap)
        in = realloc(in, in_cap = (n + 4) * 2);
    if (window)
        memcpy(w->scr, c->hist, window);
    memcpy(in, p, n);
    memcpy(in + n, "\0\0\xff\xff", 4); // RFC 7692 7.2.2
    long text = inflate_msg(in, n + 4, w->scr, w->scrcap, window);
    if (text >= 0 && (c->fl & F_TAKE)) {
        size_t total = window + text, keep = total > 32768 ? 32768 : total;
        if (!c->hist)
            c->hist = malloc(32768);
        memmove(c->hist, w->scr + total - keep, keep);
        c->histn = keep;
        memmove(w->scr, w->scr + window, text);
    } else if (text > 0) {
        memmove(w->scr, w->scr + window, text);
    }
    return text;
}

static void full_msg(struct worker *w, struct conn *c, const u8 *p, size_t n, u64 now) {
    if (!(c->fl & F_COMP)) {
        text_msg(w, c, p, n, now);
        return;
    }
    if (!(c->fl & F_INF))
        return;
    long text = inflate_for(w, c, p, n);
    if (text < 0) {
        w->c.inflate_err++;
        return;
    }
    w->c.inflated += text;
    c->bytes += text;
    text_msg(w, c, w->scr, text, now);
}

static int proto_err(struct worker *w, struct conn *c) {
    w->c.proto++;
    u8 b[2] = {1002 >> 8, 1002 & 255};
    send_frame(c, 8, b, 2);
    conn_closed(w, c, 1002);
    return -1;
}

// Keeps n bytes for the next read; 0 forgets them.
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

// Takes what there is of the frame that c->rem bytes are missing of. Returns how
// much that was.
static size_t rest_of_frame(struct worker *w, struct conn *c, const u8 *p, size_t n, u64 now) {
    size_t k = n < c->rem ? n : c->rem;
    if (c->fl & F_ACC)
        gather(c, p, k);
    c->rem -= k;
    if (c->rem)
        return k;
    if (c->fl & F_INMSG) { // a fragment ended, the message goes on
        c->fl &= ~F_ACC;
        return k;
    }
    if (c->fl & F_ACC) {
        c->fl &= ~F_ACC;
        full_msg(w, c, c->m->d, c->m->n, now);
        free_message(c);
    }
    msg_done(w, c);
    return k;
}

// A control frame (RFC 6455 5.5). Returns -1 when the connection went away.
static int control_frame(struct worker *w, struct conn *c, int op, const u8 *p, size_t n) {
    if (op == 9) {
        w->c.pings++;
        send_frame(c, 10, p, n);
        return 0;
    }
    if (op == 10) {
        w->c.pongs++;
        return 0;
    }
    int code = 1005;
    if (n == 1)
        return proto_err(w, c);
    if (n >= 2) {
        code = p[0] << 8 | p[1];
        if (O.utf8 && bad_utf8(p + 2, n - 2))
            w->c.bad_utf8++;
        if (O.verbose > 1 || (O.dump > 0 && c->idx == 0))
            fprintf(stderr, "[%u] close %d %.*s\n", c->idx, code, (int)n - 2, p + 2);
    }
    send_frame(c, 8, p, n >= 2 ? 2 : 0);
    conn_closed(w, c, code);
    return -1;
}

// A frame of a fragmented message begins; its payload is gathered.
static void fragment(struct worker *w, struct conn *c, int fin, u64 len, u64 now) {
    w->c.frag++;
    if (fin)
        c->fl &= ~F_INMSG;
    else
        c->fl |= F_INMSG;
    c->fl |= F_ACC;
    c->rem = len;
    gather(c, (const u8 *)"", 0);
    if (len)
        return;
    c->fl &= ~F_ACC;
    if (fin) {
        full_msg(w, c, c->m->d, c->m->n, now);
        free_message(c);
        msg_done(w, c);
    }
}

// Parses n bytes of frames. Returns -1 when the connection went away.
static int parse(struct worker *w, struct conn *c, const u8 *p, size_t n, u64 now) {
    const u8 *e = p + n;
    while (p < e) {
        if (c->rem) {
            p += rest_of_frame(w, c, p, e - p, now);
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
            if (control_frame(w, c, op, p + h, len) < 0)
                return -1;
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
            p += h;
            fragment(w, c, fin, len, now);
            continue;
        }
        int skipped = comp && !(c->fl & F_INF);
        if (!skipped && (comp || (c->fl & F_FULL))) {
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
        }
        if (!skipped) {
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

#endif
