#define _GNU_SOURCE
#include "CKernels.h"

#include <fcntl.h>
#include <malloc.h>

void kernel_keep_memory(void) {
  // The most that the allocator takes. Larger blocks go back at once, and grow without being copied.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
}

void kernel_give_memory_back(void) {
  // What the allocator starts with.
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  mallopt(M_TRIM_THRESHOLD, 128 << 10);
  mallopt(M_TOP_PAD, 128 << 10);
  malloc_trim(0);
}

void kernel_trim_memory(void) { malloc_trim(0); }

void kernel_begin_writing(int descriptor, size_t offset, size_t length) {
  sync_file_range(descriptor, (off64_t)offset, (off64_t)length, SYNC_FILE_RANGE_WRITE);
}
