import TraceModel

/// Writes the policies of users and roles as resources of Terraform.
struct AWSTerraform {
  private let emission: AWSEmission
  private let names: [String]
  /// Names of blocks, which have fewer signs.
  private let blocks: [String]

  /// `names` are those of the policies' files, in the order of the emission.
  init(_ emission: AWSEmission, names: [String]) {
    self.emission = emission
    let stems = names.map { $0.hasSuffix(".json") ? String($0.dropLast(5)) : $0 }
    self.names = stems
    var taken = TerraformNames()
    blocks = stems.map { taken.name($0) }
  }

  /// Each policy in a file of its own.
  var files: [PolicyFile] {
    names.indices.map { PolicyFile(name: names[$0] + ".tf", text: text(ofPolicy: $0)) }
      .sorted { Name($0.name) < Name($1.name) }
  }

  /// All policies behind the comment that says where they come from.
  func document(_ replay: PolicyProof.Summary, _ warnings: [PolicyWarning]) -> String {
    var yaml = YAMLText()
    PolicyHeader(request: emission.request).write(
      emission.usage, statements: emission.statements, notExpressible: emission.notExpressible,
      warnings: warnings, replay: replay, to: &yaml)
    let file = emission.request.awsCatalogue
    yaml.comment(0, "Catalogue of AWS of \(file.date), SHA-256 \(file.digest).")
    return ([yaml.text] + names.indices.map(text(ofPolicy:))).joined(separator: "\n")
  }

  private func text(ofPolicy number: Int) -> String {
    let (attachment, name, block) = (emission.attachments[number], names[number], blocks[number])
    var text = TerraformText()
    text.comment("\(attachment.principal)")
    for statement in attachment.statements {
      text.comment(
        "  \(statement.content.sid): " + emission.statements.evidenceNote(statement.numbers))
    }
    let document = AWSTerraform.value(of: attachment.document)
    let kind = attachment.holder.kind.rawValue
    if emission.request.isInline {
      text.add(
        TerraformText.Block(
          type: "aws_iam_\(kind)_policy", name: block,
          arguments: [
            ("name", .text(AWSTerraform.policyName(name))), (kind, .text(attachment.holder.name)),
            ("policy", .call("jsonencode", document)),
          ]))
      return text.text
    }
    text.add(
      TerraformText.Block(
        type: "aws_iam_policy", name: block,
        arguments: [
          ("name", .text(AWSTerraform.policyName(name))),
          ("policy", .call("jsonencode", document)),
        ]))
    if let reason = AWSTerraform.notAttached(attachment) {
      text.comment("Not attached: \(reason).")
    } else {
      text.add(
        TerraformText.Block(
          type: "aws_iam_\(kind)_policy_attachment", name: block,
          arguments: [
            (kind, .text(attachment.holder.name)),
            ("policy_arn", .reference("aws_iam_policy.\(block).arn")),
          ]))
    }
    return text.text
  }

  private static func notAttached(_ attachment: AWSAttachment) -> String? {
    if attachment.isUnverified { return "nobody has verified that these actions exist" }
    if attachment.holder.isFromPermissionSet {
      return "the role is of IAM Identity Center, and the policy goes into its permission set"
    }
    return nil
  }

  /// At most 128 letters, digits and signs.
  private static func policyName(_ name: String) -> String {
    let text = "vestige-" + name
    if text.utf8.count <= 128 { return text }
    let bytes = Array(text.utf8)
    return String(text.prefix(119)) + "-"
      + String(hexadecimal(ContentDigest.of(bytes.span.bytes), digits: 16).prefix(8))
  }

  private static func value(of document: IAMDocument) -> TerraformValue {
    .object([
      ("Version", .text(IAMDocument.version)),
      ("Statement", .list(document.statements.map(value))),
    ])
  }

  private static func value(of statement: IAMStatement) -> TerraformValue {
    var members: [(key: String, value: TerraformValue)] = [
      ("Sid", .text(statement.sid)), ("Effect", .text(statement.effect.rawValue)),
      ("Action", .texts(statement.actionTexts)), ("Resource", .texts(statement.resourceTexts)),
    ]
    let operations = Dictionary(grouping: statement.conditions, by: \.operation)
    if !operations.isEmpty {
      let tests = operations.sorted { $0.key < $1.key }.map { operation, conditions in
        (
          key: operation,
          value: TerraformValue.object(conditions.map { ($0.key, .texts($0.values)) })
        )
      }
      members.append(("Condition", .object(tests)))
    }
    return .object(members)
  }
}
