#define _XOPEN_SOURCE_EXTENDED 1
#define _GNU_SOURCE 1
#define NCURSES_NOMACROS 1

#include "internal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

struct terminal_flags terminal_flags;

static int wake_pipe[2] = {-1, -1};

bool terminal_pipe_open(void) {
  return wake_pipe[0] >= 0 || pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) == 0;
}

// The flag says what happened, the byte only ends a poll: a full pipe loses nothing.
static void raise_flag(atomic_bool *flag) {
  int saved = errno;
  atomic_store(flag, true);
  char byte = 0;
  if (wake_pipe[1] >= 0 && write(wake_pipe[1], &byte, 1) < 0) {
  }
  errno = saved;
}

void terminal_wake(void) { raise_flag(&terminal_flags.wake); }

static const struct {
  int signal;
  atomic_bool *flag;
} handled[] = {
    {SIGWINCH, &terminal_flags.resize},  {SIGCONT, &terminal_flags.continued},
    {SIGTSTP, &terminal_flags.stop},     {SIGINT, &terminal_flags.interrupt},
    {SIGTERM, &terminal_flags.terminate}, {SIGHUP, &terminal_flags.hangup},
};
enum { handled_count = sizeof handled / sizeof *handled };
static struct sigaction previous[handled_count];

static void handle(int signal) {
  for (int i = 0; i < handled_count; i++) {
    if (handled[i].signal == signal) raise_flag(handled[i].flag);
  }
}

void terminal_signals_install(void) {
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < handled_count; i++) {
    atomic_store(handled[i].flag, false);
    sigaction(handled[i].signal, &action, &previous[i]);
  }
}

void terminal_signals_restore(void) {
  for (int i = 0; i < handled_count; i++) sigaction(handled[i].signal, &previous[i], NULL);
}

static bool take(atomic_bool *flag) { return atomic_exchange(flag, false); }

static struct terminal_event event(enum terminal_event_kind kind, int value) {
  return (struct terminal_event){.kind = kind, .value = value};
}

static struct terminal_event flagged_event(void) {
  if (take(&terminal_flags.hangup)) return event(TERMINAL_EVENT_HANGUP, 0);
  if (take(&terminal_flags.terminate)) return event(TERMINAL_EVENT_TERMINATE, 0);
  if (take(&terminal_flags.continued)) {
    // The shell had the terminal meanwhile: take it again from the beginning.
    terminal_suspend();
    terminal_resume();
    return event(TERMINAL_EVENT_CONTINUED, 0);
  }
  if (take(&terminal_flags.resize)) {
    terminal_adopt_size();
    terminal_invalidate();
    return event(TERMINAL_EVENT_RESIZE, 0);
  }
  if (take(&terminal_flags.stop)) return event(TERMINAL_EVENT_STOP, 0);
  if (take(&terminal_flags.interrupt)) return event(TERMINAL_EVENT_INTERRUPT, 0);
  if (take(&terminal_flags.wake)) return event(TERMINAL_EVENT_WAKE, 0);
  return event(TERMINAL_EVENT_NONE, 0);
}

static const struct {
  int code;
  enum terminal_key key;
} keys[] = {
    {KEY_UP, TERMINAL_KEY_UP},          {KEY_DOWN, TERMINAL_KEY_DOWN},
    {KEY_LEFT, TERMINAL_KEY_LEFT},      {KEY_RIGHT, TERMINAL_KEY_RIGHT},
    {KEY_HOME, TERMINAL_KEY_HOME},      {KEY_FIND, TERMINAL_KEY_HOME},
    {KEY_A1, TERMINAL_KEY_HOME},        {KEY_END, TERMINAL_KEY_END},
    {KEY_SELECT, TERMINAL_KEY_END},     {KEY_C1, TERMINAL_KEY_END},
    {KEY_PPAGE, TERMINAL_KEY_PAGE_UP},  {KEY_A3, TERMINAL_KEY_PAGE_UP},
    {KEY_NPAGE, TERMINAL_KEY_PAGE_DOWN}, {KEY_C3, TERMINAL_KEY_PAGE_DOWN},
    {KEY_ENTER, TERMINAL_KEY_ENTER},    {KEY_BTAB, TERMINAL_KEY_BACK_TAB},
    {KEY_BACKSPACE, TERMINAL_KEY_BACKSPACE}, {KEY_DC, TERMINAL_KEY_DELETE},
    {KEY_IC, TERMINAL_KEY_INSERT},
};

// A sequence terminfo does not know (an answer of the terminal, a rare key) must not be taken for
// typed keys. Returns false when the escape byte was the Escape key.
static bool skip_unknown_sequence(void) {
  int byte = wgetch(stdscr);
  if (byte == ERR) return false;
  if (byte != '[' && byte != 'O') {
    ungetch(byte);
    return false;
  }
  // ECMA-48 5.4: parameters and intermediates are 0x20-0x3F, the final byte is 0x40-0x7E.
  do byte = wgetch(stdscr);
  while (byte >= 0x20 && byte < 0x40);
  return true;
}

static struct terminal_event typed_event(void) {
  for (;;) {
    int code = wgetch(stdscr);
    if (code == ERR) return event(TERMINAL_EVENT_NONE, 0);
    if (code == 0x1B && skip_unknown_sequence()) continue;
    if (code < 0x100) return event(TERMINAL_EVENT_BYTE, code);
    if (code > KEY_F0 && code < KEY_F0 + 64) return event(TERMINAL_EVENT_FUNCTION, code - KEY_F0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
      if (keys[i].code == code) return event(TERMINAL_EVENT_KEY, keys[i].key);
    }
  }
}

static int64_t now_milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// Waits for a byte or a signal; false when the terminal is gone.
static bool wait_for_input(int timeout) {
  struct pollfd waits[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = wake_pipe[0], .events = POLLIN}};
  if (poll(waits, 2, timeout) <= 0) return true;
  if (waits[1].revents & POLLIN) {
    char bytes[64];
    while (read(wake_pipe[0], bytes, sizeof bytes) > 0) {
    }
  }
  if (waits[0].revents & (POLLHUP | POLLERR | POLLNVAL)) return false;
  // Readable with nothing to read is the end of the file.
  int available = 0;
  return !(waits[0].revents & POLLIN) || ioctl(STDIN_FILENO, FIONREAD, &available) != 0
         || available > 0;
}

struct terminal_event terminal_next_event(int timeout_milliseconds) {
  int64_t deadline = now_milliseconds() + timeout_milliseconds;
  int remaining = timeout_milliseconds;
  for (;;) {
    struct terminal_event found = flagged_event();
    if (found.kind != TERMINAL_EVENT_NONE) return found;
    found = typed_event();
    if (found.kind != TERMINAL_EVENT_NONE) return found;
    if (timeout_milliseconds >= 0 && remaining <= 0) return found;
    if (!wait_for_input(timeout_milliseconds < 0 ? -1 : remaining)) {
      return event(TERMINAL_EVENT_HANGUP, 0);
    }
    int64_t left = deadline - now_milliseconds();
    remaining = left < 0 ? 0 : (int)left;
  }
}
