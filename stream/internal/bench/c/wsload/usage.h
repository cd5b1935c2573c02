// What --help says, and reading the command line.
#ifndef WSLOAD_USAGE_H
#define WSLOAD_USAGE_H

#include "options.h"
#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void usage(void) {
    fputs("usage: wsload -n VIEWERS -u ws://127.0.0.1:PORT/path [options]\n"
          "  -n N                viewers\n"
          "  -u URL              target on 127.0.0.0/8; several are used in turn; {i} is the viewer's number,\n"
          "                      {f} the same modulo --files K\n"
          "  -r R                connects per second (0: as --inflight 512 allows)\n"
          "  -d S  --warmup S    seconds measured, and seconds left out before; from the last handshake on\n"
          "  -T K                worker processes (more by itself where RLIMIT_NOFILE is too low)\n"
          "  -H 'K: V'  -s TEXT  request header; text message after the handshake; both repeatable\n"
          "  -z                  offer permessage-deflate without context takeover; --takeover: with it\n"
          "  --inflate F         inflate and check only this share of the viewers\n"
          "  --sse               GET and lines (text/event-stream, chunked or plain) instead of a WebSocket\n"
          "  --slow F            this share never reads; --slow-rate B: reads B bytes/s each;\n"
          "                      --slow-drain S: reads all at the end, for S seconds at most\n"
          "  --discard F         this share's bytes are thrown away by the kernel: a cheap client\n"
          "  --rcvbuf B          SO_RCVBUF; --rbuf B: bytes of a read\n"
          "  --seq M --latency M marks before the line number (seq=) and the time (t=); --no-latency\n"
          "  --sample K          take every K-th line's latency; --head B: look at a message's first B bytes\n"
          "  --multi  --utf8     look at every mark in a message; validate text\n"
          "  --until-seq N       stop when every viewer has seen line N; --frames N: after N frames in all\n"
          "  --churn R           reset and reconnect R viewers/s\n"
          "  --end rst|fin|close how to leave\n"
          "  --timeout S         for a handshake (30)\n"
          "  --server-pid P,...  add the server's CPU and memory\n"
          "  --src A --per-src K first source address; viewers per source address\n"
          "  --ready FILE        made when all handshakes are answered\n"
          "  --save FILE --dump K  viewer 0's messages, to a file or the first K to stderr\n"
          "  -v, -vv             a line a second; closes\n",
          stderr);
    exit(2);
}

// ws://HOST[:PORT][/path], HOST in 127.0.0.0/8.
static void add_url(const char *text) {
    char host[64];
    const char *p = !strncmp(text, "ws://", 5) ? text + 5 : !strncmp(text, "http://", 7) ? text + 7 : 0;
    if (!p || nurl >= MAX_URLS)
        usage();
    size_t n = strcspn(p, "/");
    if (n >= sizeof host)
        usage();
    memcpy(host, p, n);
    host[n] = 0;
    char *colon = strchr(host, ':');
    if (colon)
        *colon = 0;
    if (!strcmp(host, "localhost"))
        strcpy(host, "127.0.0.1");
    strcpy(url[nurl].host, host);
    url[nurl].port = colon ? atoi(colon + 1) : 80;
    url[nurl].sa.sin_family = AF_INET;
    url[nurl].sa.sin_port = htons(url[nurl].port);
    if (inet_pton(AF_INET, host, &url[nurl].sa.sin_addr) != 1 || ntohl(url[nurl].sa.sin_addr.s_addr) >> 24 != 127) {
        fprintf(stderr, "wsload: only 127.x.y.z or localhost, not %s\n", host);
        exit(2);
    }
    snprintf(url[nurl].path, sizeof url[nurl].path, "%s", p[n] ? p + n : "/");
    nurl++;
}

static void add_header(const char *text) {
    size_t n = strlen(text);
    O.hdr = realloc(O.hdr, O.hdrn + n + 3);
    memcpy(O.hdr + O.hdrn, text, n);
    memcpy(O.hdr + O.hdrn + n, "\r\n", 3);
    O.hdrn += n + 2;
    if (O.hdrn > 4000) {
        fprintf(stderr, "wsload: headers too long\n");
        exit(2);
    }
}

static void add_pids(char *text) {
    for (char *p = strtok(text, ","); p && O.npid < MAX_PIDS; p = strtok(0, ","))
        O.pids[O.npid++] = atoi(p);
}

static void set_source(const char *text) {
    struct in_addr a;
    if (inet_pton(AF_INET, text, &a) != 1 || ntohl(a.s_addr) >> 24 != 127)
        usage();
    O.srcbase = ntohl(a.s_addr);
}

// A flag that fills a double, an int or a string, or is a switch.
enum kind { DOUBLE, INT, TEXT, SWITCH };
static const struct {
    const char *name;
    enum kind kind;
    void *to;
} flags[] = {
    {"slow", DOUBLE, &O.slow},
    {"slow-drain", DOUBLE, &O.slowdrain},
    {"discard", DOUBLE, &O.discard},
    {"inflate", DOUBLE, &O.inflate},
    {"warmup", DOUBLE, &O.warmup},
    {"churn", DOUBLE, &O.churn},
    {"timeout", DOUBLE, &O.timeout},
    {"rcvbuf", INT, &O.rcvbuf},
    {"rbuf", INT, &O.rbuf},
    {"inflight", INT, &O.inflight},
    {"per-src", INT, &O.persrc},
    {"files", INT, &O.files},
    {"sample", INT, &O.sample},
    {"head", INT, &O.headn},
    {"dump", INT, &O.dump},
    {"threads", INT, &O.threads},
    {"latency", TEXT, &O.tm},
    {"seq", TEXT, &O.seqm},
    {"save", TEXT, &O.save},
    {"ready", TEXT, &O.ready},
    {"sse", SWITCH, &O.sse},
    {"no-latency", SWITCH, &O.nolat},
    {"multi", SWITCH, &O.multi},
    {"utf8", SWITCH, &O.utf8},
    {"takeover", SWITCH, &O.takeover},
};
enum {
    FLAGS = sizeof flags / sizeof *flags,
    FIRST = 256,
    SLOW_RATE = FIRST + FLAGS,
    UNTIL_SEQ,
    FRAMES,
    END,
    SERVER_PID,
    SRC
};

static void set_flag(int i, const char *text) {
    switch (flags[i].kind) {
    case DOUBLE: *(double *)flags[i].to = atof(text); break;
    case INT: *(int *)flags[i].to = atoi(text); break;
    case TEXT: *(const char **)flags[i].to = text; break;
    case SWITCH: *(int *)flags[i].to = 1; break;
    }
}

static void set_option(int o, char *text) {
    switch (o) {
    case 'n': O.n = atoi(text); break;
    case 'r': O.rate = atof(text); break;
    case 'd': O.dur = atof(text); break;
    case 'T': O.threads = atoi(text); break;
    case 'v': O.verbose++; break;
    case 'z': O.deflate = 1; break;
    case 'u': add_url(text); break;
    case 'H': add_header(text); break;
    case 's':
        if (O.nsub < MAX_TEXTS)
            O.sub[O.nsub++] = text;
        break;
    case SLOW_RATE: O.slowrate = atol(text); break;
    case UNTIL_SEQ: O.untilseq = strtoull(text, 0, 10); break;
    case FRAMES: O.maxframes = strtoull(text, 0, 10); break;
    case END: O.end = !strcmp(text, "fin") ? END_FIN : !strcmp(text, "close") ? END_CLOSE : END_RST; break;
    case SERVER_PID: add_pids(text); break;
    case SRC: set_source(text); break;
    default:
        if (o < FIRST || o >= FIRST + FLAGS)
            usage();
        set_flag(o - FIRST, text);
    }
}

static int at_least(int v, int least) {
    return v < least ? least : v;
}

static void parse_options(int argc, char **argv) {
    struct option lo[FLAGS + 7] = {{"slow-rate", 1, 0, SLOW_RATE},   {"until-seq", 1, 0, UNTIL_SEQ},
                                   {"frames", 1, 0, FRAMES},         {"end", 1, 0, END},
                                   {"server-pid", 1, 0, SERVER_PID}, {"src", 1, 0, SRC}};
    for (int i = 0; i < FLAGS; i++)
        lo[6 + i] = (struct option){flags[i].name, flags[i].kind != SWITCH, 0, FIRST + i};
    O.n = O.threads = O.sample = 1;
    O.dur = 10;
    O.inflight = 512;
    O.persrc = 10000;
    O.rbuf = 262144;
    O.inflate = 1;
    O.headn = 256;
    O.timeout = 30;
    O.seqm = "seq=";
    O.tm = "t=";
    // Differs by run, so that no run meets the TIME_WAITs of another.
    O.srcbase = 127u << 24 | (u32)(1 + getpid() % 250) << 16 | 1 << 8 | 1;
    int o;
    while ((o = getopt_long(argc, argv, "n:u:r:d:H:s:zvT:", lo, 0)) != -1)
        set_option(o, optarg);
    if (!nurl || O.n < 1 || O.threads < 1 || O.persrc < 1 || optind < argc)
        usage();
    O.deflate |= O.takeover;
    if (O.threads > O.n)
        O.threads = O.n;
    O.rbuf = at_least(O.rbuf, 1);
    O.headn = at_least(O.headn, 64);
    O.seqml = strlen(O.seqm);
    O.tml = strlen(O.tm);
}

#endif
