extension GoogleCondition {
  /// Reads a condition of one of the forms that are generated.
  ///
  /// - Throws: `PolicyReadError` for any other.
  init(reading expression: String) throws(PolicyReadError) {
    self.init(type: nil, names: [])
    var rest = Substring(expression)
    let fault = PolicyReadError("a condition of no form that is generated: \(expression)")
    if rest.take("resource.type == ") {
      guard let literal = rest.takeLiteral() else { throw fault }
      type = literal.text
      if rest.isEmpty { return }
      guard rest.take(" && ") else { throw fault }
    }
    let isGrouped = rest.take("(")
    repeat {
      guard let test = GoogleCondition.nameTest(&rest) else { throw fault }
      names.append(test)
    } while rest.take(" || ")
    guard !isGrouped || rest.take(")"), rest.isEmpty else { throw fault }
  }

  private static func nameTest(_ rest: inout Substring) -> NameTest? {
    if rest.take("resource.name == ") {
      return rest.takeLiteral().map { .equals($0) }
    }
    guard rest.take("resource.name.endsWith("), let suffix = rest.takeLiteral(),
      rest.take(")")
    else { return nil }
    return .endsWith(suffix)
  }
}

extension Substring {
  /// Takes `word` from the beginning, if it is there.
  fileprivate mutating func take(_ word: String) -> Bool {
    guard utf8.starts(with: word.utf8) else { return false }
    self = Substring(utf8.dropFirst(word.utf8.count))
    return true
  }

  /// Takes the text literal at the beginning, if there is one; its escapes are those of YAML, too.
  ///
  /// By bytes: a `Character` made of a quotation mark and an accent would hide the mark.
  fileprivate mutating func takeLiteral() -> Name? {
    let bytes = utf8
    guard bytes.first == UInt8(ascii: "\"") else { return nil }
    var end = bytes.index(after: bytes.startIndex)
    while end < bytes.endIndex, bytes[end] != UInt8(ascii: "\"") {
      let isEscape = bytes[end] == UInt8(ascii: "\\")
      end = bytes.index(after: end)
      if isEscape, end < bytes.endIndex { end = bytes.index(after: end) }
    }
    guard end < bytes.endIndex else { return nil }
    let literal = String(Substring(bytes[...end]))
    self = Substring(bytes[bytes.index(after: end)...])
    do throws(YAMLError) {
      guard case .string(let name)? = try YAMLReader.documents(literal).first else { return nil }
      return name
    } catch { return nil }
  }
}
