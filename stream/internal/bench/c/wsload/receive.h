// Reading a connection.
#ifndef WSLOAD_RECEIVE_H
#define WSLOAD_RECEIVE_H

#include "handshake.h"
#include "sse.h"

// The connection ended; err is 0 or an errno.
static void drop_eof(struct worker *w, struct conn *c, int err) {
    if (c->st == S_HS || c->st == S_CONN) {
        if (err)
            fail(w, c, &w->fail_sys[err & 255]);
        else
            fail(w, c, &w->fail_eof);
    } else if (c->st == S_OPEN)
        conn_closed(w, c, O.sse && !err ? 1000 : 1006);
}

// Reads up to lim bytes. 1 = drained, 0 = gone, 2 = more may be there.
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

#endif
