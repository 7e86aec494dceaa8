/// A policy that was read from files, and decides as its platform would.
package protocol PolicyEngine: Sendable {
  /// What the policy says about a question at `time`, in nanoseconds since the Unix epoch.
  func judge(_ question: PolicyQuestion, at time: Int64) -> PolicyJudgement
  /// Every smallest part of the policy that gives somebody something, in the order of the document.
  var grants: StandingGrants { get }
  /// Whether the same question may get another answer at another time.
  var dependsOnTime: Bool { get }
  /// What of the policy has no effect, or not the one it seems to have, a clause each.
  var remarks: [String] { get }
  /// Whether the files say anything about a question: a policy of AWS is one principal's, one of Google
  /// Cloud one resource's.
  func isAbout(_ key: PermissionKey) -> Bool
  /// Numbers of the grants that a recorded reason says were used, of those that allow the question;
  /// nil when the reason names none.
  func grants(named reason: String, among allowing: [Int]) -> [Int]?
}

extension PolicyEngine {
  package func isAbout(_ key: PermissionKey) -> Bool { true }

  package func grants(named reason: String, among allowing: [Int]) -> [Int]? { nil }
}

/// What is asked of a policy.
package struct PolicyQuestion: Hashable, Sendable {
  package let key: PermissionKey
  /// The groups of the principal, as recorded; only Kubernetes records them.
  package let groups: [Name]

  package init(key: PermissionKey, groups: [Name] = []) {
    self.key = key
    self.groups = groups
  }
}

/// A policy's answer to one question.
package struct PolicyJudgement: Sendable, Equatable {
  package let isAllowed: Bool
  /// Why, in a clause: the binding or statement, or that there is none.
  package let reason: String
  /// Numbers of all grants that allow it, from 0, the one that decides first; those behind it would
  /// decide if it were not there. Empty when it is denied.
  package let grants: [Int]

  package init(isAllowed: Bool, reason: String, grants: [Int] = []) {
    self.isAllowed = isAllowed
    self.reason = reason
    self.grants = grants
  }
}

/// Why files are no policy of a dialect.
package struct PolicyReadError: Error, Equatable, Sendable {
  /// What is wrong and where; the file is named where there are several.
  package let problem: String

  package init(_ problem: String) { self.problem = problem }
}
