import TraceModel

/// A condition of an allow policy that was read from a file: the part of CEL that is about a resource's
/// type, service and name and about the time of a request.
indirect enum GoogleExpression: Sendable, Equatable {
  enum Attribute: String, Sendable, CaseIterable {
    case type = "resource.type"
    case service = "resource.service"
    case name = "resource.name"
  }

  enum TextTest: String, Sendable, CaseIterable { case equals, startsWith, endsWith }

  enum Order: String, Sendable, CaseIterable {
    case notAfter = "<="
    case notBefore = ">="
    case before = "<"
    case after = ">"
  }

  case text(Attribute, TextTest, Name)
  /// Nanoseconds since the Unix epoch.
  case time(Order, Int64)
  case not(GoogleExpression)
  case and(GoogleExpression, GoogleExpression)
  case or(GoogleExpression, GoogleExpression)

  /// Whether it asks when a request was made.
  var dependsOnTime: Bool {
    switch self {
    case .text: false
    case .time: true
    case .not(let a): a.dependsOnTime
    case .and(let a, let b), .or(let a, let b): a.dependsOnTime || b.dependsOnTime
    }
  }

  /// Whether it holds for a request; nil when what was recorded does not tell.
  func holds(for resource: GoogleResource, at time: Int64) -> Bool? {
    switch self {
    case .text(let attribute, let test, let text):
      return GoogleExpression.holds(attribute, test, text, resource)
    case .time(let order, let limit):
      switch order {
      case .before: return time < limit
      case .notAfter: return time <= limit
      case .after: return time > limit
      case .notBefore: return time >= limit
      }
    case .not(let a): return a.holds(for: resource, at: time).map { !$0 }
    case .and(let a, let b):
      let (a, b) = (a.holds(for: resource, at: time), b.holds(for: resource, at: time))
      if a == false || b == false { return false }
      return a == nil || b == nil ? nil : true
    case .or(let a, let b):
      let (a, b) = (a.holds(for: resource, at: time), b.holds(for: resource, at: time))
      if a == true || b == true { return true }
      return a == nil || b == nil ? nil : false
    }
  }

  private static func holds(
    _ attribute: Attribute, _ test: TextTest, _ text: Name, _ resource: GoogleResource
  ) -> Bool? {
    let value: Name
    switch attribute {
    case .name:
      value = resource.attributeName
      // Many names have the project's number where decisions recorded its id.
      if test != .endsWith, isNumbered(text) != isNumbered(value), text.hasPrefix("projects/") {
        return nil
      }
    case .type, .service:
      guard let type = resource.type else { return nil }
      value =
        attribute == .type
        ? Name(type) : Name(type.split(separator: "/").first.map(String.init) ?? type)
    }
    switch test {
    case .equals: return value == text
    case .startsWith: return value.hasPrefix(text.text)
    case .endsWith: return value.hasSuffix(text.text)
    }
  }

  /// Whether a name begins with a project's number.
  private static func isNumbered(_ name: Name) -> Bool {
    let segments = name.segments
    return segments.count > 1 && segments[0] == "projects" && !segments[1].isEmpty
      && segments[1].utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
  }
}

/// Why a condition is not one that is read here.
struct GoogleExpressionError: Error, Equatable, Sendable {
  let problem: String
}

extension GoogleExpression {
  /// Reads a condition.
  ///
  /// - Throws: `GoogleExpressionError` for what is no CEL, and for the rest of CEL.
  init(_ text: String) throws(GoogleExpressionError) {
    var reader = GoogleExpressionReader(text)
    self = try reader.whole()
  }
}

private struct GoogleExpressionReader {
  private enum Token: Equatable {
    case word(String)
    case text(String)
    case sign(String)
    case end
  }

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var joined = 0

  /// Levels of parentheses and negations that are read.
  private static let deepest = 64
  /// What one condition may join; Google Cloud takes 12.
  private static let longest = 1_000
  private static let signs = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")"]

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func whole() throws(GoogleExpressionError) -> GoogleExpression {
    let expression = try disjunction()
    guard try next() == .end else { throw fault("more than one expression") }
    return expression
  }

  private mutating func disjunction() throws(GoogleExpressionError) -> GoogleExpression {
    var result = try conjunction()
    while try take("||") {
      try countJoint()
      result = .or(result, try conjunction())
    }
    return result
  }

  private mutating func conjunction() throws(GoogleExpressionError) -> GoogleExpression {
    var result = try unary()
    while try take("&&") {
      try countJoint()
      result = .and(result, try unary())
    }
    return result
  }

  /// Each is a level of the tree.
  private mutating func countJoint() throws(GoogleExpressionError) {
    joined += 1
    guard joined <= GoogleExpressionReader.longest else { throw fault("too long") }
  }

  private mutating func unary() throws(GoogleExpressionError) -> GoogleExpression {
    guard depth < GoogleExpressionReader.deepest else { throw fault("nested too deeply") }
    depth += 1
    defer { depth -= 1 }
    if try take("!") { return .not(try unary()) }
    if try take("(") {
      let inner = try disjunction()
      guard try take(")") else { throw fault("')' expected") }
      return inner
    }
    return try test()
  }

  private mutating func test() throws(GoogleExpressionError) -> GoogleExpression {
    guard case .word(let word) = try next() else { throw fault("a test expected") }
    if word == "request.time" { return try time() }
    if let attribute = GoogleExpression.Attribute(rawValue: word) {
      let isNegated = try take("!=")
      if !isNegated {
        guard try take("==") else { throw fault("'==' or '!=' expected") }
      }
      let test = GoogleExpression.text(attribute, .equals, Name(try text()))
      return isNegated ? .not(test) : test
    }
    for attribute in GoogleExpression.Attribute.allCases {
      for test in [GoogleExpression.TextTest.startsWith, .endsWith]
      where word == "\(attribute.rawValue).\(test.rawValue)" {
        return .text(attribute, test, Name(try argument()))
      }
    }
    throw fault("'\(word)' is not read here")
  }

  private mutating func time() throws(GoogleExpressionError) -> GoogleExpression {
    guard case .sign(let sign) = try next(), let order = GoogleExpression.Order(rawValue: sign)
    else { throw fault("'<', '<=', '>' or '>=' expected") }
    guard try next() == .word("timestamp") else { throw fault("'timestamp' expected") }
    let bytes = Array(try argument().utf8)
    do throws(TimestampError) {
      return .time(order, try Timestamp.nanoseconds(rfc3339: bytes.span.bytes))
    } catch { throw fault("a time that is not read") }
  }

  private mutating func argument() throws(GoogleExpressionError) -> String {
    guard try take("(") else { throw fault("'(' expected") }
    let argument = try text()
    guard try take(")") else { throw fault("')' expected") }
    return argument
  }

  private mutating func text() throws(GoogleExpressionError) -> String {
    guard case .text(let text) = try next() else { throw fault("a text expected") }
    return text
  }

  private mutating func take(_ sign: String) throws(GoogleExpressionError) -> Bool {
    let start = position
    if try next() == .sign(sign) { return true }
    position = start
    return false
  }

  private func fault(_ problem: String) -> GoogleExpressionError {
    GoogleExpressionError(problem: "\(problem), before byte \(position)")
  }

  // MARK: Tokens

  private mutating func next() throws(GoogleExpressionError) -> Token {
    while position < bytes.count, bytes[position] == 0x20 || (9...13).contains(bytes[position]) {
      position += 1
    }
    guard position < bytes.count else { return .end }
    let byte = bytes[position]
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return .text(try literal(byte)) }
    let start = position
    while position < bytes.count, GoogleExpressionReader.isWord(bytes[position]) { position += 1 }
    if position > start { return .word(String(decoding: bytes[start..<position], as: UTF8.self)) }
    for sign in GoogleExpressionReader.signs where bytes[position...].starts(with: sign.utf8) {
      position += sign.utf8.count
      return .sign(sign)
    }
    throw fault("a sign that is not read here")
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "_.".utf8.contains(byte)
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27,
  ]
  private static let digits: [UInt8: Int] = [
    UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8,
  ]

  private mutating func literal(_ quote: UInt8) throws(GoogleExpressionError) -> String {
    position += 1
    if bytes[position...].starts(with: [quote, quote]) {
      throw fault("a text in three quotation marks is not read here")
    }
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == quote { return String(decoding: text, as: UTF8.self) }
      if byte != UInt8(ascii: "\\") {
        text.append(byte)
        continue
      }
      text += try escape()
    }
    throw fault("a text has no end")
  }

  private mutating func escape() throws(GoogleExpressionError) -> [UInt8] {
    guard position < bytes.count else { throw fault("a text has no end") }
    let sign = bytes[position]
    position += 1
    if let plain = GoogleExpressionReader.escapes[sign] { return [plain] }
    guard let length = GoogleExpressionReader.digits[sign] else { throw fault("an unknown escape") }
    let digits = bytes[position...].prefix(length)
    position += digits.count
    guard digits.count == length, !digits.contains(UInt8(ascii: "+")),
      !digits.contains(UInt8(ascii: "-")),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(value)
    else { throw fault("an escape of no character") }
    return Array(String(Character(scalar)).utf8)
  }
}
