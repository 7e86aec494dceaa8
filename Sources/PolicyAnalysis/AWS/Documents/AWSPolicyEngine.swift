/// Policy documents of users and roles, deciding as AWS IAM does.
struct AWSPolicyEngine: PolicyEngine {
  /// The documents of one principal.
  private struct Holder: Sendable {
    var documents: [IAMDocument] = []
    var engine = IAMEngine([])
    /// How messages name each statement.
    var places: [String] = []
    /// The position in `grants.blocks` of each statement; nil for those that deny.
    var blocks: [Int?] = []
  }

  private var holders: [Name: Holder] = [:]
  private(set) var grants = StandingGrants()
  private(set) var remarks: [String] = []

  let dependsOnTime = false

  init(_ documents: [AWSAttachedDocument]) {
    for attached in documents {
      var holder = holders[attached.principal, default: Holder()]
      holder.documents.append(attached.document)
      for (number, statement) in attached.document.statements.enumerated() {
        let place = AWSPolicyEngine.place(statement, number, in: attached.place)
        holder.places.append(place)
        if statement.effect == .allow {
          grants.append(statement.block(place: place, principal: attached.principal))
          holder.blocks.append(grants.blocks.count - 1)
        } else {
          holder.blocks.append(nil)
        }
      }
      holders[attached.principal] = holder
    }
    for principal in holders.keys.sorted() {
      guard let documents = holders[principal]?.documents else { continue }
      let engine = IAMEngine(documents)
      holders[principal]?.engine = engine
      remarks += engine.unknowns.map {
        "\($0) is not understood here, for \(principal): it never allows, and in a Deny always denies"
      }
    }
  }

  private static func place(_ statement: IAMStatement, _ number: Int, in file: String) -> String {
    "statement \(number + 1)" + (statement.sid.isEmpty ? "" : " (\(statement.sid))")
      + (file.isEmpty ? "" : " of \(file)")
  }

  /// Whether a key asks for an action such as `s3:GetObject`, and not for a verb of Kubernetes.
  static func isAboutAction(_ key: PermissionKey) -> Bool {
    let parts = key.permission.utf8.split(
      separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
      && KubernetesRequest(permission: key.permission, target: key.resource) == nil
  }

  func isAbout(_ key: PermissionKey) -> Bool { holders[key.principal] != nil }

  func judge(_ question: PolicyQuestion, at time: Int64) -> PolicyJudgement {
    guard let holder = holders[question.key.principal] else {
      return PolicyJudgement(
        isAllowed: false, reason: "no policy of this principal is among the files")
    }
    let request = IAMEngine.Request(question.key)
    switch holder.engine.verdict(on: request) {
    case .denied(let number):
      return PolicyJudgement(isAllowed: false, reason: holder.places[number] + " denies it")
    case .notAllowed:
      return PolicyJudgement(isAllowed: false, reason: "no statement allows it")
    case .allowed(let number):
      let numbers = holder.engine.allowing(request).flatMap { allowing in
        guard let block = holder.blocks[allowing.statement] else { return [Int]() }
        return allowing.actions.flatMap { action in
          allowing.resources.map {
            grants.number(block: block, principal: 0, permission: action, resource: $0)
          }
        }
      }
      return PolicyJudgement(isAllowed: true, reason: holder.places[number], grants: numbers)
    }
  }
}

extension IAMStatement {
  fileprivate func block(place: String, principal: Name) -> StandingGrants.Block {
    StandingGrants.Block(
      place: place, principals: [principal], permissions: actions.names,
      resources: resources.names,
      condition: conditions.isEmpty
        ? nil
        : conditions.map {
          "\($0.operation) \($0.key) \($0.values.joined(separator: " or "))"
        }.joined(separator: ", "))
  }
}

extension IAMStatement.Selection {
  /// As written; one text where all but some are selected.
  fileprivate var names: [Name] {
    switch self {
    case .only(let texts): texts.map { Name($0) }
    case .allBut(let texts): [Name("all but " + texts.joined(separator: ", "))]
    }
  }
}
