/// Names of files with the policies of one user or role.
enum AWSFileName {
  /// What the name of a policy ends in that has only actions which the catalogue does not know.
  static let unverified = "-unverified"

  /// `role-123456789012-deployer`.
  static func stem(of holder: AWSPrincipal) -> String {
    [holder.kind.rawValue, holder.account, holder.name].map(plain).joined(separator: "-")
  }

  private static func plain(_ text: String) -> String {
    String(text.prefix(100).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// Whose policy a file is by its name: of the `recorded` principals the one that it is made from,
  /// otherwise a user or role without a path. `others` are the names of all files.
  ///
  /// - Returns: nil for names that are made otherwise.
  static func principal(of file: String, among others: Set<String>, recorded: [Name]) -> Name? {
    guard var stem = base(file) else { return nil }
    var stems = [stem]
    if stem.hasSuffix(unverified) {
      stem = String(stem.dropLast(unverified.count))
      stems = [stem]
    }
    // The second policy of a principal is numbered; the first is then there, too.
    if let dash = stem.lastIndex(of: "-"), let number = Int(stem[stem.index(after: dash)...]),
      number > 1,
      others.contains(stem[..<dash] + ".json")
        || others.contains(stem[..<dash] + unverified + ".json")
    {
      stems.append(String(stem[..<dash]))
    }
    for stem in stems {
      let found = recorded.filter { AWSPrincipal($0.text).map(AWSFileName.stem(of:)) == stem }
      if let first = found.min() { return first }
    }
    guard let stem = stems.last else { return nil }
    let parts = stem.split(separator: "-", maxSplits: 2)
    guard parts.count == 3, AWSPrincipal.Kind(rawValue: String(parts[0])) != nil,
      parts[1].utf8.count == 12, parts[1].allSatisfy(\.isNumber)
    else { return nil }
    return Name("arn:aws:iam::\(parts[1]):\(parts[0])/\(parts[2])")
  }

  private static func base(_ file: String) -> String? {
    file.hasSuffix(".json") ? String(file.dropLast(".json".count)) : nil
  }
}
