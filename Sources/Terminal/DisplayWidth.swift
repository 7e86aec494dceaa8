/// How many columns text takes on the screen, by our own table rather than the C library's.
///
/// Terminals and C libraries disagree about many characters; a table of our own gives the same
/// layout everywhere. What a terminal draws differently is repaired by the device, which moves the
/// cursor to the right column afterwards.
package enum DisplayWidth {
  /// What a scalar does to the cells of a row.
  package enum ScalarClass: UInt32, Sendable {
    /// Shown in an escaped form: controls, bidirectional and zero-width characters, blanks that
    /// are no space, private use, unassigned.
    case hidden
    /// Drawn over the cell before it.
    case mark
    /// One column.
    case narrow
    /// Two columns.
    case wide
  }

  /// The class of `scalar`.
  ///
  /// - Complexity: O(log n) of the table's about two thousand runs; O(1) for ASCII.
  package static func scalarClass(of scalar: Unicode.Scalar) -> ScalarClass {
    let value = scalar.value
    if value < 0x7F { return value < 0x20 ? .hidden : .narrow }
    // The last run that starts at or before the scalar.
    let key = value << 2 | 3
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle] <= key { low = middle } else { high = middle }
    }
    return ScalarClass(rawValue: runs[low] & 3) ?? .hidden
  }

  /// The columns `text` takes when it is drawn, escaped forms included.
  ///
  /// - Complexity: O(length).
  package static func width(of text: String, charset: Charset = .utf8) -> Int {
    width(of: text, charset: charset, limit: .max)
  }

  /// The columns `text` takes, or a number above `limit` as soon as it is exceeded, so that a huge
  /// text costs no more than what is shown of it.
  package static func width(of text: String, charset: Charset = .utf8, limit: Int) -> Int {
    var width = 0
    for drawn in GlyphSequence(text, charset: charset) {
      width += drawn.glyph.width
      if width > limit { return width }
    }
    return width
  }
}

/// What a terminal can show.
package enum Charset: Sendable {
  /// Unicode text encoded as UTF-8.
  case utf8
  /// Printable ASCII; everything else is shown in an escaped form.
  case ascii

  /// Stands for what was cut off; one column.
  package var ellipsis: String {
    self == .utf8 ? "…" : "~"
  }
}
