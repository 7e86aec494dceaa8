import TraceIndex
import TraceModel

/// A text test, ready to be held against the bytes of strings.
struct TextMatcher {
  private enum Test {
    case glob(CompiledGlob)
    case exact([UInt8])
    case listed(exact: Set<[UInt8]>, globs: [CompiledGlob])
    case regex(Regex<AnyRegexOutput>)
    /// A pattern that was valid when the query was parsed and is not any more.
    case nothing
  }

  private let test: Test

  init(_ test: TextTest) {
    switch test {
    case .contains(let glob): self.test = .glob(CompiledGlob(glob))
    case .equals(let text): self.test = .exact(Array(text.utf8))
    case .oneOf(let entries):
      let exact = entries.filter { !$0.isAnchored }.map { Array($0.pieces[0].utf8) }
      let globs = entries.filter(\.isAnchored).map(CompiledGlob.init)
      self.test = .listed(exact: Set(exact), globs: globs)
    case .matches(let pattern):
      do { self.test = .regex(try pattern.compiled()) } catch { self.test = .nothing }
    }
  }

  /// What a test costs beside reading one row of a column; regular expressions are slow.
  var cost: Int {
    switch test {
    case .regex: 500
    case .glob, .exact, .listed, .nothing: 10
    }
  }

  /// Whether the text passes.
  func matches(_ text: RawSpan) -> Bool {
    switch test {
    case .glob(let glob): return glob.matches(text)
    case .exact(let bytes): return TextMatcher.equal(text, bytes)
    case .listed(let exact, let globs):
      if !exact.isEmpty, exact.contains(text.withUnsafeBytes { unsafe Array($0) }) { return true }
      return globs.contains { $0.matches(text) }
    case .regex(let regex):
      let string = text.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
      return string.firstMatch(of: regex) != nil
    case .nothing: return false
    }
  }

  /// Whether the text passes.
  func matches(_ text: String) -> Bool { matches(Array(text.utf8).span.bytes) }

  private static func equal(_ text: RawSpan, _ bytes: [UInt8]) -> Bool {
    guard text.byteCount == bytes.count else { return false }
    for offset in bytes.indices
    where text.unsafeLoad(fromByteOffset: offset, as: UInt8.self) != bytes[offset] { return false }
    return true
  }
}

/// The part of a string that a field speaks of.
enum TextPart: Sendable {
  case whole
  /// `serviceAccount` in `serviceAccount:ci@example.com`, for the types of principals there are.
  case principalType
  /// `shop` in `projects/shop/secrets/key`.
  case project

  /// GCP's principal types (IAM policy members), and the two that stand alone.
  private static let principalTypes: Set<String> = [
    "user", "serviceAccount", "group", "domain", "principal", "principalSet", "deleted",
    "allUsers", "allAuthenticatedUsers",
  ]

  /// Where the part lies; nil when the string has none.
  func range(in text: RawSpan) -> Range<Int>? {
    switch self {
    case .whole: return text.byteCount > 0 ? 0..<text.byteCount : nil
    case .principalType:
      let end = TextPart.offset(of: ":", in: text, from: 0) ?? text.byteCount
      let type = text.extracting(0..<end).withUnsafeBytes {
        unsafe String(decoding: $0, as: UTF8.self)
      }
      return TextPart.principalTypes.contains(type) ? 0..<end : nil
    case .project:
      let prefix = Array("projects/".utf8)
      guard text.byteCount > prefix.count else { return nil }
      for offset in prefix.indices
      where text.unsafeLoad(fromByteOffset: offset, as: UInt8.self) != prefix[offset] {
        return nil
      }
      let end = TextPart.offset(of: "/", in: text, from: prefix.count) ?? text.byteCount
      return end > prefix.count ? prefix.count..<end : nil
    }
  }

  private static func offset(
    of scalar: Unicode.Scalar, in text: RawSpan, from start: Int
  ) -> Int? {
    for offset in start..<text.byteCount
    where text.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == UInt8(ascii: scalar) {
      return offset
    }
    return nil
  }
}

/// A text test that is made once for each distinct string, and then looked up by string id.
struct DictionaryTest {
  private let matcher: TextMatcher
  private let part: TextPart
  /// By string id: 0 not asked yet, 1 no, 2 yes.
  private var verdicts: [UInt8]
  /// Work done for strings since this was last set to zero, in rows.
  var cost = 0

  init(_ matcher: TextMatcher, part: TextPart = .whole, stringCount: Int) {
    self.matcher = matcher
    self.part = part
    verdicts = [UInt8](repeating: 0, count: max(1, stringCount))
    // The empty string stands for "absent", which no comparison holds of.
    verdicts[0] = 1
  }

  /// Sets the bits of one word of rows where any of the ids passes.
  @inline(__always)
  mutating func bits(_ ids: Span<UInt32>, _ rows: Range<Int>, _ index: TraceIndex) -> UInt64 {
    var bits: UInt64 = 0
    for row in rows {
      let id = Int(ids[row])
      guard id < verdicts.count else { continue }
      var verdict = verdicts[id]
      if verdict == 0 { verdict = ask(id, index) }
      bits |= UInt64(verdict >> 1) << UInt64(row & 63)
    }
    return bits
  }

  @inline(never)
  private mutating func ask(_ id: Int, _ index: TraceIndex) -> UInt8 {
    let isMatch = index.withStringBytes(StringID(UInt32(id))) { text in
      guard let range = part.range(in: text) else { return false }
      return matcher.matches(text.extracting(range))
    }
    verdicts[id] = isMatch ? 2 : 1
    cost += matcher.cost
    return verdicts[id]
  }
}
