/// The format of a resource type's ARNs, taken apart.
struct AWSResourceFormat: Sendable {
  enum Part: Sendable, Equatable {
    case text(String)
    case variable(String)
  }

  let parts: [Part]

  /// - Parameter format: such as `arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}`.
  init(_ format: String) {
    var parts: [Part] = []
    var rest = Substring(format)
    while let start = rest.firstRange(of: "${"),
      let end = rest[start.upperBound...].firstIndex(of: "}")
    {
      if start.lowerBound > rest.startIndex {
        parts.append(.text(String(rest[..<start.lowerBound])))
      }
      parts.append(.variable(String(rest[start.upperBound..<end])))
      rest = rest[rest.index(after: end)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  /// Variables whose values the call's place tells.
  static let places: Set<String> = ["Partition", "Region", "Account"]

  /// The variables that name the resource.
  var names: [String] {
    parts.compactMap { part in
      if case .variable(let name) = part, !AWSResourceFormat.places.contains(name) {
        name
      } else {
        nil
      }
    }
  }

  /// How well an ARN fits.
  enum Fit: Comparable { case none, loosely, exactly }

  /// Variables take no `/` and no `:`; loosely, the last one does, for names may hold paths.
  func fit(_ arn: String) -> Fit {
    if matches(Substring(arn), parts[...], isLoose: false) { return .exactly }
    return matches(Substring(arn), parts[...], isLoose: true) ? .loosely : .none
  }

  private func matches(_ text: Substring, _ parts: ArraySlice<Part>, isLoose: Bool) -> Bool {
    guard let part = parts.first else { return text.isEmpty }
    let rest = parts.dropFirst()
    switch part {
    case .text(let literal):
      return text.hasPrefix(literal)
        && matches(text.dropFirst(literal.count), rest, isLoose: isLoose)
    case .variable(let name):
      let isPlace = AWSResourceFormat.places.contains(name)
      if rest.isEmpty && isLoose && name != "BucketName" { return !text.isEmpty }
      var end = text.startIndex
      if isPlace && matches(text, rest, isLoose: isLoose) { return true }
      while end < text.endIndex, text[end] != ":", text[end] != "/" {
        end = text.index(after: end)
        if matches(text[end...], rest, isLoose: isLoose) { return true }
      }
      return false
    }
  }

  /// The ARN pattern with `values` in place of variables, and `*` where there is none.
  func pattern(_ values: [String: String]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .variable(let name): values[name] ?? "*"
      }
    }.joined()
  }
}
