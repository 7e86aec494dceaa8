import WireFormats

/// An IAM policy document of an identity, as AWS takes it.
struct IAMDocument: Equatable, Sendable {
  /// The only version in which escapes of wildcards have a meaning.
  static let version = "2012-10-17"

  var statements: [IAMStatement]
}

/// A statement of a document.
struct IAMStatement: Equatable, Sendable {
  enum Effect: String, Sendable {
    case allow = "Allow"
    case deny = "Deny"
  }

  /// What a statement is about: these, or all but these.
  enum Selection: Equatable, Sendable {
    case only([String])
    case allBut([String])
  }

  var sid: String
  var effect: Effect
  var actions: Selection
  var resources: Selection
  var conditions: [IAMCondition]
}

/// One line of a statement's condition; all of them must hold.
struct IAMCondition: Hashable, Sendable {
  let operation: String
  let key: String
  /// One of them must hold.
  let values: [String]
}

/// Why a text is no policy document.
struct IAMDocumentError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `Statement[2].Action`.
  let place: String
  let problem: String

  var description: String { place.isEmpty ? problem : "\(place): \(problem)" }
}

// MARK: Reading

extension IAMDocument {
  /// Reads a document by AWS's grammar.
  ///
  /// - Throws: `IAMDocumentError` for anything that AWS refuses, and for what is not of an identity's
  ///   policy.
  init(_ text: String) throws(IAMDocumentError) {
    let bytes = Array(text.utf8)
    let value: JSONValue
    do throws(JSONFault) { value = try JSONValue(bytes.span.bytes) } catch {
      throw IAMDocumentError(place: "", problem: error.explanation(in: bytes.span.bytes))
    }
    try self.init(value)
  }

  init(_ value: JSONValue) throws(IAMDocumentError) {
    let members = try IAMDocument.members(value, "", ["Version", "Id", "Statement"])
    guard members["Version"]?.text == IAMDocument.version else {
      throw IAMDocumentError(place: "Version", problem: "is not \(IAMDocument.version)")
    }
    guard let list = members["Statement"] else {
      throw IAMDocumentError(place: "Statement", problem: "is missing")
    }
    let values: [JSONValue] = if case .array(let values) = list { values } else { [list] }
    guard !values.isEmpty else {
      throw IAMDocumentError(place: "Statement", problem: "has no statement")
    }
    statements = []
    for (number, value) in values.enumerated() {
      let statement = try IAMStatement(value, "Statement[\(number)]")
      if !statement.sid.isEmpty, statements.contains(where: { $0.sid == statement.sid }) {
        throw IAMDocumentError(
          place: "Statement[\(number)].Sid", problem: "'\(statement.sid)' is there twice")
      }
      statements.append(statement)
    }
  }

  fileprivate static func members(
    _ value: JSONValue, _ place: String, _ known: Set<String>
  ) throws(IAMDocumentError) -> [String: JSONValue] {
    guard case .object(let list) = value else {
      throw IAMDocumentError(place: place, problem: "is no object")
    }
    var members: [String: JSONValue] = [:]
    for member in list {
      guard known.contains(member.key), members.updateValue(member.value, forKey: member.key) == nil
      else {
        throw IAMDocumentError(
          place: place, problem: "'\(member.key)' is not known here, or there twice")
      }
    }
    return members
  }

  fileprivate static func texts(
    _ value: JSONValue, _ place: String
  ) throws(IAMDocumentError) -> [String] {
    let values: [JSONValue] = if case .array(let values) = value { values } else { [value] }
    let texts = values.compactMap(\.text)
    guard texts.count == values.count, !texts.isEmpty else {
      throw IAMDocumentError(place: place, problem: "is neither a string nor a list of strings")
    }
    return texts
  }
}

extension IAMStatement {
  fileprivate init(_ value: JSONValue, _ place: String) throws(IAMDocumentError) {
    let members = try IAMDocument.members(
      value, place,
      ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"])
    sid = members["Sid"]?.text ?? ""
    let isPlain = sid.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    guard isPlain, members["Sid"].map({ $0.text != nil }) ?? true else {
      throw IAMDocumentError(place: place + ".Sid", problem: "has other signs than A-Z, a-z, 0-9")
    }
    guard let effect = members["Effect"]?.text.flatMap(Effect.init) else {
      throw IAMDocumentError(place: place + ".Effect", problem: "is neither Allow nor Deny")
    }
    self.effect = effect
    actions = try IAMStatement.selection(members, "Action", place)
    resources = try IAMStatement.selection(members, "Resource", place)
    conditions = []
    guard let condition = members["Condition"] else { return }
    guard case .object(let operations) = condition else {
      throw IAMDocumentError(place: place + ".Condition", problem: "is no object")
    }
    for operation in operations {
      guard case .object(let keys) = operation.value else {
        throw IAMDocumentError(
          place: "\(place).Condition.\(operation.key)", problem: "is no object")
      }
      for key in keys {
        conditions.append(
          IAMCondition(
            operation: operation.key, key: key.key,
            values: try IAMDocument.texts(
              key.value.asText, "\(place).Condition.\(operation.key).\(key.key)")))
      }
    }
  }

  private static func selection(
    _ members: [String: JSONValue], _ name: String, _ place: String
  ) throws(IAMDocumentError) -> Selection {
    switch (members[name], members["Not" + name]) {
    case (let only?, nil): .only(try IAMDocument.texts(only, "\(place).\(name)"))
    case (nil, let others?): .allBut(try IAMDocument.texts(others, "\(place).Not\(name)"))
    default:
      throw IAMDocumentError(place: place, problem: "has not exactly one of \(name) and Not\(name)")
    }
  }
}

extension JSONValue {
  /// Conditions may have `true` for `"true"`, and numbers.
  fileprivate var asText: JSONValue {
    switch self {
    case .literal(let text): .string(text)
    case .array(let values): .array(values.map(\.asText))
    case .object, .string: self
    }
  }
}
