/// What a person or the system tells the program through the terminal.
package enum KeyEvent: Hashable, Sendable {
  /// A printable character, a space included.
  case character(Character)
  /// A lower-case letter or one of `@ [ \ ] ^ _` pressed with Control; ^H, ^I, ^J, ^M and ^[ are
  /// backspace, tab, enter and escape, which terminals cannot tell apart from them.
  case control(Character)
  /// The cursor key.
  case up
  /// The cursor key.
  case down
  /// The cursor key.
  case left
  /// The cursor key.
  case right
  /// To the beginning.
  case home
  /// To the end.
  case end
  /// A screen up.
  case pageUp
  /// A screen down.
  case pageDown
  /// Return or Enter.
  case enter
  /// Escape by itself, not the beginning of a key's sequence.
  case escape
  /// Tab.
  case tab
  /// Shift and Tab.
  case backTab
  /// Backspace, whichever code the terminal sends for it.
  case backspace
  /// Delete.
  case delete
  /// Insert.
  case insert
  /// A function key, from 1.
  case function(Int)

  /// The terminal has another size now; the device already knows it.
  case resize
  /// The process was stopped and runs again; the screen has to be drawn anew.
  case continued
  /// The terminal is gone; nothing can be drawn any more.
  case hangup
  /// Somebody asked the process to end.
  case terminate
  /// Another thread used the device's `WakeHandle`.
  case wake
}
