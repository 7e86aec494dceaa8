/// Reads policies of Cedar: annotations, heads with `==` and `in`, conditions of the variables,
/// entities, lists of entities, `==`, `!=`, `in`, `!`, `&&` and `||`.
///
/// What else Cedar has (`is`, attributes, context, `like`, `if`, arithmetic, templates) is an error,
/// and no policy without it.
struct CedarReader {
  private var scanner: CedarScanner
  private var token: CedarToken = .end
  private var depth = 0
  private var joined = 0

  init(_ text: String) throws(CedarError) {
    scanner = CedarScanner(text)
    token = try scanner.next()
  }

  /// Levels of conditions that are read; walking more would need as much stack.
  private static let deepest = 64
  /// What one condition may join; each is a level of its tree.
  private static let longest = 1_000

  // MARK: Policies

  mutating func policies() throws(CedarError) -> CedarPolicySet {
    var set = CedarPolicySet()
    while token != .end { set.policies.append(try policy()) }
    return set
  }

  private mutating func policy() throws(CedarError) -> CedarPolicy {
    var annotations: [String: Name] = [:]
    while try take("@") {
      let key = try word()
      var value: Name = ""
      if try take("(") {
        value = try text()
        try expect(")")
      }
      guard annotations.updateValue(value, forKey: key) == nil else {
        throw scanner.fault("the same annotation twice")
      }
    }
    guard let effect = CedarPolicy.Effect(rawValue: try word()) else {
      throw scanner.fault("'permit' or 'forbid' expected")
    }
    var policy = CedarPolicy(id: annotations["id"] ?? "", effect: effect)
    try expect("(")
    policy.principal = try scope("principal", takesList: false)
    try expect(",")
    policy.action = try scope("action", takesList: true)
    try expect(",")
    policy.resource = try scope("resource", takesList: false)
    _ = try take(",")
    try expect(")")
    while case .word(let word) = token {
      guard word == "when" || word == "unless" else { break }
      try advance()
      try expect("{")
      joined = 0
      policy.conditions.append(
        CedarPolicy.Condition(isUnless: word == "unless", expression: try expression()))
      try expect("}")
    }
    try expect(";")
    return policy
  }

  /// Only an action may be in a list.
  private mutating func scope(
    _ name: String, takesList: Bool
  ) throws(CedarError) -> CedarPolicy.Scope {
    guard try word() == name else { throw scanner.fault("'\(name)' expected") }
    if try take("==") { return .equals(try entity()) }
    guard token == .word("in") else { return .any }
    try advance()
    if takesList, token == .sign("[") { return .isIn(try entities()) }
    return .isIn([try entity()])
  }

  // MARK: Conditions

  private mutating func expression() throws(CedarError) -> CedarExpression {
    guard depth < CedarReader.deepest else { throw scanner.fault("nested too deeply") }
    depth += 1
    defer { depth -= 1 }
    var result = try conjunction()
    while try takeJoint("||") { result = .or(result, try conjunction()) }
    return result
  }

  private mutating func conjunction() throws(CedarError) -> CedarExpression {
    var result = try relation()
    while try takeJoint("&&") { result = .and(result, try relation()) }
    return result
  }

  private mutating func takeJoint(_ sign: String) throws(CedarError) -> Bool {
    guard try take(sign) else { return false }
    joined += 1
    guard joined <= CedarReader.longest else { throw scanner.fault("too long a condition") }
    return true
  }

  /// Relations do not follow one another.
  private mutating func relation() throws(CedarError) -> CedarExpression {
    let left = try unary()
    if try take("==") { return .equal(left, try unary()) }
    if try take("!=") { return .not(.equal(left, try unary())) }
    guard token == .word("in") else { return left }
    try advance()
    return .isIn(left, try unary())
  }

  private mutating func unary() throws(CedarError) -> CedarExpression {
    var isNegated = false
    while try take("!") { isNegated.toggle() }
    let result = try primary()
    return isNegated ? .not(result) : result
  }

  private mutating func primary() throws(CedarError) -> CedarExpression {
    if try take("(") {
      let inner = try expression()
      try expect(")")
      return inner
    }
    if token == .sign("[") { return .entities(try entities()) }
    guard case .word(let word) = token else { throw scanner.fault("a value expected") }
    if word == "true" || word == "false" {
      try advance()
      return .boolean(word == "true")
    }
    if let variable = CedarExpression.Variable(rawValue: word) {
      try advance()
      return .variable(variable)
    }
    return .entity(try entity())
  }

  private mutating func entities() throws(CedarError) -> Set<CedarEntity> {
    try expect("[")
    var entities: Set<CedarEntity> = []
    while try !take("]") {
      entities.insert(try entity())
      if try !take(",") {
        try expect("]")
        break
      }
    }
    return entities
  }

  private mutating func entity() throws(CedarError) -> CedarEntity {
    var path = [try word()]
    while true {
      try expect("::")
      if case .text(let id) = token {
        try advance()
        return CedarEntity(type: Name(path.joined(separator: "::")), id: id)
      }
      path.append(try word())
    }
  }

  // MARK: Tokens

  private mutating func advance() throws(CedarError) { token = try scanner.next() }

  private mutating func take(_ sign: String) throws(CedarError) -> Bool {
    guard token == .sign(sign) else { return false }
    try advance()
    return true
  }

  private mutating func expect(_ sign: String) throws(CedarError) {
    guard try take(sign) else { throw scanner.fault("'\(sign)' expected") }
  }

  private mutating func word() throws(CedarError) -> String {
    guard case .word(let word) = token, word.utf8.first.map({ $0 > 0x39 }) ?? false else {
      throw scanner.fault("a word expected")
    }
    try advance()
    return word
  }

  private mutating func text() throws(CedarError) -> Name {
    guard case .text(let text) = token else { throw scanner.fault("a text expected") }
    try advance()
    return text
  }
}

extension CedarPolicySet {
  /// Reads policies as Cedar writes them.
  ///
  /// - Throws: `CedarError`, also for what Cedar has and is not read here.
  package init(_ text: String) throws(CedarError) {
    var reader = try CedarReader(text)
    self = try reader.policies()
  }
}
