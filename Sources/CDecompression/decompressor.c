#define ZLIB_CONST

#include "CDecompression.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum {
  // The largest window, and gzip's header and trailer, no others.
  gzip_window_bits = 15 + 16,
};

struct decompressor {
  enum decompression_format format;
  z_stream gzip;
  ZSTD_DStream *zstd;
};

struct decompressor *decompressor_open(enum decompression_format format) {
  struct decompressor *it = calloc(1, sizeof *it);
  if (it == NULL) return NULL;
  it->format = format;
  bool is_ready;
  if (format == DECOMPRESSION_GZIP) {
    is_ready = inflateInit2(&it->gzip, gzip_window_bits) == Z_OK;
  } else {
    // Windows beyond 128 MB are refused, as the zstd program does unless it is told otherwise.
    it->zstd = ZSTD_createDStream();
    is_ready = it->zstd != NULL;
  }
  if (is_ready) return it;
  free(it);
  return NULL;
}

void decompressor_close(struct decompressor *it) {
  if (it == NULL) return;
  if (it->format == DECOMPRESSION_GZIP) {
    inflateEnd(&it->gzip);
  } else {
    ZSTD_freeDStream(it->zstd);
  }
  free(it);
}

static uInt clamped(size_t length) { return length < UINT_MAX ? (uInt)length : UINT_MAX; }

static struct decompression_step run_gzip(
    z_stream *stream, const void *input, size_t input_length, void *output,
    size_t output_length) {
  uInt input_room = clamped(input_length);
  uInt output_room = clamped(output_length);
  stream->next_in = input;
  stream->avail_in = input_room;
  stream->next_out = output;
  stream->avail_out = output_room;
  int result = inflate(stream, Z_NO_FLUSH);
  struct decompression_step step = {
      .status = DECOMPRESSION_GOES_ON,
      .read = input_room - stream->avail_in,
      .written = output_room - stream->avail_out,
  };
  if (result == Z_STREAM_END) {
    step.status = DECOMPRESSION_ENDED;
    inflateReset(stream);
  } else if (result != Z_OK && result != Z_BUF_ERROR) {
    step.status = DECOMPRESSION_DAMAGED;
    step.reason = stream->msg != NULL ? stream->msg : zError(result);
  }
  return step;
}

static struct decompression_step run_zstd(
    ZSTD_DStream *stream, const void *input, size_t input_length, void *output,
    size_t output_length) {
  ZSTD_inBuffer in = {.src = input, .size = input_length};
  ZSTD_outBuffer out = {.dst = output, .size = output_length};
  size_t result = ZSTD_decompressStream(stream, &out, &in);
  struct decompression_step step = {
      .status = result == 0 ? DECOMPRESSION_ENDED : DECOMPRESSION_GOES_ON,
      .read = in.pos,
      .written = out.pos,
  };
  if (ZSTD_isError(result)) {
    step.status = DECOMPRESSION_DAMAGED;
    step.reason = ZSTD_getErrorName(result);
  }
  return step;
}

struct decompression_step decompressor_run(
    struct decompressor *it, const void *input, size_t input_length, void *output,
    size_t output_length) {
  return it->format == DECOMPRESSION_GZIP
             ? run_gzip(&it->gzip, input, input_length, output, output_length)
             : run_zstd(it->zstd, input, input_length, output, output_length);
}
