// Sec-WebSocket-Accept (RFC 6455 4.2.2): SHA-1 (RFC 3174) and base64 (RFC 4648).
#ifndef ACCEPT_H
#define ACCEPT_H

#include "base.h"
#include <stdio.h>
#include <string.h>

static inline u32 rotl(u32 x, int n) {
    return x << n | x >> (32 - n);
}

// One 64-byte block into the state h.
static void sha1_block(u32 h[5], const u8 *p) {
    u32 w[80];
    for (int i = 0; i < 16; i++)
        w[i] = (u32)p[i * 4] << 24 | p[i * 4 + 1] << 16 | p[i * 4 + 2] << 8 | p[i * 4 + 3];
    for (int i = 16; i < 80; i++)
        w[i] = rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    u32 a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 80; i++) {
        u32 f, k;
        if (i < 20) {
            f = (b & c) | (~b & d);
            k = 0x5A827999;
        } else if (i < 40) {
            f = b ^ c ^ d;
            k = 0x6ED9EBA1;
        } else if (i < 60) {
            f = (b & c) | (b & d) | (c & d);
            k = 0x8F1BBCDC;
        } else {
            f = b ^ c ^ d;
            k = 0xCA62C1D6;
        }
        u32 t = rotl(a, 5) + f + e + k + w[i];
        e = d;
        d = c;
        c = rotl(b, 30);
        b = a;
        a = t;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

// n is at most 119: two blocks with their padding.
static void sha1(const u8 *data, size_t n, u8 out[20]) {
    u32 h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    u8 m[128] = {0};
    memcpy(m, data, n);
    m[n] = 0x80;
    size_t blocks = (n + 9 + 63) / 64;
    u64 bits = n * 8;
    for (int i = 0; i < 8; i++)
        m[blocks * 64 - 1 - i] = bits >> (8 * i);
    for (size_t b = 0; b < blocks; b++)
        sha1_block(h, m + b * 64);
    for (int i = 0; i < 20; i++)
        out[i] = h[i / 4] >> (24 - 8 * (i % 4));
}

// Encodes n bytes with padding and a zero byte; returns the length without it.
static int base64(const u8 *data, int n, char *out) {
    static const char T[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    int k = 0;
    for (int i = 0; i < n; i += 3) {
        u32 v = data[i] << 16 | (i + 1 < n ? data[i + 1] << 8 : 0) | (i + 2 < n ? data[i + 2] : 0);
        out[k++] = T[v >> 18];
        out[k++] = T[v >> 12 & 63];
        out[k++] = i + 1 < n ? T[v >> 6 & 63] : '=';
        out[k++] = i + 2 < n ? T[v & 63] : '=';
    }
    out[k] = 0;
    return k;
}

// The answer to a 24-character Sec-WebSocket-Key; out takes 29 bytes.
static void accept_for(const char *key, char *out) {
    char text[64];
    u8 digest[20];
    int n = snprintf(text, sizeof text, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    sha1((u8 *)text, n, digest);
    base64(digest, 20, out);
}

#endif
