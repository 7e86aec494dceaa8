package import PolicyAnalysis
package import TraceAnalysis
import TraceModel

extension Report {
  /// A proof, as a file that others can read and make again.
  ///
  /// - Parameters:
  ///   - command: what makes it again.
  ///   - digest: SHA-256 of the policy's document.
  package static func proof(
    _ proof: LeastPrivilegeProof, of policy: GeneratedPolicy, command: String, digest: String,
    _ accounts: [ArtifactAccount]
  ) -> Report {
    var report = Report(
      kind: "policy-proof/1", title: "Proof of least privilege: \(policy.dialect.title)")
    report.parts = [
      .notes(key: "verdict", title: "", [proof.verdict]),
      .facts(
        key: "proof", title: "",
        [
          Fact("holds", "holds", .boolean(proof.holds)),
          Fact("dialect", "dialect", .text(policy.dialect.rawValue)),
          Fact("command", "made by", .text(command)),
          Fact("policy_sha256", "SHA-256 of the policy", .text(digest)),
          Fact("statements", "statements", .integer(policy.statements.count)),
        ]),
      .facts(key: "replay", title: "What was allowed is allowed", replay(proof)),
      .facts(
        key: "minimality", title: "Nothing else is allowed but what is declared",
        minimality(proof.minimality)),
      .facts(key: "necessity", title: "Every part is needed", necessity(proof.necessity)),
      .table(faults(proof)), .table(idle(proof.necessity)), .table(declared(proof.minimality)),
      .table(parts(proof.necessity)), .table(inputs(policy)), .table(notUnderstood(accounts)),
    ]
    return report
  }

  private static func replay(_ proof: LeastPrivilegeProof) -> [Fact] {
    let replay = proof.replay
    return [
      Fact("allowed_decisions", "decisions allowed", .integer(proof.allowedDecisions)),
      Fact("allowed_keys", "keys that they are about", .integer(replay.allowedKeys)),
      Fact("allowed_by_policy", "of them allowed by the policy", .integer(replay.allowedByPolicy)),
      Fact("denied_decisions", "decisions denied", .integer(proof.deniedDecisions)),
      Fact("denied_keys", "keys that were only denied", .integer(replay.deniedKeys)),
      Fact("denied_by_policy", "of them denied by the policy", .integer(replay.deniedByPolicy)),
      Fact(
        "unchecked_keys", "denied keys without a principal, not checked",
        .integer(replay.uncheckedKeys)),
      Fact("mixed_keys", "keys both allowed and denied", .integer(replay.mixedKeys)),
    ]
  }

  private static func minimality(_ minimality: LeastPrivilegeProof.Minimality) -> [Fact] {
    [
      Fact("principals", "recorded principals", .integer(minimality.principals)),
      Fact("permissions", "× permissions", .integer(minimality.permissions)),
      Fact("resources", "× resources", .integer(minimality.resources)),
      Fact("contexts", "× contexts", .integer(minimality.contexts)),
      Fact(
        "universe", "combinations, all of them decided",
        minimality.universe.map { .integer($0) } ?? .none),
      Fact("asked", "asked one by one, the policy having a say", .integer(minimality.asked)),
      Fact("witnesses", "asked with names that were not recorded", .integer(minimality.witnesses)),
      Fact(
        "declared", "allowed as declared, and not recorded",
        .integer(minimality.declared.reduce(0) { $0 + $1.requests })),
      Fact("violations", "allowed and not declared", .integer(minimality.violations.count)),
    ]
  }

  private static func necessity(_ necessity: LeastPrivilegeProof.Necessity) -> [Fact] {
    [
      Fact("parts", "parts", .integer(necessity.parts.count)),
      Fact(
        "needed", "needed, each with a witness",
        .integer(necessity.parts.count - necessity.idle.count)),
      Fact(
        "implied", "implied by what others reach, as declared",
        .integer(necessity.idle.count - necessity.unexplained.count)),
      Fact("unexplained", "needed by nothing", .integer(necessity.unexplained.count)),
    ]
  }

  /// What stands against the proof.
  private static func faults(_ proof: LeastPrivilegeProof) -> Table {
    let kinds: [(String, [PermissionKey])] = [
      ("allowed and now denied", proof.replay.missing),
      ("allowed and not expressible", proof.replay.notExpressible),
      ("denied and now allowed", proof.replay.excessive),
      ("allowed and not declared", proof.minimality.violations),
    ]
    return Table(
      key: "faults", title: "What stands against it",
      columns: [Column("fault", "fault")] + keyColumns,
      rows: kinds.flatMap { kind, keys in keys.map { [.text(kind)] + cells($0) } })
  }

  private static func declared(_ minimality: LeastPrivilegeProof.Minimality) -> Table {
    Table(
      key: "declared", title: "Allowed as declared, though never recorded",
      columns: [
        Column("reach", "reach"), Column("meaning", "because"), Column("requests", "requests"),
        Column("statement", "such as, of #"),
      ] + keyColumns,
      rows: minimality.declared.map {
        [
          .text($0.reach.rawValue), .text($0.reach.meaning), .integer($0.requests),
          .integer($0.statement),
        ] + cells($0.example)
      })
  }

  private static func idle(_ necessity: LeastPrivilegeProof.Necessity) -> Table {
    Table(
      key: "findings", title: "Parts that could be left out",
      columns: [
        Column("part", "part"), Column("place", "where"), Column("text", "what"),
        Column("statement", "implied by #"), Column("reach", "which reaches"),
      ],
      rows: necessity.idle.map { finding in
        let part = finding.part
        var row: [Value] = [.text(part.kind.noun), .text(part.place), .optional(part.text)]
        if case .implied(let statement, let reach) = finding.need {
          row += [.integer(statement), .text(reach.rawValue)]
        } else {
          row += [.none, .none]
        }
        return row
      })
  }

  private static func parts(_ necessity: LeastPrivilegeProof.Necessity) -> Table {
    Table(
      key: "parts", title: "What happens without each part",
      columns: [
        Column("part", "part"), Column("place", "where"), Column("text", "what"),
        Column("without", "without it"),
      ] + keyColumns,
      rows: necessity.parts.map { finding in
        let part = finding.part
        let (word, key) = words(finding.need)
        return [.text(part.kind.noun), .text(part.place), .optional(part.text), .text(word)]
          + (key.map(cells) ?? [.none, .none, .none, .none])
      }, shown: 40)
  }

  private static func words(_ need: LeastPrivilegeProof.Need) -> (String, PermissionKey?) {
    switch need {
    case .denies(let key): ("denies what was allowed", key)
    case .allowsDenied(let key): ("allows what was denied", key)
    case .admits(let key): ("allows what nothing declares", key)
    case .implied, .none: ("nothing", nil)
    }
  }

  private static func inputs(_ policy: GeneratedPolicy) -> Table {
    Table(
      key: "inputs", title: "From",
      columns: [
        Column("execution", "run"), Column("artifact", "artifact"), Column("digest", "digest"),
        Column("records", "records"),
      ],
      rows: policy.usage.executions.flatMap { execution in
        execution.artifacts.map {
          [
            .text(execution.name), .path($0.path), .text(hexadecimal($0.digest, digits: 16)),
            .count($0.recordsRead),
          ]
        }
      })
  }

  static let keyColumns = [
    Column("principal", "principal"), Column("permission", "permission"),
    Column("resource", "resource"), Column("context", "with"),
  ]

  /// Nobody, and nothing, are left empty.
  static func cells(_ key: PermissionKey) -> [Value] {
    [
      .optional(key.principal.text), .optional(key.permission.text), .optional(key.resource.text),
      .optional(key.context.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")),
    ]
  }
}
