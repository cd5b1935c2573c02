// Raw deflate (RFC 1951), one message of permessage-deflate at a time.
#ifndef WSLOAD_INFLATE_H
#define WSLOAD_INFLATE_H

#include "../base.h"
#include <string.h>

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
static const u8 LE[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const u16 DB[] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                         193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
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
    static struct huff dl, dd;
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

#endif
