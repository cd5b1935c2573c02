// floor - the least that a broadcast can cost: what tailbeam's figures are
// divided by.
//
//   floor PORT RATE SIZE BATCH TICK_US
//
// One thread, one epoll, one ring of frames made ahead, one send() per viewer
// and pass. It broadcasts lines "seq=N t=NS xxx" of SIZE bytes from memory to
// every WebSocket viewer on 127.0.0.1:PORT:
//
//   RATE > 0   that many lines a second; a pass over all viewers as soon as a
//              line is due, but not before TICK_US after the one before it, so
//              that RATE * TICK_US / 1e6 lines lie in each write
//   RATE 0     as fast as the slowest viewer reads, in passes of BATCH bytes
//              (BATCH <= 1: a line a pass)
//   RATE -1    nothing: idle viewers
//
// What it leaves out is the point of it: there is no file, no check of the
// request beyond its key, no ping or pong, no close handshake, no history. A
// viewer more than 2 MiB behind is cut off. Handshakes must arrive in one
// piece. SIGTERM ends it with one line on stderr: CPU seconds, sends, viewers
// cut off.
#define _GNU_SOURCE
#include "accept.h"
#include "base.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_FD = 1 << 20, RING = 4 << 20, EVENTS = 1024, ACCEPTS = 256 };
enum state { CLOSED, HANDSHAKE, OPEN };

struct viewer {
    u64 cursor; // how much of the ring's stream it has
    int index;  // in the list of open viewers
    u8 state;   // enum state
    u8 want;    // EPOLLOUT is armed: the last send was short
};

static struct viewer *viewers; // by descriptor
static int *list, open_viewers;
static u8 *ring;
static u64 head; // bytes ever put into the ring
static u64 next_seq = 1;
static int ep, listener, line_size;
static long sends, cut_off;
static volatile sig_atomic_t stop;

static void on_signal(int sig) {
    (void)sig;
    stop = 1;
}

// Appends one frame to the ring.
static void make_line(u64 now) {
    char b[65536];
    int p = 0;
    b[p++] = (char)0x81;
    if (line_size < 126) {
        b[p++] = line_size;
    } else {
        b[p++] = 126;
        b[p++] = line_size >> 8;
        b[p++] = line_size;
    }
    int total = p + line_size;
    memcpy(b + p, "seq=", 4);
    p += 4;
    p += put_decimal(b + p, next_seq++);
    memcpy(b + p, " t=", 3);
    p += 3;
    p += put_decimal(b + p, now);
    b[p++] = ' ';
    memset(b + p, 'x', total - p);

    u64 at = head & (RING - 1);
    size_t first = RING - at < (u64)total ? RING - at : (size_t)total;
    memcpy(ring + at, b, first);
    memcpy(ring, b + first, total - first);
    head += total;
}

static void drop(int fd) {
    struct viewer *v = &viewers[fd];
    if (v->state == OPEN) {
        list[v->index] = list[--open_viewers];
        viewers[list[v->index]].index = v->index;
    }
    v->state = CLOSED;
    close(fd);
}

static void arm(int fd, u8 want) {
    if (viewers[fd].want == want)
        return;
    viewers[fd].want = want;
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | (want ? EPOLLOUT : 0), .data.fd = fd};
    epoll_ctl(ep, EPOLL_CTL_MOD, fd, &e);
}

// Sends what the viewer lacks, as far as its socket takes it.
static void flush_viewer(int fd) {
    struct viewer *v = &viewers[fd];
    while (v->cursor < head) {
        u64 at = v->cursor & (RING - 1), n = head - v->cursor;
        if (n > RING - at)
            n = RING - at;
        ssize_t r = send(fd, ring + at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (r < 0 && errno == EAGAIN) {
            arm(fd, 1);
            return;
        }
        if (r < 0) {
            drop(fd);
            return;
        }
        sends++;
        v->cursor += r;
    }
    arm(fd, 0);
}

// Makes the lines that are due and passes over the viewers. Returns how long
// to wait for events, in nanoseconds.
static u64 paced_pass(double rate, u64 tick) {
    static u64 start, made, next_pass;
    u64 now = now_ns();
    if (!start)
        start = now;
    u64 due = (u64)((now - start) / 1e9 * rate);
    if (now >= next_pass && due > made) {
        u64 most = RING / 4 / (line_size + 4);
        if (due - made > most)
            made = due - most;
        for (; made < due; made++)
            make_line(now);
        u64 oldest = head > RING / 2 ? head - RING / 2 : 0;
        for (int i = open_viewers - 1; i >= 0; i--) {
            int fd = list[i];
            if (viewers[fd].cursor < oldest) {
                drop(fd);
                cut_off++;
            } else if (!viewers[fd].want) {
                flush_viewer(fd);
            }
        }
        next_pass = now + tick;
        now = now_ns();
    }
    u64 at = start + (u64)((made + 1) * 1e9 / rate);
    if (next_pass > at)
        at = next_pass;
    return at > now ? at - now : 0;
}

// Makes a batch unless a viewer is half a ring behind. Returns how long to wait
// for events, in nanoseconds; while nobody is blocked it looks at events on
// every 16th pass only, and returns ~0 on the others.
static u64 fast_pass(u64 batch) {
    static unsigned passes;
    u64 slowest = head;
    for (int i = 0; i < open_viewers; i++)
        if (viewers[list[i]].cursor < slowest)
            slowest = viewers[list[i]].cursor;
    if (head - slowest >= RING / 2)
        return 10000000;
    u64 before = head;
    do
        make_line(now_ns());
    while (batch > 1 && head - before < batch);
    int blocked = 0;
    for (int i = open_viewers - 1; i >= 0; i--) {
        if (viewers[list[i]].want)
            blocked = 1;
        else
            flush_viewer(list[i]);
    }
    return (++passes & 15) && !blocked ? ~0ull : 0;
}

static void accept_all(void) {
    int one = 1;
    for (int k = 0; k < ACCEPTS; k++) {
        int fd = accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        viewers[fd].state = HANDSHAKE;
        viewers[fd].want = 0;
        struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP, .data.fd = fd};
        epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
    }
}

static void answer(int fd, const char *request) {
    const char *key = strcasestr(request, "Sec-WebSocket-Key: ");
    if (!key) {
        drop(fd);
        return;
    }
    char accept[40], reply[256];
    accept_for(key + 19, accept);
    int n = snprintf(reply, sizeof reply,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                     accept);
    send(fd, reply, n, MSG_NOSIGNAL);
    viewers[fd].state = OPEN;
    viewers[fd].cursor = head;
    viewers[fd].index = open_viewers;
    list[open_viewers++] = fd;
}

static void on_event(int fd, u32 events) {
    static char in[65536];
    struct viewer *v = &viewers[fd];
    if (v->state == CLOSED)
        return;
    if (events & (EPOLLIN | EPOLLHUP | EPOLLRDHUP | EPOLLERR)) {
        ssize_t r = recv(fd, in, sizeof in - 1, MSG_DONTWAIT);
        if (r == 0 || (r < 0 && errno != EAGAIN)) {
            drop(fd);
            return;
        }
        if (r > 0 && v->state == HANDSHAKE) {
            in[r] = 0;
            answer(fd, in);
        }
    }
    if (v->state == OPEN && (events & EPOLLOUT))
        flush_viewer(fd);
}

static void wait_for_events(u64 ns) {
    struct epoll_event events[EVENTS];
    struct timespec wait = {ns / 1000000000, ns % 1000000000};
    int n = epoll_pwait2(ep, events, EVENTS, &wait, 0);
    for (int i = 0; i < n; i++) {
        if (events[i].data.fd == listener)
            accept_all();
        else
            on_event(events[i].data.fd, events[i].events);
    }
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (void *)&a, sizeof a) || listen(fd, 4096)) {
        perror("floor: listen");
        exit(1);
    }
    return fd;
}

static void *reserve(size_t n) {
    void *p = mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        perror("floor: mmap");
        exit(1);
    }
    return p;
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fprintf(stderr, "usage: floor PORT RATE SIZE BATCH TICK_US\n");
        return 2;
    }
    double rate = atof(argv[2]);
    line_size = atoi(argv[3]);
    u64 batch = strtoull(argv[4], 0, 10), tick = strtoull(argv[5], 0, 10) * 1000;
    if (line_size < 48 || line_size > 60000) {
        fprintf(stderr, "floor: SIZE must be 48 to 60000 bytes\n");
        return 2;
    }
    signal(SIGTERM, on_signal);
    signal(SIGPIPE, SIG_IGN);
    struct rlimit rl;
    getrlimit(RLIMIT_NOFILE, &rl);
    rl.rlim_cur = rl.rlim_max;
    setrlimit(RLIMIT_NOFILE, &rl);
    viewers = reserve(sizeof *viewers * MAX_FD);
    list = reserve(sizeof *list * MAX_FD);
    ring = reserve(RING);
    listener = listen_on(atoi(argv[1]));
    ep = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);

    while (!stop) {
        u64 wait = 100000000;
        if (open_viewers && rate > 0)
            wait = paced_pass(rate, tick);
        else if (open_viewers && rate == 0)
            wait = fast_pass(batch);
        if (wait != ~0ull)
            wait_for_events(wait > 100000000 ? 100000000 : wait);
    }
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    fprintf(stderr, "floor: cpu_s=%.2f sends=%ld cut_off=%ld\n",
            u.ru_utime.tv_sec + u.ru_utime.tv_usec / 1e6 + u.ru_stime.tv_sec + u.ru_stime.tv_usec / 1e6, sends,
            cut_off);
    return 0;
}
