// What is checked of each line: its number, its age, its UTF-8.
#ifndef WSLOAD_LINES_H
#define WSLOAD_LINES_H

#include "viewer.h"
#include <ctype.h>

// Whether p is not UTF-8 (RFC 3629): overlong forms and surrogates included.
static int bad_utf8(const u8 *p, size_t n) {
    size_t i = 0;
    while (i < n) {
        u8 b = p[i];
        if (b < 0x80) {
            i++;
            continue;
        }
        int k;
        u32 v;
        if (b >= 0xc2 && b <= 0xdf) {
            k = 1;
            v = b & 31;
        } else if ((b & 0xf0) == 0xe0) {
            k = 2;
            v = b & 15;
        } else if (b >= 0xf0 && b <= 0xf4) {
            k = 3;
            v = b & 7;
        } else {
            return 1;
        }
        if (i + k >= n)
            return 1;
        for (int j = 1; j <= k; j++) {
            if ((p[i + j] & 0xc0) != 0x80)
                return 1;
            v = v << 6 | (p[i + j] & 63);
        }
        if ((k == 2 && (v < 0x800 || (v >= 0xd800 && v < 0xe000))) || (k == 3 && (v < 0x10000 || v > 0x10ffff)))
            return 1;
        i += k + 1;
    }
    return 0;
}

static struct seqs *numbers(struct worker *w, struct conn *c) {
    return &w->c.s[c->fl & F_SLOW ? 1 : 0];
}

// Counts the line q of a viewer: the next one, a gap, late (within the last 64),
// or seen before.
static inline void seq_seen(struct worker *w, struct conn *c, u64 q) {
    struct seqs *s = numbers(w, c);
    if (!(c->fl & F_SEQ)) {
        c->fl |= F_SEQ;
        c->first = q;
        c->next = q + 1;
        c->win = 1;
    } else if (q == c->next) {
        c->next++;
        c->win = c->win << 1 | 1;
    } else if (q > c->next) {
        u64 d = q - c->next;
        s->gaps++;
        s->missing += d;
        c->win = d >= 63 ? 1 : c->win << (d + 1) | 1;
        c->next = q + 1;
    } else {
        u64 d = c->next - 1 - q;
        int seen = d < 64 ? c->win >> d & 1 : q >= c->first;
        if (seen)
            s->dups++;
        else
            s->ooo++;
        if (!seen && d < 64 && q >= c->first)
            c->win |= 1ull << d;
    }
    if (O.untilseq && !(c->fl & F_HIT) && q >= O.untilseq) {
        c->fl |= F_HIT;
        w->hit++;
    }
}

// Looks for a number and a time in [p, e) and returns where it stopped.
static inline const u8 *check_line(struct worker *w, struct conn *c, const u8 *p, const u8 *e, u64 now) {
    const u8 *q;
    if (e - p > O.seqml && !memcmp(p, O.seqm, O.seqml)) {
        q = p + O.seqml;
    } else {
        q = memmem(p, e - p, O.seqm, O.seqml);
        if (!q || q + O.seqml >= e) {
            numbers(w, c)->noseq++;
            return e;
        }
        q += O.seqml;
    }
    u64 v = 0;
    const u8 *d = q;
    while (q < e && (unsigned)(*q - '0') < 10)
        v = v * 10 + (*q++ - '0');
    if (q == d) {
        numbers(w, c)->noseq++;
        return q;
    }
    seq_seen(w, c, v);
    if (O.nolat || (c->fl & F_SLOW))
        return q;
    if (++w->sampc < O.sample)
        return q;
    w->sampc = 0;
    if (e - q > O.tml + 1 && *q == ' ' && !memcmp(q + 1, O.tm, O.tml)) {
        q += 1 + O.tml;
    } else {
        const u8 *t = memmem(q, e - q > 256 ? 256 : e - q, O.tm, O.tml);
        if (!t || isalnum(t[-1]))
            return q;
        q = t + O.tml;
    }
    u64 t = 0;
    while (q < e && (unsigned)(*q - '0') < 10)
        t = t * 10 + (*q++ - '0');
    if (t && t <= now && now - t < 3600ull * 1000000000)
        hadd(&w->lat, now - t);
    return q;
}

// A whole message.
static void text_msg(struct worker *w, struct conn *c, const u8 *p, size_t n, u64 now) {
    if (O.utf8 && c->op == 1 && bad_utf8(p, n))
        w->c.bad_utf8++;
    if (c->idx == 0) {
        if (savef) {
            fwrite(p, 1, n, savef);
            fputc('\n', savef);
        }
        if (O.dump > 0) {
            O.dump--;
            fprintf(stderr, "[0] op=%d %zu B: %.*s\n", c->op, n, (int)(n > 300 ? 300 : n), p);
        }
    }
    if (O.multi) {
        const u8 *e = p + n;
        u64 k = 0;
        while (p < e) {
            const u8 *q = memmem(p, e - p, O.seqm, O.seqml);
            if (!q)
                break;
            p = check_line(w, c, q, e, now);
            k++;
        }
        if (!k)
            numbers(w, c)->noseq++;
    } else {
        check_line(w, c, p, p + (n > (size_t)O.headn ? (size_t)O.headn : n), now);
    }
}

#endif
