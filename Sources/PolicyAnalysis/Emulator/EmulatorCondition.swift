import TraceModel

/// A condition as the emulator understands it.
///
/// It does not parse: it looks for one of three words, the first found in this order, and takes
/// what stands between the first and the last quotation mark. Negation, `&&`, `||`, `==` on
/// names and the `=` of `<=` have no effect.
struct EmulatorCondition: Sendable {
  private let expression: String

  init(_ expression: String) { self.expression = expression }

  /// Whether it holds for a request at `time`, in nanoseconds since the Unix epoch.
  func holds(for resource: Name, at time: Int64) -> Bool {
    if expression.unicodeScalars.allSatisfy(\.properties.isWhitespace) { return true }
    if contains("resource.name.startsWith") {
      return quoted.map(resource.hasPrefix) ?? false
    }
    if contains("resource.type") {
      return quoted == EmulatorCondition.type(of: resource)
    }
    return contains("request.time") && timeHolds(time)
  }

  /// What stands between the first and the last quotation mark.
  private var quoted: String? {
    let mark = UInt8(ascii: "\"")
    guard let first = expression.utf8.firstIndex(of: mark),
      let last = expression.utf8.lastIndex(of: mark), first < last
    else { return nil }
    return String(expression[expression.utf8.index(after: first)..<last])
  }

  private func contains(_ word: String) -> Bool {
    expression.utf8.firstRange(of: word.utf8) != nil
  }

  private func timeHolds(_ time: Int64) -> Bool {
    guard let start = expression.utf8.firstRange(of: "timestamp(\"".utf8)?.upperBound,
      let end = expression.utf8[start...].firstIndex(of: UInt8(ascii: "\"")),
      let limit = EmulatorCondition.limit(String(expression[start..<end]))
    else { return false }
    if contains("<") { return time < limit }
    return contains(">") && time > limit
  }

  /// A moment beyond what 64 bits of nanoseconds reach is before or after everything recorded.
  private static func limit(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    // The emulator's parser takes `T` and `Z` in upper case only.
    guard !bytes.contains(UInt8(ascii: "t")), !bytes.contains(UInt8(ascii: "z")) else { return nil }
    do {
      return try Timestamp.nanoseconds(rfc3339: bytes.span.bytes)
    } catch .outOfRange {
      return text < "1970" ? .min : .max
    } catch {
      return nil
    }
  }

  /// A version of a secret counts as a secret.
  private static func type(of resource: Name) -> String {
    let kinds = [
      ("/secrets/", "SECRET"), ("/cryptoKeys/", "CRYPTO_KEY"), ("/keyRings/", "KEY_RING"),
    ]
    return kinds.first { resource.utf8.firstRange(of: $0.0.utf8) != nil }?.1 ?? "UNKNOWN"
  }
}
