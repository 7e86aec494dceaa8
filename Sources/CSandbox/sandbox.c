#include "CSandbox.h"

#include <errno.h>
#include <stddef.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
// The next instruction runs only when the loaded value is equal, or at least as large.
#define IF_EQUAL(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1)
#define IF_AT_LEAST(value) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (value), 0, 1)
#define REFUSED RETURN(SECCOMP_RET_ERRNO | EPERM)

bool sandbox_forbid_sockets(void) {
#if defined(NATIVE_ARCHITECTURE)
  struct sock_filter filter[] = {
      LOAD(arch),
      // The same numbers mean other calls to other architectures (32-bit calls on a 64-bit system).
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCHITECTURE, 1, 0),
      REFUSED,
      LOAD(nr),
#if defined(__x86_64__)
      // The x32 calls, which reach the same functions by other numbers.
      IF_AT_LEAST(0x40000000),
      REFUSED,
#endif
      IF_EQUAL(__NR_socket),
      REFUSED,
      IF_EQUAL(__NR_socketpair),
      REFUSED,
      IF_EQUAL(__NR_connect),
      REFUSED,
      // A ring makes sockets without any of the calls above.
      IF_EQUAL(__NR_io_uring_setup),
      REFUSED,
      RETURN(SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {
      .len = sizeof filter / sizeof filter[0],
      .filter = filter,
  };
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
         && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
#else
  return false;
#endif
}

int sandbox_probe_socket(void) {
  int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  if (descriptor < 0) return errno;
  close(descriptor);
  return 0;
}
