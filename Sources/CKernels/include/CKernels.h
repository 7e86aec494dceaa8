// What Swift has no words for: a mask from the comparison of 16 bytes, hints to the processor's
// cache and to the allocator, lanes that stay apart. The inline functions are the inner loops of
// reading; they read nothing outside the bytes that they are given.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>

// A bit for each of the 16 bytes at `bytes`, the first in the lowest: set for a quote, a backslash,
// a control character and all that is not ASCII.
static inline uint32_t kernel_special_bytes(const void *bytes) {
  __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  __m128i quotes = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  __m128i backslashes = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  // Signed, so that bytes from 0x80 on are below the space, too.
  __m128i low = _mm_cmplt_epi8(block, _mm_set1_epi8(' '));
  return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), low));
}
#else
static inline uint32_t kernel_special_bytes(const void *bytes) {
  const uint8_t *block = (const uint8_t *)bytes;
  uint32_t mask = 0;
  for (int i = 0; i < 16; i++) {
    int special = block[i] == '"' || block[i] == '\\' || block[i] < ' ' || block[i] >= 0x80;
    mask |= (uint32_t)special << i;
  }
  return mask;
}
#endif

// Has the processor fetch the line of memory at `address`, which need not be readable.
static inline void kernel_prefetch(const void *address) { __builtin_prefetch(address); }

#if defined(__clang__) || defined(__GNUC__)
// Keeps a lane in a register of its own: compilers that pack two into one take twice the time.
#define KERNEL_KEEP_APART(lane) __asm__("" : "+r"(lane))
#else
#define KERNEL_KEEP_APART(lane)
#endif

static inline uint64_t kernel_fold(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t kernel_word(const uint8_t *bytes) {
  uint64_t word;
  __builtin_memcpy(&word, bytes, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

// Mixes `count` stripes of 32 bytes into four lanes, each with its multiplier:
// lane = fold(lane xor word, multiplier) + 1.
static inline void kernel_mix_stripes(
    uint64_t lanes[4], const uint64_t multipliers[4], const void *bytes, size_t count) {
  const uint8_t *next = (const uint8_t *)bytes;
  uint64_t a = lanes[0], b = lanes[1], c = lanes[2], d = lanes[3];
  for (size_t i = 0; i < count; i++, next += 32) {
    a = kernel_fold(a ^ kernel_word(next), multipliers[0]) + 1;
    KERNEL_KEEP_APART(a);
    b = kernel_fold(b ^ kernel_word(next + 8), multipliers[1]) + 1;
    KERNEL_KEEP_APART(b);
    c = kernel_fold(c ^ kernel_word(next + 16), multipliers[2]) + 1;
    KERNEL_KEEP_APART(c);
    d = kernel_fold(d ^ kernel_word(next + 24), multipliers[3]) + 1;
    KERNEL_KEEP_APART(d);
  }
  lanes[0] = a, lanes[1] = b, lanes[2] = c, lanes[3] = d;
}

// Has the allocator keep memory that is freed, for a while in which much is taken and freed: each
// page that it would get anew from the kernel costs a fault. Memory goes back at the end.
void kernel_keep_memory(void);
void kernel_give_memory_back(void);

// Gives back what is free, once, though memory is kept.
void kernel_trim_memory(void);

// Has the disk begin with what was written to a file, without waiting for it: only a wish.
void kernel_begin_writing(int descriptor, size_t offset, size_t length);
