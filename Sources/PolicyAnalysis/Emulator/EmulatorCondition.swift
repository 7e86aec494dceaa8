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

  /// Why it never holds, or not as it reads; a clause.
  var problem: String? {
    if expression.unicodeScalars.allSatisfy(\.properties.isWhitespace) { return nil }
    let asksName = contains("resource.name.startsWith")
    if asksName || contains("resource.type") {
      guard let quoted else { return "it never holds: nothing is in quotation marks" }
      if quoted.utf8.contains(UInt8(ascii: "\"")) {
        return
          "it never holds: all between the first and the last quotation mark is taken as one text"
      }
      if !asksName, !["SECRET", "CRYPTO_KEY", "KEY_RING", "UNKNOWN"].contains(quoted) {
        return "it never holds: no resource is of the type \(quoted)"
      }
    } else if contains("request.time") {
      guard limit != nil else { return "it never holds: it has no time that can be read" }
      guard contains("<") || contains(">") else {
        return "it never holds: it has neither '<' nor '>'"
      }
    } else {
      return "it never holds: it asks for nothing that the emulator looks for"
    }
    let ignored = ["!", "&&", "||"].filter(contains)
    return ignored.isEmpty
      ? nil : "the emulator does not see \(ignored.joined(separator: " and ")) in it"
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

  private var limit: Int64? {
    guard let start = expression.utf8.firstRange(of: "timestamp(\"".utf8)?.upperBound,
      let end = expression.utf8[start...].firstIndex(of: UInt8(ascii: "\""))
    else { return nil }
    return EmulatorCondition.limit(String(expression[start..<end]))
  }

  private func timeHolds(_ time: Int64) -> Bool {
    guard let limit else { return false }
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
