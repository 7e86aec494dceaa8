package import TraceIndex
import TraceModel

/// Why a decision grants nothing; the raw value is the stable name used in JSON output.
package enum ExclusionReason: String, Sendable, CaseIterable {
  case otherPrincipal = "other-principal"
  case denied = "denied"
  case error = "error"
  case unauthenticated = "unauthenticated"
  case unknownOutcome = "unknown-outcome"
  case notEnforced = "not-enforced"
  case noPrincipal = "no-principal"
  case everyone = "everyone"
  case noPermission = "no-permission"
  case noResource = "no-resource"
  case damagedName = "damaged-name"
  case duplicate = "duplicate"
  case notACall = "not-a-call"
  case needsNoPermission = "needs-no-permission"
  case calledByService = "called-by-service"
  case serviceLinkedRole = "service-linked-role"
  case rootUser = "root-user"
  case otherAccount = "other-account"
  case noPolicyHolder = "no-policy-holder"
  case bypassesRBAC = "bypasses-rbac"
  case serviceAgent = "service-agent"
  case perimeter = "perimeter"
  case probe = "probe"
  case unnamedDenial = "unnamed-denial"
  case otherPlatform = "other-platform"
  case policyNotGiven = "policy-not-given"

  /// One clause that a person can read, without a full stop.
  package var meaning: String {
    switch self {
    case .otherPrincipal: "made for a principal that was not asked for"
    case .denied: "denied"
    case .error: "came to no decision: an authorization error"
    case .unauthenticated: "refused for want of an identity"
    case .unknownOutcome: "of unknown outcome"
    case .notEnforced:
      "allowed while decisions were not enforced, with no binding named that allowed it"
    case .noPrincipal: "allowed without a principal: nobody to grant to"
    case .everyone: "allowed to allUsers or allAuthenticatedUsers: a grant would admit everybody"
    case .noPermission: "allowed without a permission"
    case .noResource: "allowed without a resource"
    case .damagedName: "allowed to or on a name that its artifact garbled (U+FFFD)"
    case .duplicate: "written a second time, here or in another account's trail"
    case .notACall: "of an event that is no call, so that nothing was asked of IAM"
    case .needsNoPermission: "made by a call that every identity may make"
    case .calledByService: "made by a service in its own name"
    case .serviceLinkedRole: "made by a service-linked role, whose policy nobody can change"
    case .rootUser: "made by an account's root user, whom no policy of IAM limits"
    case .otherAccount: "made from another account, whose policies are not this account's"
    case .noPolicyHolder:
      "made by somebody who is neither a user nor a role of IAM, so that no policy can be attached"
    case .serviceAgent: "made by a service agent of Google Cloud, whose roles Google grants"
    case .perimeter: "refused by a perimeter of VPC Service Controls, not by IAM"
    case .probe: "of a call that only asks which permissions the caller has"
    case .bypassesRBAC:
      "allowed to system:masters or by the node authorizer, whatever roles and bindings say"
    case .unnamedDenial: "denied, without a word on which of the call's permissions was missing"
    case .policyNotGiven: "about a principal or resource whose policy is not among the files"
    case .otherPlatform: "of another platform, about which policies of this one say nothing"
    }
  }
}

/// What one decision counts for.
package enum DecisionTreatment: Sendable, Equatable {
  case granted
  case excluded(ExclusionReason)
}

/// The rules by which the decisions of one execution are granted or left out.
///
/// The one place that decides it: accounting, growth and evidence all ask here.
package struct DecisionRules: Sendable {
  private let index: TraceIndex
  private let isFiltered: Bool
  private let wantedPrincipal: StringID?
  private let everyone: [StringID]
  private let modeKey: Int?
  private let unenforcedModes: [StringID]
  private let bindingMatch: StringID?
  private let needsResource: Bool

  /// Rules that leave out the decisions of all but one principal; nil takes all.
  ///
  /// `needsResource` is false where a decision without a resource can be granted.
  package init(index: TraceIndex, principal: Name? = nil, needsResource: Bool = true) {
    self.index = index
    self.needsResource = needsResource
    isFiltered = principal != nil
    wantedPrincipal = principal.flatMap { index.stringID(of: $0.text) }
    everyone = ["allUsers", "allAuthenticatedUsers"].compactMap(index.stringID(of:))
    modeKey = index.keyOrdinal(scope: .authz, name: "mode")
    unenforcedModes = ["permissive", "off"].compactMap(index.stringID(of:))
    bindingMatch = index.stringID(of: "binding_match")
  }

  /// What a row counts for; nil when it is not a decision.
  package func treatment(ofRow row: Int) -> DecisionTreatment? {
    guard index.kind(row) == .decision else { return nil }
    let principal = index.principal(row)
    // An authorization error may name nobody; it is a blind spot of every principal.
    if isFiltered && principal != wantedPrincipal && !principal.isEmpty {
      return .excluded(.otherPrincipal)
    }
    switch index.outcome(row) {
    case .allow, .allowedThenFailed: break
    case .deny: return .excluded(.denied)
    case .error: return .excluded(.error)
    case .unauthenticated: return .excluded(.unauthenticated)
    case .none, .unknown: return .excluded(.unknownOutcome)
    }
    if isUnenforced(row) && index.reason(row) != bindingMatch { return .excluded(.notEnforced) }
    return exclusion(
      principal: principal, permission: index.permission(row), resource: index.target(row)
    ).map(DecisionTreatment.excluded) ?? .granted
  }

  /// Whether the row was recorded in a mode that lets calls pass that nothing allowed.
  package func isUnenforced(_ row: Int) -> Bool {
    guard let modeKey, let mode = index.attribute(modeKey, ofRow: row) else { return false }
    return unenforcedModes.contains(mode)
  }

  private func exclusion(
    principal: StringID, permission: StringID, resource: StringID
  ) -> ExclusionReason? {
    if principal.isEmpty { return .noPrincipal }
    if everyone.contains(principal) { return .everyone }
    if permission.isEmpty { return .noPermission }
    if resource.isEmpty && needsResource { return .noResource }
    return [principal, permission, resource].contains(where: isDamaged) ? .damagedName : nil
  }

  /// Whether a text holds U+FFFD: readers put it in place of what was not valid Unicode, so two
  /// different names may have become one.
  private func isDamaged(_ id: StringID) -> Bool {
    index.withStringBytes(id) { bytes in
      guard bytes.byteCount >= 3 else { return false }
      return (0...(bytes.byteCount - 3)).contains { offset in
        bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == 0xEF
          && bytes.unsafeLoad(fromByteOffset: offset + 1, as: UInt8.self) == 0xBF
          && bytes.unsafeLoad(fromByteOffset: offset + 2, as: UInt8.self) == 0xBD
      }
    }
  }
}

extension TraceIndex {
  /// The key of a decision row.
  package func permissionKey(ofRow row: Int) -> PermissionKey {
    PermissionKey(
      principal: Name(string(principal(row))), permission: Name(string(permission(row))),
      resource: Name(string(target(row))))
  }
}
