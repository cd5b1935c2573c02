// The event loop of a worker.
#ifndef WSLOAD_WORKER_H
#define WSLOAD_WORKER_H

#include "phases.h"
#include "receive.h"

static void watch(struct worker *w, struct conn *c) {
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u32 = c->idx};
    epoll_ctl(w->ep, EPOLL_CTL_MOD, c->fd, &e);
}

static void on_connect(struct worker *w, struct conn *c, u32 events) {
    if (events & (EPOLLERR | EPOLLHUP)) {
        int err = 0;
        socklen_t l = sizeof err;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &l);
        fail(w, c, &w->fail_sys[err & 255]);
    } else if ((events & EPOLLOUT) && hs_send(w, c) > 0) {
        watch(w, c);
    }
}

// A slow viewer reads only when the server has ended the connection.
static void on_slow(struct worker *w, struct conn *c, u32 events) {
    if (!(events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)))
        return;
    int r;
    do
        r = do_read(w, c, O.rbuf);
    while (c->fd >= 0 && r == 2);
    if (c->fd >= 0 && r == 1)
        do_read(w, c, O.rbuf);
}

// Reads until there is nothing more, but at most four times (64 when the
// connection is ending); then the edge is made to come again for what is left.
static void on_readable(struct worker *w, struct conn *c, u32 events) {
    int ending = !!(events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP));
    for (int k = ending ? 64 : 4; k > 0; k--) {
        int r = do_read(w, c, O.rbuf);
        if (!r || c->fd < 0 || ((c->fl & F_SLOW) && c->st == S_OPEN))
            return;
        if (r == 1 && !ending)
            return;
        char t;
        if (r == 1 && recv(c->fd, &t, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN)
            return;
    }
    watch(w, c);
}

static void handle(struct worker *w, struct epoll_event *e) {
    struct conn *c = &C[e->data.u32];
    if (c->fd < 0)
        return;
    if (c->st == S_CONN)
        on_connect(w, c, e->events);
    else if ((c->fl & F_SLOW) && c->st == S_OPEN)
        on_slow(w, c, e->events);
    else
        on_readable(w, c, e->events);
}

// Connects as many viewers as the rate and the number in flight allow. Returns
// how long to wait for events, in ms, unless that is longer than `wait`.
static int connect_more(struct worker *w, u64 now, int limit, int wait) {
    double rate = O.rate / O.threads;
    int allowed = rate > 0 ? (int)((now - t_start) / 1e9 * rate) + 1 - (w->nextc - w->lo) : 64;
    for (int b = 0; w->nextc < w->hi && w->inflight < limit && b < allowed && b < 64; b++)
        conn_start(w, &C[w->nextc++]);
    if (w->nextc < w->hi && w->inflight < limit)
        return rate > 0 ? 1 : 0;
    return wait;
}

// Resets viewers and connects them again, round robin.
static void churn(struct worker *w, u64 now, int limit) {
    if (!w->churn_t0)
        w->churn_t0 = now;
    u64 want = (u64)((now - w->churn_t0) / 1e9 * O.churn / O.threads);
    for (int b = 0; w->churned < want && w->inflight < limit && b < 64; b++) {
        struct conn *c = &C[w->lo + w->churn_at];
        w->churn_at = (w->churn_at + 1) % (w->hi - w->lo);
        w->churned++;
        if (c->st != S_OPEN && c->st != S_DEAD)
            continue;
        if (c->st == S_OPEN) {
            reset_on_close(c->fd);
            w->open--;
            let_go(c);
        }
        conn_start(w, c);
    }
}

static void time_out(struct worker *w, u64 now) {
    for (int i = w->lo; i < w->nextc && w->inflight; i++) {
        struct conn *c = &C[i];
        if ((c->st == S_CONN || c->st == S_HS) && now > c->t0 + (u64)(O.timeout * 1e9))
            fail(w, c, &w->fail_to);
    }
}

// Lets slow viewers read their share of bytes since the last time.
static void read_slowly(struct worker *w, u64 now) {
    u32 add = (u32)((now - w->last_slow) / 1e9 * O.slowrate);
    w->last_slow = now;
    for (int i = w->lo; i < w->nextc; i++) {
        struct conn *c = &C[i];
        if (c->st != S_OPEN || !(c->fl & F_SLOW))
            continue;
        c->credit += add;
        if (c->credit > (u32)O.slowrate + 1)
            c->credit = O.slowrate;
        if (!c->credit)
            continue;
        u64 before = w->c.wire;
        do_read(w, c, c->credit);
        u64 got = w->c.wire - before;
        c->credit = got >= c->credit ? 0 : c->credit - got;
    }
}

// At the end: slow viewers read until nothing came for 3 s.
static void drain_slow(struct worker *w) {
    u64 limit = now_ns() + (u64)(O.slowdrain * 1e9), wire = w->c.wire, last = now_ns();
    while (now_ns() < limit && now_ns() < last + 3000000000ull) {
        for (int i = w->lo; i < w->hi; i++)
            while (C[i].st == S_OPEN && (C[i].fl & F_SLOW) && now_ns() < limit && do_read(w, &C[i], O.rbuf) == 2)
                ;
        if (w->c.wire != wire) {
            wire = w->c.wire;
            last = now_ns();
        }
        usleep(500);
    }
}

// Sends Close 1000 to all and waits up to 3 s for the answers.
static void close_all(struct worker *w, struct epoll_event *events, int n) {
    const u8 code[2] = {1000 >> 8, 1000 & 255};
    for (int i = w->lo; i < w->hi; i++)
        if (C[i].st == S_OPEN)
            send_frame(&C[i], 8, code, 2);
    u64 limit = now_ns() + 3000000000ull;
    while (w->open && now_ns() < limit) {
        int k = epoll_wait(w->ep, events, n, 20);
        for (int i = 0; i < k; i++)
            handle(w, &events[i]);
    }
}

// Notices that the phase has changed. Returns whether the run has ended.
static int enter_phase(struct worker *w, int *seen) {
    int now = phase;
    if (now == *seen)
        return 0;
    if (now >= MEASURE && *seen < MEASURE) {
        w->cpu0 = self_cpu();
        w->base = w->c;
        memset(&w->lat, 0, sizeof w->lat);
    }
    *seen = now;
    if (now == STOP)
        w->cpu1 = self_cpu();
    return now == STOP;
}

static void drive(struct worker *w) {
    static struct epoll_event events[1024];
    u64 last_timeout = now_ns();
    w->last_slow = last_timeout;
    int seen = CONNECT, limit = O.inflight / O.threads > 0 ? O.inflight / O.threads : 1;
    for (;;) {
        u64 now = now_ns();
        if (w->id == 0)
            coordinate(now);
        if (enter_phase(w, &seen))
            break;
        int wait = seen == CONNECT || O.untilseq || O.maxframes ? 10 : 50; // ms
        if (w->nextc < w->hi) {
            wait = connect_more(w, now, limit, wait);
        } else if (O.churn > 0 && seen >= WARM_UP) {
            churn(w, now, limit);
            wait = 1;
        }
        if (now > last_timeout + 200000000ull) {
            last_timeout = now;
            time_out(w, now);
        }
        if (O.slowrate > 0 && now > w->last_slow + 20000000ull) {
            read_slowly(w, now);
            wait = wait > 20 ? 20 : wait;
        }
        int n = epoll_wait(w->ep, events, 1024, wait);
        for (int i = 0; i < n; i++)
            handle(w, &events[i]);
    }
    if (O.slowdrain > 0)
        drain_slow(w);
    if (O.end == END_CLOSE)
        close_all(w, events, 1024);
    for (int i = w->lo; i < w->hi; i++) {
        if (C[i].fd < 0)
            continue;
        if (O.end == END_RST)
            reset_on_close(C[i].fd);
        close(C[i].fd);
    }
}

#endif
