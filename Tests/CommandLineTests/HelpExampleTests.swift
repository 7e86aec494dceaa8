import Foundation
import TestSupport
import Testing

@Suite("Examples in help") struct HelpExampleTests {
  /// Every command that has a help text of its own.
  private static let commands = [
    "", "explore", "trace summarize", "trace list", "trace show", "trace query", "trace diff",
    "trace follow", "policy generate", "policy check", "policy prove", "policy explain",
    "policy diff", "drift detect", "policy catalog inspect",
    "policy catalog update", "index build", "index inspect", "index verify", "index clean",
    "artifact inspect", "artifact verify", "theme list", "theme check", "keys", "samples",
    "completions",
  ]

  /// The lines under EXAMPLES, without the remark that some end with; a line that ends in a
  /// backslash goes on.
  private static func examples(of command: String) throws -> [String] {
    let help = try CommandRun(command.split(separator: " ").map(String.init) + ["--help"]).output
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(of: "EXAMPLES") else { return [] }
    var examples: [String] = []
    for line in lines[(start + 1)...].prefix(while: { !$0.isEmpty }) {
      if examples.last?.hasSuffix("\\") == true {
        examples[examples.count - 1] = String(examples[examples.count - 1].dropLast()) + line
        continue
      }
      // A line that does not begin a command was too long and has been broken.
      #expect(line.hasPrefix("  vestige "), "\(command): \(line)")
      let text = line.drop { $0 == " " }
      examples.append(String(text.firstRange(of: "   ").map { text[..<$0.lowerBound] } ?? text))
    }
    return examples
  }

  /// A policy and a record of platforms that the samples have none of.
  private static let texts = [
    "rbac.yaml": """
    {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: reader},
     rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}
    """,
    "audit.log": #"{"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "#
      + #""auditID": "1", "stage": "ResponseComplete", "verb": "get", "requestURI": "/version", "#
      + #""user": {"username": "ana"}, "requestReceivedTimestamp": "2026-03-02T09:00:00Z", "#
      + #""stageTimestamp": "2026-03-02T09:00:00Z", "annotations": "#
      + #"{"authorization.k8s.io/decision": "allow"}}"#,
    "deployer.json": """
    {"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}
    """,
    "trail.json": #"{"Records": [{"eventVersion": "1.09", "eventType": "AwsApiCall", "#
      + #""eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "eventID": "e1", "#
      + #""awsRegion": "eu-west-1", "eventTime": "2026-01-01T00:00:00Z", "userIdentity": "#
      + #"{"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ana"}}]}"#,
  ]

  /// A folder in which the names that examples use are there.
  private static func stage() throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    let samples = CommandRun.packageRoot + "/samples"
    let copies = [
      "run-1": "/incident", "run-2": "/baseline", "baseline": "/baseline", "runs": "",
      "incident": "/incident", "monday": "/baseline", "tuesday": "/incident", "main": "/baseline",
      "branch": "/incident", "trace": "/incident",
      "payments.otlp.jsonl": "/incident/payments.otlp.jsonl",
      "before.jsonl": "/baseline/payments.authz.jsonl",
      "after.jsonl": "/incident/payments.authz.jsonl",
      "run.json": "/incident/payments.otlp.jsonl", "my-theme.toml": "/../themes/light.toml",
      "aws-iam.tsv": "/../Sources/CCatalogues/aws-iam.tsv", "trail": "/baseline",
      "in-force.yaml": "/incident/policy.yaml", "new-policy.yaml": "/incident/policy.yaml",
    ]
    for (name, source) in copies {
      try FileManager.default.copyItem(atPath: samples + source, toPath: folder.file(name))
    }
    for (name, text) in texts {
      try text.write(toFile: folder.file(name), atomically: false, encoding: .utf8)
    }
    let archive = try CommandRun(shell: "tar czf run-1.tar.gz run-1", folder: folder.path)
    #expect(archive.status == 0)
    return folder
  }

  @Test("run as they stand")
  func run() throws {
    let folder = try HelpExampleTests.stage()
    let home = TemporaryFolder()
    _ = try CommandRun(["index", "build", "run-1"], home: home, folder: folder.path)
    for command in HelpExampleTests.commands {
      let examples = try HelpExampleTests.examples(of: command)
      #expect(!examples.isEmpty, "\(command)")
      for example in examples {
        try HelpExampleTests.check(example, home: home, folder: folder.path)
      }
    }
  }

  private static func check(_ example: String, home: TemporaryFolder, folder: String) throws {
    // Completions are written into folders of the shells that a home may not have.
    let line = example.prefix { $0 != ">" && $0 != "|" || !example.contains(/completions|jq/) }
    let run = try CommandRun(shell: String(line), home: home, folder: folder)
    if run.status == 2 {
      // Without a terminal the explorer says so, when everything before that was right.
      let explorer = /vestige (samples|explore .*|[^ ]+\/.*|[^ ]+\.jsonl|[^ ]+\.tar\.gz)/
      #expect(example.wholeMatch(of: explorer) != nil, "\(example): \(run.errors)")
      #expect(run.errors.contains(/terminal|TERM/), "\(example): \(run.errors)")
    } else {
      #expect(run.status == 0 || run.status == 1, "\(example): \(run.errors)")
      #expect(!run.errors.contains("rror"), "\(example): \(run.errors)")
    }
  }
}
