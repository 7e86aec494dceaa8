// Decompression of gzip and zstd streams, callable from Swift: `inflateInit2` is a macro, and the
// structures of zlib hold pointers into themselves, which a Swift value must not.
//
// No type, macro or function of zlib or libzstd crosses this header.
// docs/decisions/009-compressed-artifacts.md says why the two libraries are used.
#pragma once

#include <stddef.h>

struct decompressor;

enum decompression_format {
  DECOMPRESSION_GZIP,
  DECOMPRESSION_ZSTD,
};

enum decompression_status {
  DECOMPRESSION_GOES_ON,  // it wants more input, or more room for output
  DECOMPRESSION_ENDED,    // a gzip member or a zstd frame is complete; the next may follow
  DECOMPRESSION_DAMAGED,  // the rest is lost; reason says why
};

struct decompression_step {
  enum decompression_status status;
  size_t read;         // bytes taken from the input
  size_t written;      // bytes put into the output
  const char *reason;  // a static text when damaged, otherwise NULL
};

// At the first byte of a stream. NULL when there is no memory.
struct decompressor *decompressor_open(enum decompression_format format);

void decompressor_close(struct decompressor *decompressor);

// Decompresses as much as input and output allow. After DECOMPRESSION_ENDED the next call begins
// with the next member or frame; after DECOMPRESSION_DAMAGED there must be no further call.
struct decompression_step decompressor_run(
    struct decompressor *decompressor, const void *input, size_t input_length, void *output,
    size_t output_length);
