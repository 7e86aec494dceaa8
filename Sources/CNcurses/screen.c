#define _XOPEN_SOURCE_EXTENDED 1
#define _GNU_SOURCE 1
#define NCURSES_NOMACROS 1

#include "internal.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

enum {
  escape_delay_milliseconds = 25,
  // A window size beyond these is nonsense a program told the kernel; ncurses would allocate it.
  most_columns = 2000,
  most_rows = 1000,
};

static SCREEN *screen = NULL;
static bool utf8 = false;
static int colors = 0;
static int error = 0;

const char *terminal_name(void) {
  const char *name = getenv("TERM");
  return name == NULL ? "" : name;
}

int terminal_error(void) { return error; }
int terminal_colors(void) { return colors; }
bool terminal_is_utf8(void) { return utf8; }
int terminal_columns(void) { return screen == NULL ? 0 : COLS; }
int terminal_rows(void) { return screen == NULL ? 0 : LINES; }

// initscr would exit the process for an unknown terminal and accept one that cannot move its
// cursor, so both are checked first.
static enum terminal_status check_terminal(void) {
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return TERMINAL_NOT_A_TERMINAL;
  if (*terminal_name() == '\0') return TERMINAL_UNKNOWN;
  int found = 0;
  if (setupterm(terminal_name(), STDOUT_FILENO, &found) == ERR) {
    return found == 1 ? TERMINAL_INCAPABLE : TERMINAL_UNKNOWN;
  }
  const char *move = tigetstr("cup");
  bool moves = move != NULL && move != (char *)-1 && *move != '\0';
  del_curterm(cur_term);
  return moves ? TERMINAL_OK : TERMINAL_INCAPABLE;
}

static void start_colors(void) {
  const char *no_color = getenv("NO_COLOR");
  colors = 0;
  if (no_color != NULL && *no_color != '\0') return;
  if (!has_colors() || start_color() == ERR) return;
  if (use_default_colors() == ERR) return;
  colors = COLORS;
}

static void set_modes(void) {
  raw();       // ^C, ^Z, ^S and ^Q are keys
  noecho();
  nonl();      // Enter is told apart from ^J, and output of line feeds is not changed
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  intrflush(stdscr, FALSE);
  typeahead(-1);           // never leave a picture half drawn because a key waits
  idcok(stdscr, FALSE);    // shifting cells goes wrong where glyph widths are in dispute
  scrollok(stdscr, FALSE);
}

enum terminal_status terminal_open(void) {
  if (screen != NULL) return TERMINAL_OK;
  enum terminal_status status = check_terminal();
  if (status != TERMINAL_OK) return status;
  if (!terminal_pipe_open()) {
    error = errno;
    return TERMINAL_FAILED;
  }
  // Only the encoding: numbers and dates must not follow the locale.
  setlocale(LC_CTYPE, "");
  utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  set_escdelay(escape_delay_milliseconds);
  terminal_signals_install();
  terminal_crash_prepare();
  errno = 0;
  screen = newterm(NULL, stdout, stdin);
  if (screen == NULL) {
    error = errno == 0 ? EIO : errno;
    terminal_signals_restore();
    return TERMINAL_FAILED;
  }
  static bool closes_at_exit = false;
  if (!closes_at_exit) closes_at_exit = atexit(terminal_close) == 0;
  set_modes();
  start_colors();
  terminal_adopt_size();
  terminal_stderr_capture();
  terminal_crash_install();
  return TERMINAL_OK;
}

void terminal_close(void) {
  if (screen == NULL) return;
  terminal_crash_uninstall();
  endwin();
  terminal_stderr_release();
  delscreen(screen);
  screen = NULL;
  terminal_signals_restore();
}

void terminal_adopt_size(void) {
  struct winsize window;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0) return;
  if (window.ws_row == 0 || window.ws_col == 0) return;
  int height = window.ws_row < most_rows ? window.ws_row : most_rows;
  int width = window.ws_col < most_columns ? window.ws_col : most_columns;
  if (height != LINES || width != COLS) resize_term(height, width);
}

void terminal_suspend(void) {
  if (screen == NULL) return;
  terminal_crash_uninstall();
  endwin();
  terminal_stderr_release();
}

void terminal_resume(void) {
  if (screen == NULL) return;
  terminal_stderr_capture();
  terminal_crash_install();
  terminal_adopt_size();
  terminal_invalidate();
  doupdate();
}

void terminal_stop_process(void) {
  if (screen == NULL) return;
  terminal_suspend();
  struct sigaction standard = {.sa_handler = SIG_DFL}, ours;
  sigaction(SIGTSTP, &standard, &ours);
  // The whole group, so that a script or make that started the program stops with it.
  kill(0, SIGTSTP);
  sigaction(SIGTSTP, &ours, NULL);
  atomic_store(&terminal_flags.continued, false);
  terminal_resume();
}

void terminal_invalidate(void) {
  if (screen == NULL) return;
  // Emptied as well: ncurses would repaint whole rows without the moves of resynchronize.
  werase(stdscr);
  clearok(curscr, TRUE);
}

static int pair_of(const struct terminal_cell *cell) {
  if (colors == 0 || (cell->foreground < 0 && cell->background < 0)) return 0;
  int pair = alloc_pair(cell->foreground, cell->background);
  return pair < 0 ? 0 : pair;
}

static attr_t attributes_of(const struct terminal_cell *cell) {
  attr_t attributes = A_NORMAL;
  if (cell->attributes & TERMINAL_BOLD) attributes |= A_BOLD;
  if (cell->attributes & TERMINAL_DIM) attributes |= A_DIM;
  if (cell->attributes & TERMINAL_ITALIC) attributes |= A_ITALIC;
  if (cell->attributes & TERMINAL_UNDERLINE) attributes |= A_UNDERLINE;
  if (cell->attributes & TERMINAL_REVERSE) attributes |= A_REVERSE;
  return attributes;
}

static bool is_ascii(const struct terminal_cell *cell) {
  return cell->scalars[0] < 0x80 && cell->scalars[1] == 0;
}

// ncurses lays cells out by the C library's wcwidth; a glyph about which it disagrees with the
// cell's width would shift the rest of the row.
static bool fits_library(const struct terminal_cell *cell) {
  if (is_ascii(cell)) return cell->scalars[0] >= 0x20 && cell->scalars[0] < 0x7F;
  if (!utf8 || wcwidth((wchar_t)cell->scalars[0]) != cell->width) return false;
  for (int mark = 1; mark < 4 && cell->scalars[mark] != 0; mark++) {
    if (wcwidth((wchar_t)cell->scalars[mark]) != 0) return false;
  }
  return true;
}

// Appends the curses cells of one of ours and returns how many.
static int convert(const struct terminal_cell *cell, cchar_t *to) {
  wchar_t text[5] = {0};
  int pair = pair_of(cell);
  attr_t attributes = attributes_of(cell);
  if (fits_library(cell)) {
    for (int i = 0; i < 4; i++) text[i] = (wchar_t)cell->scalars[i];
    setcchar(to, text, attributes, (short)pair, &pair);
    return 1;
  }
  text[0] = utf8 ? 0xFFFD : L'?';
  setcchar(to, text, attributes, (short)pair, &pair);
  if (cell->width < 2) return 1;
  text[0] = L' ';
  setcchar(to + 1, text, attributes, (short)pair, &pair);
  return 2;
}

// Where the cursor really is after a disputed glyph is for the terminal to decide; ncurses would
// write on, or move relative to where it believes to be. So the row is drawn up to there, and what
// follows begins with an absolute move. Only there, for each costs a write of its own and keeps
// ncurses from scrolling: with a move after every glyph outside ASCII a scrolled waterfall takes
// 10,000 bytes instead of 360.
static void resynchronize(int row, int column) {
  wmove(stdscr, row, column);
  wnoutrefresh(stdscr);
  doupdate();
  // mvcur writes through stdio, doupdate past it.
  mvcur(-1, -1, row, column);
  fflush(stdout);
}

void terminal_draw(int row, int column, const struct terminal_cell *cells, int count) {
  if (screen == NULL || row < 0 || row >= LINES || column < 0 || column >= COLS) return;
  int end = row == LINES - 1 ? COLS - 1 : COLS;
  if (end > column + most_columns) end = column + most_columns;
  cchar_t converted[most_columns];
  int pending = 0, start = column, at = column;
  for (int i = 0; i < count && at + cells[i].width <= end; i++) {
    if (cells[i].width == 0) continue;
    pending += convert(&cells[i], &converted[pending]);
    at += cells[i].width;
    bool next_disputed = i + cells[i].width < count && cells[i + cells[i].width].disputed;
    if (cells[i].disputed && !next_disputed && at < COLS) {
      mvadd_wchnstr(row, start, converted, pending);
      resynchronize(row, at);
      pending = 0;
      start = at;
    }
  }
  if (pending > 0) mvadd_wchnstr(row, start, converted, pending);
}

void terminal_show(int cursor_row, int cursor_column) {
  if (screen == NULL) return;
  bool visible = cursor_row >= 0 && cursor_row < LINES && cursor_column >= 0 && cursor_column < COLS;
  curs_set(visible ? 1 : 0);
  wmove(stdscr, visible ? cursor_row : LINES - 1, visible ? cursor_column : 0);
  wnoutrefresh(stdscr);
  doupdate();
}
