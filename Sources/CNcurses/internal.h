// What the parts of this target share.
#pragma once

#include "CNcurses.h"

#include <stdatomic.h>

// One flag a signal: set by handlers on any thread, taken by terminal_next_event.
struct terminal_flags {
  atomic_bool resize, continued, stop, interrupt, terminate, hangup, wake;
};
extern struct terminal_flags terminal_flags;

// Creates the pipe that ends a poll; it stays open as long as the process, because a thread may
// wake the terminal after it was closed. False: errno.
bool terminal_pipe_open(void);

// Handlers that set a flag and write to the pipe. Installed before ncurses would install its own.
void terminal_signals_install(void);
void terminal_signals_restore(void);

// Handlers that leave the terminal usable when the process crashes. `restore` must be in place
// before: terminal_crash_prepare computes it from terminfo.
void terminal_crash_prepare(void);
void terminal_crash_install(void);
void terminal_crash_uninstall(void);

// While the screen is taken, standard error goes to an unlinked file, so that messages do not
// tear the picture; release copies them to the real one. Both are safe in signal handlers.
void terminal_stderr_capture(void);
void terminal_stderr_release(void);

// Adapts ncurses to the window's present size.
void terminal_adopt_size(void);
