import TraceIndex
import TraceModel
import WireFormats

/// Says statements as policy documents of AWS IAM, one or several for each principal.
struct AWSEmission {
  let statements: [Statement]
  let usage: UsedPermissions
  let request: PolicyRequest
  let catalogue: AWSCatalogue
  private(set) var notExpressible: [NotExpressible] = []
  /// In order of principals.
  private(set) var attachments: [AWSAttachment] = []

  init(_ statements: [Statement], usage: UsedPermissions, _ request: PolicyRequest) {
    self.statements = statements
    self.usage = usage
    self.request = request
    let interpreter = usage.interpreter as? AWSInterpreter
    catalogue =
      interpreter?.permissions.catalogue ?? AWSCatalogue(request.awsCatalogue, prefixes: [])
    var sayable: [Statement] = []
    for statement in statements {
      if let reason = AWSEmission.objection(to: statement.grant) {
        notExpressible.append(NotExpressible(statement: statement.number, reason: reason))
      } else {
        sayable.append(statement)
      }
    }
    let byPrincipal = Dictionary(grouping: sayable, by: \.grant.principal)
    for (principal, statements) in byPrincipal.sorted(by: { $0.key < $1.key }) {
      guard let holder = AWSPrincipal(principal.text) else { continue }
      // What nobody has verified stands apart, so that it can be left where it is.
      for isUnverified in [false, true] {
        let chosen = statements.filter {
          (catalogue.action($0.grant.permission.text) == nil) == isUnverified
        }
        attachments += AWSDocuments.attachments(
          of: principal, holder, AWSStatements.all(chosen, catalogue),
          isInline: request.isInline, isUnverified: isUnverified)
      }
    }
  }

  /// Why a grant cannot be said; nil when it can.
  private static func objection(to grant: Grant) -> String? {
    if AWSPrincipal(grant.principal.text) == nil {
      return "the principal is no ARN of a user or role of IAM"
    }
    let parts = grant.permission.text.split(separator: ":", omittingEmptySubsequences: false)
    let isAction =
      parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
      }
    if !isAction { return "the permission is no action such as s3:GetObject" }
    let resource = grant.resource.text
    if resource != "*" && !isARN(resource) { return "the resource is no ARN" }
    return nil
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isARN(_ text: String) -> Bool {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    return parts.count == 6 && parts[0] == "arn" && !parts[1].isEmpty && !parts[2].isEmpty
      && !parts[5].isEmpty
  }

  // MARK: Proof

  /// The engines of a printed document, by principal; what cannot be read grants nothing.
  private static func engines(of document: String) -> [Name: IAMEngine] {
    let bytes = Array(document.utf8)
    guard let tree = readable(bytes), case .array(let policies)? = tree["policies"] else {
      return [:]
    }
    var documents: [Name: [IAMDocument]] = [:]
    for policy in policies {
      guard let principal = policy["principal"]?.text, let value = policy["document"] else {
        continue
      }
      do throws(IAMDocumentError) {
        documents[Name(principal), default: []].append(try IAMDocument(value))
      } catch { continue }
    }
    return documents.mapValues { IAMEngine($0) }
  }

  private static func readable(_ bytes: [UInt8]) -> JSONValue? {
    do throws(JSONFault) { return try JSONValue(bytes.span.bytes) } catch { return nil }
  }

  /// Keys of any principal that another's policy would allow it, too.
  private func admitted(_ engines: [Name: IAMEngine]) -> Int {
    let used = Set(usage.used.map(\.key))
    let byAction = Dictionary(grouping: usage.used.map(\.key), by: \.permission)
    let denied = Dictionary(grouping: usage.denied.map(\.key), by: \.permission)
    var seen: Set<PermissionKey> = []
    for (principal, engine) in engines {
      let actions = Set(
        usage.used.lazy.map(\.key).filter { $0.principal == principal }.map(\.permission))
      for key in actions.flatMap({ (byAction[$0] ?? []) + (denied[$0] ?? []) }) {
        let asked = PermissionKey(
          principal: principal, permission: key.permission, resource: key.resource,
          context: key.context)
        if !used.contains(asked), !seen.contains(asked), engine.allows(asked) { seen.insert(asked) }
      }
    }
    return seen.count
  }

  /// The policy with all that is to be said about it.
  func policy() -> GeneratedPolicy {
    let draft = AWSDocumentText(self, replay: nil, warnings: []).text
    let engines = AWSEmission.engines(of: draft)
    let unsaid = Set(notExpressible.map { statements[$0.statement - 1].key })
    let replay = PolicyProof.replay(
      usage, notExpressible: unsaid, deniesNobody: true, admitted: admitted(engines),
      allows: { key, _ in engines[key.principal]?.allows(key) ?? false })
    let unknowns = engines.sorted { $0.key < $1.key }.flatMap(\.value.unknowns)
    let warnings = AWSWarnings(self).all(replay, unknowns: unknowns)
    let json = AWSDocumentText(self, replay: replay, warnings: warnings)
    let terraform = AWSTerraform(self, names: json.names)
    let isTerraform = request.notation == .terraform
    return GeneratedPolicy(
      dialect: .aws, usage: usage, statements: statements, notExpressible: notExpressible,
      document: isTerraform ? terraform.document(replay, warnings) : json.text,
      files: isTerraform ? terraform.files : json.files, warnings: warnings, replay: replay,
      portability: nil)
  }
}

extension AWSEmission: DialectRules {
  static let title = "AWS IAM"
  static let fileEnding = ".json"
  static let rungs = Rung.allCases

  static let budgetUnit: String? = "characters without white space, of all policies of a principal"

  static func fits(
    _ statements: [Statement], into budget: GeneralizationBudget, usage: UsedPermissions,
    _ request: PolicyRequest
  ) -> Bool {
    let attachments = AWSEmission(statements, usage: usage, request).attachments
    let size = attachments.reduce(0) { $0 + $1.document.countedCharacters }
    switch budget {
    case .size(let most): return size <= most
    case .limit where request.isInline:
      return attachments.allSatisfy { size <= AWSLimits.inline($0.holder.kind) }
    case .limit: return attachments.count <= AWSLimits.managedPolicies
    }
  }

  static func rungWords(_ usage: UsedPermissions) -> any RungWords {
    let interpreter = usage.interpreter as? AWSInterpreter
    return AWSRungWords(
      catalogue: interpreter?.permissions.catalogue ?? AWSCatalogue(.builtIn, prefixes: []))
  }

  static func hasForm(_ key: PermissionKey) -> Bool {
    key.permission.isEmpty || AWSPolicyEngine.isAboutAction(key)
  }

  static func unobservable(_ grant: StandingGrant, _ recorded: ObservableUse) -> String? {
    AWSUnrecorded.reason(grant.permission, recorded)
  }

  static func engine(reading input: PolicyInput) throws(PolicyReadError) -> any PolicyEngine {
    try AWSPolicyEngine(AWSAttachedDocument.all(in: input))
  }

  /// Services whose actions are needed besides those of the calls.
  private static let besides: Set<String> = ["iam", "s3", "kms", "ec2", "sts", "dynamodb"]

  static func interpreter(
    of indexes: [TraceIndex], _ request: PolicyRequest
  ) -> (any DecisionInterpreter)? {
    var prefixes = besides
    for index in indexes {
      let permissions = index.withIDs(.permission) { ids in
        ids.indices.reduce(into: Set<UInt32>()) { $0.insert(ids[$1]) }
      }
      for id in permissions {
        prefixes.insert(String(index.string(StringID(id)).prefix { $0 != ":" }))
      }
    }
    return AWSInterpreter(
      indexes, principal: request.principal.map { Name($0) },
      catalogue: AWSCatalogue(request.awsCatalogue, prefixes: prefixes),
      inferences: request.inferences)
  }

  static func policy(
    _ statements: [Statement], usage: UsedPermissions, _ request: PolicyRequest
  ) -> GeneratedPolicy {
    AWSEmission(statements, usage: usage, request).policy()
  }
}
