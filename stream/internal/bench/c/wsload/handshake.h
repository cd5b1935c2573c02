// Connecting, the request, and the reply to it.
#ifndef WSLOAD_HANDSHAKE_H
#define WSLOAD_HANDSHAKE_H

#include "frames.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

// Sends the request. 1 = sent, 0 = not connected yet, -1 = failed.
static int hs_send(struct worker *w, struct conn *c) {
    char path[1200], rq[8192], key[32];
    int ui = c->idx % nurl;
    expand(url[ui].path, c->idx, path, sizeof path);
    int n;
    if (O.sse)
        n = snprintf(rq, sizeof rq, "GET %s HTTP/1.1\r\nHost: %s:%d\r\nAccept: text/event-stream\r\n%s\r\n", path,
                     url[ui].host, url[ui].port, O.hdr ? O.hdr : "");
    else {
        key_for(c->idx, c->t0, key);
        n = snprintf(rq, sizeof rq,
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
    if (c->fd < 0) {
        c->st = S_DEAD;
        fail(w, c, &w->fail_sys[errno & 255]);
        return;
    }
    if (O.rcvbuf)
        setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &O.rcvbuf, sizeof(int));
    int one = 1;
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    struct sockaddr_in s = {.sin_family = AF_INET};
    u32 k = c->idx / O.persrc;
    s.sin_addr.s_addr = htonl(O.srcbase + (k / 250) * 256 + k % 250);
    bind(c->fd, (void *)&s, sizeof s);
    c->st = S_CONN;
    w->inflight++;
    if (connect(c->fd, (void *)&url[ui].sa, sizeof url[ui].sa) < 0 && errno != EINPROGRESS) {
        fail(w, c, &w->fail_sys[errno & 255]);
        return;
    }
    int r = hs_send(w, c);
    if (r < 0)
        return;
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET | (r == 0 ? EPOLLOUT : 0), .data.u32 = c->idx};
    epoll_ctl(w->ep, EPOLL_CTL_ADD, c->fd, &e);
}

// The value of a header, or 0; it ends with CRLF.
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

// Whether a header's value holds t, in any case.
static int has_tok(const char *v, const char *t) {
    const char *e = strstr(v, "\r\n");
    size_t l = strlen(t);
    for (const char *p = v; p + l <= e; p++)
        if (!strncasecmp(p, t, l))
            return 1;
    return 0;
}

// Reads the headers of a reply to a WebSocket handshake (RFC 6455 4.1). Returns
// where to count its failure, or 0.
static u64 *accepted(struct worker *w, struct conn *c, char *b) {
    char key[32], acc[40], *v;
    key_for(c->idx, c->t0, key);
    accept_for(key, acc);
    if (!(v = hfind(b, "Upgrade")) || !has_tok(v, "websocket"))
        return &w->fail_acc;
    if (!(v = hfind(b, "Connection")) || !has_tok(v, "upgrade"))
        return &w->fail_acc;
    if (!(v = hfind(b, "Sec-WebSocket-Accept")) || strncmp(v, acc, 28) || (v[28] != '\r' && v[28] != ' '))
        return &w->fail_acc;
    if (!(v = hfind(b, "Sec-WebSocket-Extensions")))
        return 0;
    if (!O.deflate || !has_tok(v, "permessage-deflate"))
        return &w->fail_ext;
    c->fl |= F_DEFL;
    if (!has_tok(v, "server_no_context_takeover"))
        c->fl |= F_TAKE;
    if (pick(O.inflate, c->idx))
        c->fl |= F_INF;
    return 0;
}

// The handshake is done: what kind of viewer it is, and what it sends first.
static void opened(struct worker *w, struct conn *c, u64 now) {
    c->st = S_OPEN;
    w->inflight--;
    w->open++;
    if (!(c->fl & F_COUNTED)) {
        c->fl |= F_COUNTED;
        w->conn++;
        atomic_fetch_add(&hs_total, 1);
        w->last_hs = now;
    } else {
        w->reconn++;
    }
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
}

// Handshake reply in b[0..n) (zero-terminated). Returns consumed bytes, 0 = need
// more, -1 = failed.
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
    u64 *failed = st == (O.sse ? 200 : 101) ? 0 : &w->fail_http[st];
    char save = end[4];
    end[4] = 0;
    if (!failed && O.sse) {
        char *v = hfind(b, "Transfer-Encoding");
        if (v && has_tok(v, "chunked"))
            c->fl |= F_SSE_CHUNK;
        v = hfind(b, "Content-Type");
        if (v && has_tok(v, "text/event-stream"))
            c->fl |= F_SSE_EV;
    } else if (!failed) {
        failed = accepted(w, c, b);
    }
    end[4] = save;
    if (failed) {
        fail(w, c, failed);
        return -1;
    }
    opened(w, c, now);
    return end + 4 - b;
}

#endif
