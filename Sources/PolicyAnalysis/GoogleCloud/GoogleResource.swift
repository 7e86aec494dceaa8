/// A kind of resource of Google Cloud, as far as allow policies and conditions go.
///
/// The facts are from "Resource types that accept conditional role bindings" and "Resource
/// attributes for IAM Conditions" in Google's documentation; `docs/policy.md` says which.
struct GoogleResourceKind: Sendable {
  /// Segments of the name; `*` is any one, a last `**` any number; neither is empty.
  let pattern: [Name]
  /// The value of `resource.type` in conditions; nil where the service has no such attribute.
  let type: String?
  /// The number of leading segments that name the resource whose allow policy governs this one.
  let holderDepth: Int
  /// The command that sets the allow policy, `$n` being segment n; nil when this kind has none.
  let command: String?

  init(_ pattern: String, type: String?, holderDepth: Int? = nil, command: String? = nil) {
    self.pattern = Name(pattern).segments
    self.type = type
    self.holderDepth = holderDepth ?? self.pattern.count
    self.command = command
  }

  /// Whether the kind has an allow policy of its own.
  var hasPolicy: Bool { holderDepth == pattern.count }

  /// What its resources are a collection of: `secrets`.
  var collection: Name { pattern.count < 2 ? "" : pattern[pattern.count - 2] }

  func matches(_ segments: [Name]) -> Bool {
    let isOpen = pattern.last == "**"
    guard segments.count == pattern.count || isOpen && segments.count > pattern.count
    else { return false }
    return zip(pattern, segments).allSatisfy { part, segment in
      switch part {
      case "*": !segment.isEmpty
      // The name of an object may begin with a slash.
      case "**": !segment.isEmpty || segments.count > pattern.count
      default: part == segment
      }
    }
  }

  static let project = GoogleResourceKind(
    "projects/*", type: "cloudresourcemanager.googleapis.com/Project",
    command: "gcloud projects set-iam-policy $1 FILE")

  static let all: [GoogleResourceKind] = [
    project,
    .init(
      "projects/*/secrets/*", type: "secretmanager.googleapis.com/Secret",
      command: "gcloud secrets set-iam-policy $3 FILE --project=$1"),
    .init(
      "projects/*/secrets/*/versions/*", type: "secretmanager.googleapis.com/SecretVersion",
      holderDepth: 4),
    .init(
      "projects/*/locations/*/secrets/*", type: "secretmanager.googleapis.com/Secret",
      command: "gcloud secrets set-iam-policy $5 FILE --location=$3 --project=$1"),
    .init(
      "projects/*/locations/*/secrets/*/versions/*",
      type: "secretmanager.googleapis.com/SecretVersion", holderDepth: 6),
    .init("projects/*/locations/*", type: "cloud.googleapis.com/Location", holderDepth: 2),
    .init(
      "projects/*/locations/*/keyRings/*", type: "cloudkms.googleapis.com/KeyRing",
      command: "gcloud kms keyrings set-iam-policy $5 FILE --location=$3 --project=$1"),
    .init(
      "projects/*/locations/*/keyRings/*/cryptoKeys/*",
      type: "cloudkms.googleapis.com/CryptoKey",
      command: "gcloud kms keys set-iam-policy $7 FILE --keyring=$5 --location=$3 --project=$1"),
    .init(
      "projects/*/locations/*/keyRings/*/cryptoKeys/*/cryptoKeyVersions/*",
      type: "cloudkms.googleapis.com/CryptoKeyVersion", holderDepth: 8),
    .init(
      "projects/*/buckets/*", type: "storage.googleapis.com/Bucket",
      command: "gcloud storage buckets set-iam-policy gs://$3 FILE"),
    .init(
      "projects/*/buckets/*/objects/**", type: "storage.googleapis.com/Object",
      holderDepth: 4),
    .init(
      "projects/*/serviceAccounts/*", type: nil,
      command: "gcloud iam service-accounts set-iam-policy $3 FILE --project=$1"),
    .init(
      "projects/*/topics/*", type: nil,
      command: "gcloud pubsub topics set-iam-policy $3 FILE --project=$1"),
    .init(
      "projects/*/subscriptions/*", type: nil,
      command: "gcloud pubsub subscriptions set-iam-policy $3 FILE --project=$1"),
    .init(
      "projects/*/locations/*/services/*", type: nil,
      command: "gcloud run services set-iam-policy $5 FILE --region=$3 --project=$1"),
    .init(
      "projects/*/services/*", type: nil,
      command: "gcloud run services set-iam-policy $3 FILE --region=REGION --project=$1"),
  ]
}

/// A resource of Google Cloud, from the name that a decision recorded.
struct GoogleResource: Sendable {
  let name: Name
  /// Nil when it is of no known kind; it is then taken to have an allow policy of its own.
  let kind: GoogleResourceKind?
  let segments: [Name]

  init(_ name: Name) {
    self.name = name
    let segments = name.segments
    self.segments = segments
    kind = GoogleResourceKind.all.first { $0.matches(segments) }
  }

  /// The value of `resource.type` in conditions.
  var type: String? { kind?.type }

  /// The project's id or number; nil outside projects, and `_` where a bucket does not tell it.
  var project: Name? {
    segments.count >= 2 && segments[0] == "projects" ? segments[1] : nil
  }

  /// The resource, this one or one above, whose allow policy governs this one.
  var holder: Name {
    guard let kind, !kind.hasPolicy else { return name }
    return Name(segments.prefix(kind.holderDepth).map(\.text).joined(separator: "/"))
  }

  /// The value of `resource.name` in conditions, but for the project's number, which stands in
  /// many names where decisions recorded its id.
  var attributeName: Name {
    guard isStorage else { return name }
    return Name("projects/_/" + segments.dropFirst(2).map(\.text).joined(separator: "/"))
  }

  private var isStorage: Bool { kind?.type?.hasPrefix("storage.") ?? false }

  /// What a binding on `holder` needs so that it reaches this resource and nothing beside it; nil
  /// when it needs no condition.
  var limit: GoogleLimit? {
    guard let kind, let last = segments.last else { return nil }
    switch kind.collection {
    case "projects":
      return GoogleLimit(type: kind.type)
    case "locations":
      return GoogleLimit(type: kind.type, name: .endsWith(Name("/locations/" + last.text)))
    case "versions", "cryptoKeyVersions":
      // An alias such as `latest` may be evaluated as the version's number.
      guard last.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
      else { return GoogleLimit(type: kind.type) }
      return GoogleLimit(name: .endsWith(Name("/\(kind.collection)/" + last.text)))
    case "objects":
      return GoogleLimit(name: .equals(attributeName))
    default:
      return nil
    }
  }

  /// The command that sets the allow policy of this resource.
  var policyCommand: String? {
    guard let command = kind?.command else { return nil }
    return command.split(separator: " ").map { word in
      guard let sign = word.firstIndex(of: "$"), let number = Int(word[word.index(after: sign)...]),
        segments.indices.contains(number)
      else { return String(word) }
      return shellWord(word[..<sign] + segments[number].text)
    }.joined(separator: " ")
  }
}

/// What limits a binding to a part of what is below its place.
struct GoogleLimit: Hashable, Sendable {
  var type: String?
  var name: GoogleCondition.NameTest?

  init(type: String? = nil, name: GoogleCondition.NameTest? = nil) {
    self.type = type
    self.name = name
  }
}
