// What the command line asks for.
#ifndef WSLOAD_OPTIONS_H
#define WSLOAD_OPTIONS_H

#include "../base.h"
#include <netinet/in.h>
#include <stddef.h>

enum { MAX_URLS = 64, MAX_TEXTS = 16, MAX_PIDS = 64 };

// The targets; viewer i takes number i modulo their count.
static struct {
    char host[64];
    int port;
    char path[1024]; // {i} and {f} are replaced
    struct sockaddr_in sa;
} url[MAX_URLS];
static int nurl;

enum end { END_RST, END_FIN, END_CLOSE };

static struct {
    // viewers and their connections
    int n, threads;    // viewers; worker processes
    double rate;       // connects per second, 0: as fast as inflight allows
    int inflight;      // unanswered handshakes at most
    double timeout;    // seconds for a handshake
    double churn;      // viewers reset and connected again per second
    u32 srcbase;       // first source address
    int persrc, files; // viewers per source address; {f} is the number modulo files
    char *hdr;         // more request headers, each with CRLF
    size_t hdrn;
    char *sub[MAX_TEXTS]; // text messages to send after the handshake
    int nsub;
    int deflate, takeover; // offer permessage-deflate; let the server keep its context
    int sse;               // GET and lines instead of a WebSocket
    int end;               // enum end

    // how they read
    double slow;      // share that never reads, or reads slowrate bytes/s
    long slowrate;    // per slow viewer
    double slowdrain; // seconds for slow viewers to read all at the end
    double discard;   // share whose bytes the kernel throws away
    double inflate;   // share of compressed viewers that is inflated and checked
    int rcvbuf, rbuf; // SO_RCVBUF; bytes of a read

    // what is checked and measured
    double dur, warmup;    // seconds
    const char *seqm, *tm; // marks before the line number and the time
    int seqml, tml;
    int headn;                // bytes of a message that are looked at
    int sample, nolat;        // every so many-th line's latency; none
    int multi, utf8;          // every mark in a message; validate UTF-8
    u64 untilseq, maxframes;  // reasons to stop
    int pids[MAX_PIDS], npid; // the server
    char *save, *ready;       // files: viewer 0's lines; made when all are connected
    int verbose, dump;        // viewer 0's first messages to stderr
} O;

#endif
