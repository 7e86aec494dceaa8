import TraceModel

/// Writes the policies of all principals as one JSON document, and each as a file.
struct AWSDocumentText {
  private let emission: AWSEmission
  private let replay: PolicyProof.Summary?
  private let warnings: [PolicyWarning]

  init(_ emission: AWSEmission, replay: PolicyProof.Summary?, warnings: [PolicyWarning]) {
    self.emission = emission
    self.replay = replay
    self.warnings = warnings
  }

  // MARK: Files

  /// The policy documents alone, as `aws iam create-policy --policy-document file://…` takes them.
  var files: [PolicyFile] {
    zip(emission.attachments, names).map { PolicyFile(name: $1, text: $0.document.text) }
      .sorted { Name($0.name) < Name($1.name) }
  }

  /// `role-123456789012-deployer.json`, and `…-2.json` for a principal's second policy.
  var names: [String] {
    var taken: Set<String> = []
    return emission.attachments.map { attachment in
      let name =
        AWSFileName.stem(of: attachment.holder)
        + (attachment.isUnverified ? AWSFileName.unverified : "")
      let stem = attachment.number == 1 ? name : "\(name)-\(attachment.number)"
      var unique = stem
      var number = 2
      while !taken.insert(unique.lowercased()).inserted {
        unique = "\(stem)_\(number)"
        number += 1
      }
      return unique + ".json"
    }
  }

  // MARK: One document

  var text: String {
    var members: [(String, String)] = [
      ("format", jsonString("vestige-aws-policies/1")),
      ("command", jsonString(emission.request.command)),
      ("catalogue", catalogue), ("executions", executions), ("decisions", accounting),
    ]
    if let replay {
      members.append(("replay", jsonString(replay.sentence)))
      members.append(("replay_exact", replay.isExact ? "true" : "false"))
    }
    members.append(
      (
        "warnings",
        JSONText.list(warnings.map { jsonString("\($0.severity.rawValue): \($0.text)") })
      ))
    members.append(("not_expressible", JSONText.list(emission.notExpressible.map(unsaid))))
    let dropped = DroppedStatement.all(of: emission.usage, emission.request)
    if !dropped.isEmpty { members.append(("dropped_by_hand", JSONText.list(dropped.map(left)))) }
    members.append(("policies", JSONText.list(zip(emission.attachments, names).map(policy))))
    return JSONText.object(members) + "\n"
  }

  private var catalogue: String {
    let file = emission.request.awsCatalogue
    return JSONText.object([("date", jsonString(file.date)), ("sha256", jsonString(file.digest))])
  }

  private var executions: String {
    JSONText.list(
      emission.usage.sources.map { execution in
        JSONText.object([
          ("name", jsonString(execution.name)), ("decisions", "\(execution.decisions)"),
          (
            "artifacts",
            JSONText.list(
              execution.artifacts.map { artifact in
                JSONText.object([
                  ("path", jsonString(artifact.path)), ("records", "\(artifact.recordsRead)"),
                  ("digest", jsonString(hexadecimal(artifact.digest, digits: 16))),
                ])
              })
          ),
        ])
      })
  }

  private var accounting: String {
    let accounting = emission.usage.accounting
    return JSONText.object([
      ("all", "\(accounting.decisions)"), ("granted", "\(accounting.granted)"),
      (
        "excluded",
        JSONText.object(accounting.exclusions.map { ($0.reason.rawValue, "\($0.decisions)") })
      ),
    ])
  }

  private func left(_ dropped: DroppedStatement) -> String {
    JSONText.object([
      ("statement", jsonString(dropped.id)),
      ("principal", jsonString(dropped.key.principal.text)),
      ("permission", jsonString(dropped.key.permission.text)),
      ("resource", jsonString(dropped.key.resource.text)), ("decisions", "\(dropped.decisions)"),
    ])
  }

  private func unsaid(_ item: NotExpressible) -> String {
    let grant = emission.statements[item.statement - 1].grant
    return JSONText.object([
      ("statement", "\(item.statement)"), ("principal", jsonString(grant.principal.text)),
      ("permission", jsonString(grant.permission.text)),
      ("resource", jsonString(grant.resource.text)), ("reason", jsonString(item.reason)),
    ])
  }

  private func policy(_ attachment: AWSAttachment, _ name: String) -> String {
    let document = attachment.document
    let limit =
      emission.request.isInline
      ? AWSLimits.inline(attachment.holder.kind) : AWSLimits.managedPolicy
    return JSONText.object([
      ("principal", jsonString(attachment.principal.text)), ("file", jsonString(name)),
      ("unverified", attachment.isUnverified ? "true" : "false"),
      ("kind", emission.request.isInline ? "\"inline\"" : "\"managed\""),
      ("characters", "\(document.countedCharacters)"), ("limit", "\(limit)"),
      ("statements", JSONText.list(attachment.statements.map(evidence))),
      ("document", document.lines.joined(separator: "\n")),
    ])
  }

  /// What is behind a statement of a document.
  private func evidence(_ statement: AWSDocumentStatement) -> String {
    let behind = statement.numbers.map { emission.statements[$0 - 1] }
    let reasons = Set(behind.compactMap(\.inference)).sorted().map { jsonString($0.reason) }
    var members = [
      ("sid", jsonString(statement.content.sid)),
      ("statements", jsonString(numberRanges(statement.numbers))),
      ("decisions", "\(behind.reduce(0) { $0 + $1.evidence.decisions })"),
    ]
    if !reasons.isEmpty { members.append(("inferred", JSONText.list(reasons))) }
    return JSONText.object(members)
  }
}
