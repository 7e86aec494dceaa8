import WireFormats

/// The keys of the outer objects at an artifact's beginning, by which formats are told apart.
///
/// What is not JSON is passed over line by line, so a first line that was cut short or spliced
/// does not hide what follows.
struct OuterKeys {
  private var keys: [[UInt8]] = []

  /// - Parameters:
  ///   - prefix: the artifact's first bytes; the last value may be cut.
  ///   - objectsDeep: how many objects deep keys are looked at, 1 for those of whole records.
  init(of prefix: RawSpan, objectsDeep: Int) {
    var skipper = JSONSkipper()
    skipper.rememberedDepth = objectsDeep
    var cursor = JSONCursor(position: OuterKeys.byteOrderMarkLength(of: prefix))
    while cursor.position < prefix.byteCount {
      skipper.reset()
      do throws(JSONFault) {
        let isComplete = try skipper.advance(in: prefix, at: &cursor, isFinal: false)
        remember(skipper.keys, of: prefix)
        if !isComplete { return }
      } catch {
        remember(skipper.keys, of: prefix)
        cursor.position = OuterKeys.nextLine(in: prefix, behind: error.offset)
      }
    }
  }

  func contains(_ key: String) -> Bool { keys.contains(Array(key.utf8)) }

  private mutating func remember(_ ranges: [Range<Int>], of prefix: RawSpan) {
    for range in ranges {
      let key = Array(range.map { prefix.byte(at: $0) })
      if !keys.contains(key) { keys.append(key) }
    }
  }

  private static func byteOrderMarkLength(of prefix: RawSpan) -> Int {
    prefix.byteCount >= 3 && prefix.byte(at: 0) == 0xEF && prefix.byte(at: 1) == 0xBB
      && prefix.byte(at: 2) == 0xBF ? 3 : 0
  }

  private static func nextLine(in prefix: RawSpan, behind position: Int) -> Int {
    var position = position
    while position < prefix.byteCount, prefix.byte(at: position) != 0x0A { position += 1 }
    return position + 1
  }
}

extension RawSpan {
  /// The byte at `offset`, which must be inside.
  @inline(__always)
  func byte(at offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}
