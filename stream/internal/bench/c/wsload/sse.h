// text/event-stream and plain lines over HTTP, chunked (RFC 9112 7.1) or not.
#ifndef WSLOAD_SSE_H
#define WSLOAD_SSE_H

#include "frames.h"

// buf[0..pre) is a carried partial line, buf[pre..pre+n) new raw bytes. Returns -1
// when the connection went away.
static int sse_parse(struct worker *w, struct conn *c, u8 *buf, size_t pre, size_t n, u64 now) {
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
            default: p = e; eof = 1;
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

#endif
