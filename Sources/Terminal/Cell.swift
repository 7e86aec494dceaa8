/// What one cell shows: a scalar and the marks drawn over it, or the second half of a wide glyph.
package struct Glyph: Hashable, Sendable {
  /// The most marks one cell holds; further ones are shown in an escaped form.
  package static let markLimit = 3

  // Base, then marks; zero where there is none. Inline, so that a frame is one allocation.
  private var storage: SIMD4<UInt32>
  private let columns: UInt8

  private init(storage: SIMD4<UInt32>, columns: UInt8) {
    self.storage = storage
    self.columns = columns
  }

  /// An empty cell.
  package static let blank = Glyph(storage: [0x20, 0, 0, 0], columns: 1)
  /// The second column of a wide glyph.
  package static let continuation = Glyph(storage: .zero, columns: 0)

  /// A glyph of `base`, or nil when it is hidden or a mark.
  package init?(_ base: Unicode.Scalar) {
    switch DisplayWidth.scalarClass(of: base) {
    case .hidden, .mark: return nil
    case .narrow: self.init(storage: [base.value, 0, 0, 0], columns: 1)
    case .wide: self.init(storage: [base.value, 0, 0, 0], columns: 2)
    }
  }

  /// Columns taken: 1, 2, or 0 for a continuation.
  package var width: Int { Int(columns) }

  /// Base, then marks; empty for a continuation.
  package var scalars: some Sequence<Unicode.Scalar> {
    (0..<4).lazy.map { storage[$0] }.prefix { $0 != 0 }.compactMap(Unicode.Scalar.init)
  }

  /// The number of marks over the base.
  package var markCount: Int {
    (1..<4).reduce(0) { $0 + (storage[$1] == 0 ? 0 : 1) }
  }

  /// Base, then marks, as numbers, 0 where there is none.
  package var rawScalars: (UInt32, UInt32, UInt32, UInt32) {
    (storage[0], storage[1], storage[2], storage[3])
  }

  /// Draws `mark` over the glyph; false when there is no room for it.
  mutating func attach(_ mark: Unicode.Scalar) -> Bool {
    let count = markCount
    guard count < Glyph.markLimit else { return false }
    storage[count + 1] = mark.value
    return true
  }
}

extension Glyph {
  /// Whether terminals differ in the columns they give it: emoji, marks, scripts that join or run
  /// from right to left, everything beyond the Basic Multilingual Plane.
  ///
  /// Latin, Greek, Cyrillic, punctuation, arrows, box drawing, blocks, braille and the ideographs
  /// are the same everywhere.
  package var isDisputed: Bool {
    let value = storage[0]
    if value < 0x80, storage[1] == 0 { return false }
    guard storage[1] == 0, let scalar = Unicode.Scalar(value) else { return value != 0 }
    let agreed = Glyph.agreed.contains { $0.contains(value) }
    return !agreed || scalar.properties.isEmoji
  }

  private static let agreed: [ClosedRange<UInt32>] = [
    0xA1...0x52F, 0x1E00...0x1FFF, 0x2010...0x2BFF, 0x2E80...0xA4CF, 0xAC00...0xD7A3,
    0xFF01...0xFFEE, 0xFFFD...0xFFFD,
  ]
}

/// One place of a frame.
package struct Cell: Hashable, Sendable {
  /// What it shows.
  package var glyph: Glyph
  /// How it is drawn.
  package var style: Style

  /// A cell showing `glyph` in `style`.
  package init(_ glyph: Glyph, _ style: Style = .plain) {
    self.glyph = glyph
    self.style = style
  }
}
