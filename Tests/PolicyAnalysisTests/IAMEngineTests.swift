import Testing

@testable import PolicyAnalysis

@Suite("The rules of AWS IAM") struct IAMEngineTests {
  private func allows(
    _ statements: String, _ action: String, _ resource: String,
    _ context: [(String, String)] = []
  ) throws -> Bool {
    let document = try IAMDocument("{\"Version\": \"2012-10-17\", \"Statement\": [\(statements)]}")
    return IAMEngine([document]).allows(
      PermissionKey(
        principal: "p", permission: Name(action), resource: Name(resource),
        context: context.map { ContextEntry(key: Name($0.0), value: Name($0.1)) }))
  }

  private static let read = """
    {"Effect": "Allow", "Action": "s3:Get*", "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::c/?"]}
    """

  @Test("an action counts in any case, a resource only in its own")
  func cases() throws {
    #expect(try allows(Self.read, "S3:getobject", "arn:aws:s3:::b/x/y"))
    #expect(try !allows(Self.read, "s3:GetObject", "arn:aws:s3:::B/x"))
    #expect(try !allows(Self.read, "s3:PutObject", "arn:aws:s3:::b/x"))
  }

  @Test("wildcards: '*' is any text, '?' one sign, and what is escaped is itself")
  func wildcards() throws {
    #expect(try allows(Self.read, "s3:GetObject", "arn:aws:s3:::c/x"))
    #expect(try !allows(Self.read, "s3:GetObject", "arn:aws:s3:::c/xy"))
    let escaped = """
      {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${*}${?}${$}"}
      """
    #expect(try allows(escaped, "s3:GetObject", "arn:aws:s3:::b/${*}${?}${$}"))
    #expect(try !allows(escaped, "s3:GetObject", "arn:aws:s3:::b/xyz"))
  }

  @Test("a request about any resource is only allowed by a statement about any")
  func patternsOfRequests() throws {
    #expect(try !allows(Self.read, "s3:GetObject", "*"))
    #expect(try allows(Self.read, "s3:GetObject", "arn:aws:s3:::b/x*"))
    #expect(try !allows(Self.read, "s3:GetObject", "arn:aws:s3:::c/*"))
    #expect(try allows(Self.read, "s3:GetObject", "arn:aws:s3:::c/?"))
  }

  @Test("an explicit deny wins, also over what it only touches")
  func deny() throws {
    let denied =
      Self.read + """
        , {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}
        , {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::b/secret/*"}
        """
    #expect(try allows(denied, "s3:GetObject", "arn:aws:s3:::b/x"))
    #expect(try !allows(denied, "s3:GetObjectAcl", "arn:aws:s3:::b/x"))
    #expect(try !allows(denied, "s3:GetObject", "arn:aws:s3:::b/secret/x"))
    #expect(try !allows(denied, "s3:GetObject", "arn:aws:s3:::b/*"), "some of it is denied")
  }

  @Test("NotResource allows all that it does not touch, and denies all that it does not cover")
  func notResource() throws {
    let allow = """
      {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"}
      """
    #expect(try allows(allow, "s3:GetObject", "arn:aws:s3:::c/x"))
    #expect(try !allows(allow, "s3:GetObject", "arn:aws:s3:::b/x"))
    #expect(try !allows(allow, "s3:GetObject", "*"))
  }

  @Test(
    "conditions hold as AWS defines them, also for keys that are not there",
    arguments: [
      ("StringEquals", "lambda.amazonaws.com", true, false),
      ("StringEquals", "LAMBDA.amazonaws.com", false, false),
      ("StringEqualsIgnoreCase", "LAMBDA.amazonaws.com", true, false),
      ("StringLike", "lambda.*", true, false), ("StringNotLike", "lambda.*", false, true),
      ("StringNotEquals", "ec2.amazonaws.com", true, true),
      ("StringEqualsIfExists", "ec2.amazonaws.com", false, true),
      ("ForAllValues:StringEquals", "ec2.amazonaws.com", false, true),
      ("ForAnyValue:StringLike", "l*", true, false), ("Null", "true", false, true),
      ("Null", "false", true, false),
    ])
  func conditions(operation: String, value: String, present: Bool, absent: Bool) throws {
    let statement = """
      {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
       "Condition": {"\(operation)": {"iam:passedtoservice": "\(value)"}}}
      """
    let context = [("iam:PassedToService", "lambda.amazonaws.com")]
    #expect(try allows(statement, "iam:PassRole", "arn:aws:iam::1:role/r", context) == present)
    #expect(try allows(statement, "iam:PassRole", "arn:aws:iam::1:role/r") == absent)
  }

  @Test("each part of an ARN is compared by itself")
  func arnConditions() throws {
    let test = IAMConditionTest(
      IAMCondition(
        operation: "ArnLike", key: "iam:PassedToService", values: ["arn:aws:s3:*:*:b/*"]))
    #expect(test.holds(in: ["iam:passedtoservice": ["arn:aws:s3:::b/c:d"]]) == true)
    #expect(test.holds(in: ["iam:passedtoservice": ["arn:aws:s3:b"]]) == false)
  }

  @Test("what is not known never allows, always denies, and is named")
  func unknown() throws {
    func statement(_ effect: String, _ condition: String) -> String {
      """
      {"Effect": "\(effect)", "Action": "*", "Resource": "*", "Condition": \(condition)}
      """
    }
    let odd = [
      "{\"NumericLessThan\": {\"s3:max-keys\": 3}}", "{\"StringEquals\": {\"aws:x\": \"y\"}}",
      "{\"StringEquals\": {\"iam:PassedToService\": \"${aws:username}\"}}",
    ]
    for condition in odd {
      #expect(try !allows(statement("Allow", condition), "s3:GetObject", "*"))
      let denied = Self.read + "," + statement("Deny", condition)
      #expect(try !allows(denied, "s3:GetObject", "arn:aws:s3:::b/x"))
      let document = try IAMDocument(
        "{\"Version\": \"2012-10-17\", \"Statement\": \(statement("Allow", condition))}")
      #expect(IAMEngine([document]).unknowns.count == 1)
    }
    let variable = """
      {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}"}
      """
    #expect(try !allows(variable, "s3:GetObject", "arn:aws:s3:::b/x"))
  }

  @Test(
    "what AWS refuses is no document",
    arguments: [
      "", "[]", "{}", "{\"Version\": \"2008-10-17\", \"Statement\": []}",
      "{\"Version\": \"2012-10-17\", \"Statement\": []}",
      "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"a:b\"}}",
      """
      {"Version": "2012-10-17", "Statement": {"Effect": "allow", "Action": "a:b", "Resource": "*"}}
      """,
      """
      {"Version": "2012-10-17", "Statement":
       {"Effect": "Allow", "Action": "a:b", "NotAction": "a:b", "Resource": "*"}}
      """,
      """
      {"Version": "2012-10-17", "Statement":
       {"Sid": "a b", "Effect": "Allow", "Action": "a:b", "Resource": "*"}}
      """,
      """
      {"Version": "2012-10-17", "Statement":
       {"Effect": "Allow", "Action": [], "Resource": "*"}}
      """,
      """
      {"Version": "2012-10-17", "Statement":
       {"Effect": "Allow", "Principal": "*", "Action": "a:b", "Resource": "*"}}
      """,
    ])
  func refused(text: String) {
    #expect(throws: IAMDocumentError.self) { try IAMDocument(text) }
  }

  @Test("patterns cover and overlap as their languages do, on all short patterns")
  func patterns() {
    let signs = ["a", "b", "*", "?"]
    func words(_ length: Int, _ signs: [String]) -> [String] {
      length == 0 ? [""] : words(length - 1, signs).flatMap { word in signs.map { word + $0 } }
    }
    let texts = (0...4).flatMap { words($0, ["a", "b"]) }
    let patterns = (0...3).flatMap { words($0, signs) }
    let languages = patterns.map { pattern in
      let compiled = IAMPattern(pattern)
      return texts.map {
        Naive.matches(Array(pattern), Array($0)) == compiled.covers(IAMPattern($0))
      }
    }
    #expect(languages.allSatisfy { !$0.contains(false) })
    for a in patterns {
      let matched = Set(texts.filter { Naive.matches(Array(a), Array($0)) })
      for b in patterns {
        let others = Set(texts.filter { Naive.matches(Array(b), Array($0)) })
        let (x, y) = (IAMPattern(a), IAMPattern(b))
        if x.covers(y) { #expect(others.isSubset(of: matched), "\(a) \(b)") }
        if !matched.isDisjoint(with: others) { #expect(x.overlaps(y), "\(a) \(b)") }
        // Texts of up to four signs show every overlap of patterns of up to three.
        if x.overlaps(y) { #expect(!matched.isDisjoint(with: others), "\(a) \(b)") }
      }
    }
  }
}

/// Wildcards by the book, as slowly as may be.
private enum Naive {
  static func matches(_ pattern: [Character], _ text: [Character]) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = Array(pattern.dropFirst())
    if first == "*" {
      return (0...text.count).contains { matches(rest, Array(text.dropFirst($0))) }
    }
    guard let sign = text.first, first == "?" || first == sign else { return false }
    return matches(rest, Array(text.dropFirst()))
  }
}
