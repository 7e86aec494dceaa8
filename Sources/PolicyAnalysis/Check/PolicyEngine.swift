/// A policy that was read from a file, and decides as its platform would.
package protocol PolicyEngine: Sendable {
  /// What the policy says about a check at `time`, in nanoseconds since the Unix epoch.
  func judge(_ key: PermissionKey, at time: Int64) -> PolicyJudgement
  /// Whether the same check may get another answer at another time.
  var dependsOnTime: Bool { get }
  /// What of the policy has no effect, or not the one it seems to have, a clause each.
  var remarks: [String] { get }
}

/// A policy's answer to one check.
package struct PolicyJudgement: Sendable, Equatable {
  package let isAllowed: Bool
  /// Why, in a clause: the binding or statement, or that there is none.
  package let reason: String

  package init(isAllowed: Bool, reason: String) {
    self.isAllowed = isAllowed
    self.reason = reason
  }
}

/// Why a file is no policy of a dialect.
package struct PolicyReadError: Error, Equatable, Sendable {
  /// What is wrong and where, without the file's name.
  package let problem: String

  package init(_ problem: String) { self.problem = problem }
}
