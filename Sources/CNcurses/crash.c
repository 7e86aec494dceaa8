#define _GNU_SOURCE 1
#define NCURSES_NOMACROS 1

#include "internal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

// What brings the terminal back: computed while it is safe to, written when it is not.
static char reset[512];
static volatile size_t reset_length = 0;
static struct termios shell_modes;
static volatile sig_atomic_t shell_modes_known = 0;

static const int fatal[] = {SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGQUIT};
enum { fatal_count = sizeof fatal / sizeof *fatal };
static struct sigaction previous[fatal_count];
static bool installed = false;
static char alternate_stack[64 * 1024];

static int append_byte(int byte) {
  if (reset_length < sizeof reset) reset[reset_length++] = (char)byte;
  return byte;
}

static void append(const char *capability) {
  if (capability != NULL) tputs(capability, 1, append_byte);
}

void terminal_crash_prepare(void) {
  shell_modes_known = tcgetattr(STDIN_FILENO, &shell_modes) == 0;
}

static void write_all(int descriptor, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(descriptor, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

static void restore_terminal(void) {
  write_all(STDOUT_FILENO, reset, reset_length);
  if (shell_modes_known) tcsetattr(STDIN_FILENO, TCSANOW, &shell_modes);
  terminal_stderr_release();
}

static void handle_fatal(int signal, siginfo_t *info, void *context) {
  (void)context;
  restore_terminal();
  for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &previous[i], NULL);
  // A faulting instruction faults again on return, for whoever is to see where; a breakpoint or a
  // signal that was sent would not come again.
  bool faults_again = info->si_code > 0 && signal != SIGTRAP && signal != SIGABRT;
  if (faults_again) return;
  raise(signal);
  // Swift's handler prints a backtrace and returns, as if the fault would come again.
  sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
  raise(signal);
}

void terminal_crash_install(void) {
  if (installed) return;
  reset_length = 0;
  append(exit_attribute_mode);
  append(orig_pair);
  append(keypad_local);
  append(cursor_normal);
  // Without an alternate screen the last picture stays; the shell goes on below it.
  append(exit_ca_mode != NULL ? exit_ca_mode : "\r\n");

  stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
  sigaltstack(&stack, NULL);
  struct sigaction action = {.sa_sigaction = handle_fatal,
                             .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &action, &previous[i]);
  installed = true;
}

void terminal_crash_uninstall(void) {
  if (!installed) return;
  for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &previous[i], NULL);
  installed = false;
}

static int captured = -1;
static int real_stderr = -1;

void terminal_stderr_capture(void) {
  if (real_stderr >= 0 || !isatty(STDERR_FILENO)) return;
  if (captured < 0) {
    FILE *file = tmpfile();
    if (file == NULL) return;
    captured = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
    fclose(file);
    if (captured < 0) return;
  }
  real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (real_stderr >= 0) dup2(captured, STDERR_FILENO);
}

void terminal_stderr_release(void) {
  if (real_stderr < 0) return;
  dup2(real_stderr, STDERR_FILENO);
  close(real_stderr);
  real_stderr = -1;
  char bytes[1024];
  ssize_t count;
  off_t offset = 0;
  while ((count = pread(captured, bytes, sizeof bytes, offset)) > 0) {
    write_all(STDERR_FILENO, bytes, (size_t)count);
    offset += count;
  }
  if (ftruncate(captured, 0) == 0) lseek(captured, 0, SEEK_SET);
}
