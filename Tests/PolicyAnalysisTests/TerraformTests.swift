import Foundation
import TestSupport
import Testing
import TraceIndex

@testable import PolicyAnalysis

@Suite("Policies in Terraform") struct TerraformTests {
  /// What a reader written by others makes of a file: its resources, expressions taken apart.
  private struct Reading: Decodable {
    struct Resource: Decodable {
      let type: String
      let name: String
      let arguments: [String: String]
      let policy: String?
      let permissions: [String]?
      let condition: [String: String]?
    }

    let resources: [Resource]
  }

  /// Nil, with a printed reason, where the reader is not there.
  private func reading(_ texts: [String]) throws -> Reading? {
    let folder = TemporaryFolder()
    let paths = try texts.enumerated().map { number, text in
      try Data(text.utf8).write(to: URL(filePath: folder.file("\(number).tf")))
      return folder.file("\(number).tf")
    }
    guard let result = try Python.run([Python.program("terraform.py")] + paths) else { return nil }
    #expect(result.status == 0)
    return try JSONDecoder().decode(Reading.self, from: result.output)
  }

  @Test("a text is said exactly, whatever it looks like")
  func quoting() {
    let texts = [
      ("plain", "\"plain\""), ("${x}", "\"$${x}\""), ("%{if}", "\"%%{if}\""),
      ("$${x}", "\"$\\u0024{x}\""), ("a\"\\\n", "\"a\\\"\\\\\\n\""), ("$", "\"$\""),
      ("\u{202E}", "\"\\u202e\""),
    ]
    for (text, quoted) in texts {
      #expect(TerraformText.quoted(text).lowercased() == quoted.lowercased())
    }
    #expect(TerraformText.identifier("1 é-x") == "r_1____x")
  }

  @Test("policies of AWS are the same as in JSON, of hostile names too")
  func aws() throws {
    var trail = Trail()
    for text in HostileNameTests.texts {
      trail.call("s3", "GetObject", ["bucketName": "logs", "key": "a/" + text])
    }
    trail.call(
      "kms", "Decrypt", nil,
      resources: ["arn:aws:kms:eu-west-1:111122223333:key/k"],
      more: [
        "userIdentity": Trail.role(
          "arn:aws:iam::111122223333:role/app", invokedBy: "s3.amazonaws.com")
      ])
    let json = try trail.policy()
    let terraform = try trail.policy { $0.notation = .terraform }
    #expect(terraform.files.allSatisfy { $0.name.hasSuffix(".tf") })
    #expect(terraform.document.contains("--as terraform"))
    for texts in [[terraform.document], terraform.files.map(\.text)] {
      guard let reading = try reading(texts) else { return }
      let policies = reading.resources.filter { $0.type == "aws_iam_policy" }
      #expect(policies.count == json.files.count)
      let read = try policies.map { try IAMDocument($0.policy ?? "") }
      let written = try json.files.map { try IAMDocument($0.text) }
      #expect(written.allSatisfy(read.contains))
      let attached = reading.resources.filter { $0.type.hasSuffix("_policy_attachment") }
      #expect(
        Set(attached.map(\.type)) == [
          "aws_iam_user_policy_attachment", "aws_iam_role_policy_attachment",
        ])
      #expect(
        attached.allSatisfy { $0.arguments["policy_arn"]?.contains("aws_iam_policy.") ?? false })
      #expect(
        Set(reading.resources.map { "\($0.type) \($0.name)" }).count == reading.resources.count)
    }
  }

  @Test("inline policies are part of their user")
  func inline() throws {
    var trail = Trail()
    trail.call("s3", "ListBuckets")
    let policy = try trail.policy {
      $0.notation = .terraform
      $0.isInline = true
    }
    guard let reading = try reading([policy.document]) else { return }
    #expect(reading.resources.map(\.type) == ["aws_iam_user_policy"])
    #expect(reading.resources.first?.arguments["user"] == "ana")
  }

  @Test("roles and bindings of Google Cloud, with their conditions")
  func googleCloud() throws {
    var events = Events()
    events.allow("user:a@x.org", "secretmanager.versions.access", "projects/p/secrets/s/versions/1")
    events.allow("user:a@x.org", "storage.objects.get", "projects/p/buckets/b/objects/${x}\"%{y}")
    events.allow("user:b@x.org", "pubsub.topics.publish", "projects/p/topics/t")
    events.allow("user:b@x.org", "run.services.get", "projects/p/services/s")
    var request = PolicyRequest(dialect: .gcp, paths: ["run"])
    request.notation = .terraform
    let policy = try PolicyGenerator.generate(from: [events.index()], request)
    #expect(policy.files.map(\.name) == ["policy.tf"])
    #expect(
      policy.warnings.contains { $0.kind == .notExpressible && $0.text.contains("Terraform") })
    guard let reading = try reading([policy.document]) else { return }
    func only(_ type: String) throws -> Reading.Resource {
      let found = reading.resources.filter { $0.type == type }
      #expect(found.count == 1)
      return try #require(found.first)
    }
    let secret = try only("google_secret_manager_secret_iam_member")
    #expect(secret.arguments["secret_id"] == "s" && secret.arguments["project"] == "p")
    #expect(secret.arguments["member"] == "user:a@x.org")
    #expect(secret.condition?["expression"] == "resource.name.endsWith(\"/versions/1\")")
    let bucket = try only("google_storage_bucket_iam_member")
    #expect(
      bucket.condition?["expression"]
        == "resource.name == \"projects/_/buckets/b/objects/${x}\\\"%{y}\"")
    #expect(try only("google_pubsub_topic_iam_member").arguments["topic"] == "t")
    let roles = reading.resources.filter { $0.type == "google_project_iam_custom_role" }
    #expect(
      Set(roles.compactMap(\.permissions)) == [
        ["secretmanager.versions.access"], ["storage.objects.get"], ["pubsub.topics.publish"],
        ["run.services.get"],
      ])
  }
}
