/// One thing that a policy says and could leave out.
package struct PolicyPart: Hashable, Sendable {
  /// What kind of thing it is; the raw value is the stable name used in JSON output.
  package enum Kind: String, Sendable, CaseIterable {
    case statement, rule, role, binding, member, permission, verb, group, path
    case action, resource, name, condition
    /// Keeps what stands above from reaching what is below.
    case fence
    /// One of several values of which a request must have one.
    case conditionValue = "condition-value"
    /// A list of names, without which all objects would be meant.
    case restriction

    /// In a sentence, in the singular.
    package var noun: String {
      self == .conditionValue ? "condition value" : rawValue
    }
  }

  package let kind: Kind
  /// Where in the document it stands, as a person looks for it.
  package let place: String
  /// What it says, exactly; not yet safe for a terminal.
  package let text: String

  init(_ kind: Kind, in place: String, _ text: String) {
    self.kind = kind
    self.place = place
    self.text = text
  }
}

/// A policy that was read back from its document, and that can be taken apart.
protocol ProvablePolicy: Sendable {
  /// What tells its parts apart, in the policy and in slices of it.
  associatedtype Part: Hashable, Sendable

  /// All parts, in the order of the document.
  var parts: [Part] { get }

  /// The part as people see it.
  func described(_ part: Part) -> PolicyPart

  /// The policy without one of its parts; what is left empty goes, too.
  func without(_ part: Part) -> Self

  /// As little of the policy as decides about `key` just as all of it, also without any of the
  /// slice's parts.
  func slice(for key: PermissionKey) -> Self

  /// What the platform answers, asked at `time` in nanoseconds since the Unix epoch.
  func allows(_ key: PermissionKey, at time: Int64) -> Bool

  /// What the names of all resources begin with on which the policy may allow it; none when there is
  /// no such resource.
  func prefixes(of principal: Name, _ permission: Name) -> [String]

  /// Whether the answer may depend on what else the request carries.
  func testsContext(of principal: Name, _ permission: Name) -> Bool

  /// Requests that differ a little from `key`, in the ways in which this platform's policies can
  /// reach too far.
  static func variants(of key: PermissionKey) -> [PermissionKey]

  /// How `grant` accounts for what the policy allows; nil when it does not.
  static func reach(of grant: Grant, to key: PermissionKey) -> DeclaredReach?

  /// What is the same permission on this platform.
  static func spelling(of permission: Name) -> Name
}

extension ProvablePolicy {
  func testsContext(of principal: Name, _ permission: Name) -> Bool { false }

  static func variants(of key: PermissionKey) -> [PermissionKey] { Neighbours.of(key) }

  static func spelling(of permission: Name) -> Name { permission }

  static func reach(of grant: Grant, to key: PermissionKey) -> DeclaredReach? {
    grant.covers(key) ? .granted : nil
  }
}

/// Why a policy allows something that was never recorded, and may.
package enum DeclaredReach: String, Sendable, CaseIterable, Comparable {
  /// A statement says so: a resource that is a pattern, or a generalisation that was asked for.
  case granted
  /// What is below a resource in the platform's hierarchy.
  case below
  /// What is below and ends alike, where a condition tests the end of a name.
  case ending
  /// Every version, where the recorded one had an alias.
  case alias
  /// Every object of a kind, where the request named none.
  case allObjects = "all-objects"
  /// Every namespace, where the request was about all of them.
  case allNamespaces = "all-namespaces"
  /// Somebody without a name, whom the platform does not check.
  case nobody

  /// One clause, without a full stop.
  package var meaning: String {
    switch self {
    case .granted: "a statement's resource is a pattern, and this matches it"
    case .below: "the platform lets a policy reach what is below its resource"
    case .ending: "the condition tests how the name ends, for a project's number may stand in it"
    case .alias: "the version was recorded by an alias, which may be any version"
    case .allObjects: "the recorded request named no object, and RBAC then means all of them"
    case .allNamespaces: "the recorded request was about all namespaces, so each is allowed"
    case .nobody: "the platform does not look at members when a check names nobody"
    }
  }

  package static func < (a: Self, b: Self) -> Bool {
    (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
  }
}

extension PolicyDialect {
  /// A document of this dialect, as `policy generate` prints it, taken apart.
  ///
  /// - Throws: `PolicyReadError`.
  func provable(_ document: String) throws(PolicyReadError) -> any ProvablePolicy {
    switch self {
    case .emulator: try EmulatorParts(document)
    case .gcp: try GoogleParts(document)
    case .aws: try AWSParts(document)
    case .kubernetes: try RBACParts(document)
    case .cedar: try CedarParts(document)
    }
  }
}

extension Array where Element: Equatable {
  /// The list without one copy of `element`.
  func dropping(_ element: Element) -> [Element] {
    guard let place = firstIndex(of: element) else { return self }
    var rest = self
    rest.remove(at: place)
    return rest
  }

  /// The elements that are wanted, or one that is not: enough to decide whether one is.
  func narrowed(_ isWanted: (Element) -> Bool) -> [Element] {
    let wanted = filter(isWanted)
    return wanted.isEmpty ? Array(prefix(1)) : wanted
  }
}
