// wsload - thousands of viewers of WebSocket, SSE or plain HTTP line streams.
//
//   wsload -n VIEWERS -u ws://127.0.0.1:PORT/path [options]      (see wsload/usage.h)
//
// It checks the number in each line ("seq=N") for every viewer, takes the time
// from the stamp in it ("t=NS", CLOCK_MONOTONIC) to its receipt, and ends with
// one JSON object on stdout. It exits with 3 if a handshake failed and with 2 if
// it was called wrongly. A viewer costs about 130 bytes. It speaks to nothing
// outside 127.0.0.0/8.
//
// Of the JSON: a line is lost when missing - out_of_order > 0, as a late line
// first shows as a gap. Each connection starts at whatever number it sees first:
// a lost first line shows in seq.first_*, a lost last line in seq.last_*. In
// `closed`, 1005 is a Close without a code, 1006 an end without a Close, 1002 a
// server that broke the protocol. frames, bytes, gaps and the like count from
// the start; frames_per_s, latency_us, server and client belong to the window
// after the warm-up. What `kernel` says per connection is for both its ends.
#define _GNU_SOURCE
#include "wsload/report.h"
#include "wsload/usage.h"
#include "wsload/worker.h"
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

// Raises RLIMIT_NOFILE for O.n viewers, or spreads them over more processes.
static void make_room(void) {
    struct rlimit rl;
    getrlimit(RLIMIT_NOFILE, &rl);
    int each = (O.n + O.threads - 1) / O.threads, spare = 64;
    rlim_t need = each + spare;
    if (rl.rlim_cur >= need)
        return;
    struct rlimit wish = {need, rl.rlim_max > need ? rl.rlim_max : need};
    if (!setrlimit(RLIMIT_NOFILE, &wish))
        return;
    wish.rlim_cur = wish.rlim_max = rl.rlim_max;
    setrlimit(RLIMIT_NOFILE, &wish);
    int most = (int)rl.rlim_max - spare;
    if (most > 0 && each > most)
        O.threads = (O.n + most - 1) / most;
}

static void *shared(size_t n) {
    void *p = mmap(0, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        perror("wsload: mmap");
        exit(1);
    }
    return p;
}

// Forks the other workers and is worker 0 itself; returns when all have ended.
static void run_workers(void) {
    for (int t = O.threads - 1; t >= 0; t--) {
        struct worker *w = &W[t];
        w->id = t;
        w->lo = w->nextc = (int)((long)O.n * t / O.threads);
        w->hi = (int)((long)O.n * (t + 1) / O.threads);
        if (t && (w->pid = fork()) > 0)
            continue;
        if (w->pid < 0) {
            perror("wsload: fork");
            exit(1);
        }
        w->ep = epoll_create1(EPOLL_CLOEXEC);
        w->bufcap = O.rbuf > 65536 ? O.rbuf : 65536;
        w->buf = malloc(w->bufcap + 1);
        drive(w);
        if (t)
            _exit(0);
    }
    for (int t = 1; t < O.threads; t++)
        waitpid(W[t].pid, 0, 0);
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, onsig);
    signal(SIGTERM, onsig);
    parse_options(argc, argv);
    make_room();
    inf_init();
    seed = mix(now_ns() ^ getpid());
    C = shared(O.n * sizeof *C);
    W = shared(O.threads * sizeof *W);
    SH = shared(sizeof *SH);
    for (int i = 0; i < O.n; i++) {
        C[i].fd = -1;
        C[i].idx = i;
    }
    if (O.save && !(savef = fopen(O.save, "w"))) {
        perror(O.save);
        return 1;
    }
    rd_sys(&SY0);
    t_start = now_ns();
    run_workers();
    if (savef)
        fclose(savef);
    report();
    return R.fail ? 3 : 0;
}
