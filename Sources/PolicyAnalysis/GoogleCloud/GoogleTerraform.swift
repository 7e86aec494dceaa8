/// Writes custom roles and bindings as resources of Terraform.
///
/// A binding is a resource for each member, so that nothing else that is bound is taken away.
struct GoogleTerraform {
  private let policy: GooglePolicy
  private let statements: [Statement]

  init(_ policy: GooglePolicy, statements: [Statement]) {
    self.policy = policy
    self.statements = statements
  }

  /// Statements of bindings on resources for which no resource of Terraform is known.
  var unsaid: [Int] {
    Set(
      policy.policies.filter { $0.resource.terraform == nil }.flatMap(\.bindings)
        .flatMap(\.statements)
    ).sorted()
  }

  var text: String {
    var text = TerraformText()
    var names = TerraformNames()
    var roles: [GoogleRole: String] = [:]
    for role in policy.roles {
      let name = names.name(role.id)
      roles[role] = name
      text.add(
        TerraformText.Block(
          type: "google_project_iam_custom_role", name: name,
          arguments: [
            ("project", .text(role.project.text)), ("role_id", .text(role.id)),
            ("title", .text(role.title)), ("description", .text(role.description)),
            ("permissions", .texts(role.permissions.map(\.text))),
          ]))
    }
    for policy in policy.policies {
      text.comment("")
      text.comment("allow policy of: \(policy.resource.name)")
      guard let kind = policy.resource.terraform else {
        text.comment("no resource of Terraform known: its bindings are only in the YAML")
        continue
      }
      for binding in policy.bindings {
        text.comment(statements.evidenceNote(binding.statements))
        add(binding, of: kind, roles, &names, to: &text)
      }
    }
    return text.text
  }

  private func add(
    _ binding: GoogleBinding, of kind: GoogleTerraformResource, _ roles: [GoogleRole: String],
    _ names: inout TerraformNames, to text: inout TerraformText
  ) {
    let role = roles[binding.role] ?? ""
    for member in binding.members {
      var block = TerraformText.Block(
        type: kind.type, name: names.name("\(role)_\(kind.name)_\(member)"),
        arguments: kind.arguments.map { ($0.key, .text($0.value)) } + [
          ("role", .reference("google_project_iam_custom_role.\(role).name")),
          ("member", .text(member.text)),
        ])
      if let condition = binding.condition {
        block.inner = [
          (
            "condition",
            [
              ("title", .text(condition.title)), ("expression", .text(condition.expression)),
            ]
          )
        ]
      }
      text.add(block)
    }
  }
}

/// The resource of Terraform that binds a role to a member on a resource of Google Cloud.
struct GoogleTerraformResource: Sendable {
  let type: String
  /// What it is bound on, in order.
  let arguments: [(key: String, value: String)]
  /// What the resource is called.
  let name: Name
}

extension GoogleResource {
  /// Nil where no resource of Terraform is known.
  var terraform: GoogleTerraformResource? {
    guard let kind, let name = segments.last else { return nil }
    let patterns: [String: (String, [(String, String)])] = [
      "projects/*": ("project", [("project", "$1")]),
      "projects/*/secrets/*": (
        "secret_manager_secret", [("project", "$1"), ("secret_id", "$3")]
      ),
      "projects/*/locations/*/secrets/*": (
        "secret_manager_regional_secret",
        [("project", "$1"), ("location", "$3"), ("secret_id", "$5")]
      ),
      "projects/*/locations/*/keyRings/*": ("kms_key_ring", [("key_ring_id", "$1/$3/$5")]),
      "projects/*/locations/*/keyRings/*/cryptoKeys/*": (
        "kms_crypto_key", [("crypto_key_id", "$1/$3/$5/$7")]
      ),
      "projects/*/buckets/*": ("storage_bucket", [("bucket", "$3")]),
      "projects/*/topics/*": ("pubsub_topic", [("project", "$1"), ("topic", "$3")]),
      "projects/*/subscriptions/*": (
        "pubsub_subscription", [("project", "$1"), ("subscription", "$3")]
      ),
      "projects/*/locations/*/services/*": (
        "cloud_run_service", [("project", "$1"), ("location", "$3"), ("service", "$5")]
      ),
    ]
    guard let (type, arguments) = patterns[kind.pattern.map(\.text).joined(separator: "/")]
    else { return nil }
    return GoogleTerraformResource(
      type: "google_\(type)_iam_member", arguments: arguments.map { ($0, filled($1)) }, name: name)
  }

  /// The text with the name's segments in place of their numbers.
  private func filled(_ text: String) -> String {
    text.split(separator: "/").map { word in
      guard let number = Int(word.dropFirst()), segments.indices.contains(number) else {
        return String(word)
      }
      return segments[number].text
    }.joined(separator: "/")
  }
}
