// A full-screen terminal over ncursesw, for one thread and one terminal at a time.
//
// No type, macro or variable of ncurses crosses this header: curses names such as `stdscr` and
// `timeout` stay out of Swift, and what Swift cannot import (variadic functions, macros, globals)
// is used behind it. docs/decisions/003-ncurses.md says why.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum terminal_attribute {
  TERMINAL_BOLD = 1 << 0,
  TERMINAL_DIM = 1 << 1,
  TERMINAL_ITALIC = 1 << 2,
  TERMINAL_UNDERLINE = 1 << 3,
  TERMINAL_REVERSE = 1 << 4,
};

// One column of a row.
struct terminal_cell {
  uint32_t scalars[4];  // a base and its marks, 0 where there is none
  uint8_t width;        // 1, 2, or 0 for the second column of a wide glyph
  bool disputed;        // whether terminals differ in how wide they draw it
  uint8_t attributes;   // of terminal_attribute
  int16_t foreground;   // palette index, -1 for the terminal's own
  int16_t background;
};

enum terminal_status {
  TERMINAL_OK,
  TERMINAL_NOT_A_TERMINAL,  // standard input or output is none
  TERMINAL_UNKNOWN,         // TERM is unset or has no terminfo entry
  TERMINAL_INCAPABLE,       // it cannot move its cursor
  TERMINAL_FAILED,          // a system call failed: terminal_error
};

enum terminal_event_kind {
  TERMINAL_EVENT_NONE,       // nothing in time
  TERMINAL_EVENT_BYTE,       // one byte of typed text
  TERMINAL_EVENT_KEY,        // value is a terminal_key
  TERMINAL_EVENT_FUNCTION,   // value is the number of a function key
  TERMINAL_EVENT_RESIZE,     // the size is already the new one
  TERMINAL_EVENT_CONTINUED,  // stopped and continued from outside; the terminal is taken again
  TERMINAL_EVENT_STOP,       // SIGTSTP from outside
  TERMINAL_EVENT_INTERRUPT,  // SIGINT from outside
  TERMINAL_EVENT_TERMINATE,  // SIGTERM
  TERMINAL_EVENT_HANGUP,     // SIGHUP, or the terminal is gone
  TERMINAL_EVENT_WAKE,       // terminal_wake was called
};

enum terminal_key {
  TERMINAL_KEY_UP,
  TERMINAL_KEY_DOWN,
  TERMINAL_KEY_LEFT,
  TERMINAL_KEY_RIGHT,
  TERMINAL_KEY_HOME,
  TERMINAL_KEY_END,
  TERMINAL_KEY_PAGE_UP,
  TERMINAL_KEY_PAGE_DOWN,
  TERMINAL_KEY_ENTER,
  TERMINAL_KEY_BACK_TAB,
  TERMINAL_KEY_BACKSPACE,
  TERMINAL_KEY_DELETE,
  TERMINAL_KEY_INSERT,
};

struct terminal_event {
  enum terminal_event_kind kind;
  int value;
};

// Takes the terminal. Signal handlers are installed; terminal_close restores the old ones.
enum terminal_status terminal_open(void);

// Gives the terminal back; harmless when it is not taken. Also runs when the process exits.
void terminal_close(void);

// The errno of the last TERMINAL_FAILED.
int terminal_error(void);

// The value of TERM; empty when unset.
const char *terminal_name(void);

// 0 without colour or when NO_COLOR is set, otherwise the number of palette entries.
int terminal_colors(void);

// Whether the locale's encoding is UTF-8.
bool terminal_is_utf8(void);

int terminal_columns(void);
int terminal_rows(void);

// Draws `count` cells from `column` of `row` on; they show after terminal_show. What does not fit
// is cut, and the lower right corner is left alone, for drawing there scrolls some terminals.
void terminal_draw(int row, int column, const struct terminal_cell *cells, int count);

// Makes the terminal show what was drawn. A negative row hides the cursor.
void terminal_show(int cursor_row, int cursor_column);

// Empties the screen, whatever another program wrote there; every row has to be drawn again. Also
// happens by itself with the events resize and continued and with terminal_resume.
void terminal_invalidate(void);

// Waits for an event; a negative timeout waits as long as it takes.
struct terminal_event terminal_next_event(int timeout_milliseconds);

// Ends the wait of terminal_next_event. For any thread and signal handler; remembered if nobody
// waits.
void terminal_wake(void);

// Leaves full screen, for the shell or another program; terminal_resume takes it again.
void terminal_suspend(void);
void terminal_resume(void);

// Stops the process group as ^Z does, with the terminal given back meanwhile.
void terminal_stop_process(void);
