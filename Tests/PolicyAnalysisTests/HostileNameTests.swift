import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Names from untrusted artifacts") struct HostileNameTests {
  /// Texts that a YAML parser, a shell, CEL or a terminal might take for something else.
  static let texts = [
    "a\"b", "a'b", "a'\u{301}\"b", "a\\b", "a\nroles:\n  roles/owner: {}", "a\r\n---\nb", "a: b",
    "a #b", "- a", "? a", "*a", "&a", "!a", "%a", "@a", "`a`", "{a}", "[a]", "|", ">", "a:", ":a",
    "~", "null", "True", "yes", "N", "1e3", "0x1F", "-1", "1_000", "12:30:00", ".inf", "=", "<<",
    "---", "...", " a", "a ", "\ta", "\u{1}", "\u{7F}", "\u{85}a\u{85}", "\u{2028}a",
    "\u{FEFF}a", "\u{202E}a", "\u{200B}", "\u{FFFE}", "\u{10FFFF}", "é", "e\u{301}", "日本語", "😀",
    "$(reboot)", "a/../b", "", "crypto\u{212A}eys", String(repeating: "long", count: 600),
    String(repeating: "\u{1}", count: 500),
  ]

  /// Every text as the name of a principal, of a permission, of a resource and of a project.
  ///
  /// What is denied beside it differs by one sign.
  private var events: Events {
    var events = Events()
    for text in HostileNameTests.texts {
      events.allow("user:" + text, "service.things.get", "projects/p/things/one")
      events.deny("user:" + text + "x", "service.things.get", "projects/p/things/one")
      events.allow("user:a@b", "service.things." + text, "projects/p/things/two")
      events.deny("user:a@b", "service.things." + text + "x", "projects/p/things/two")
      events.allow("user:a@b", "service.things.get", "projects/p/" + text)
      events.deny("user:a@b", "service.things.get", "projects/p/x" + text)
      events.allow("user:a@b", "service.things.get", "projects/" + text + "/things/three")
      events.deny("user:a@b", "service.things.get", "projects/x" + text + "/things/three")
      events.allow("user:a@b", "storage.objects.get", "projects/p/buckets/b/objects/" + text)
      events.deny("user:a@b", "storage.objects.get", "projects/p/buckets/b/objects/x" + text)
    }
    return events
  }

  private func check(_ policy: GeneratedPolicy, with program: [String]) throws {
    let folder = TemporaryFolder()
    try Data(policy.document.utf8).write(to: URL(filePath: folder.file("policy.yaml")))
    let files = [folder.file("policy.yaml"), try events.write(to: folder)]
    guard
      let result = try Python.run([Python.program(program[0])] + program.dropFirst() + files)
    else { return }
    #expect(result.status == 0, "\(String(decoding: result.output, as: UTF8.self).prefix(2_000))")
  }

  @Test("the emulator policy says each of them exactly, for a parser that is not ours")
  func emulator() throws {
    let policy = try events.policy()
    #expect(policy.replay.isExact)
    #expect(policy.replay.allowedByPolicy == policy.replay.allowedKeys)
    try check(policy, with: ["emulator_engine.py", "keys", "--check-generated"])
  }

  @Test("the Google Cloud policy says each of them exactly or says that it cannot")
  func google() throws {
    let policy = try events.policy(.gcp)
    #expect(policy.replay.missing.isEmpty && policy.replay.excessive.isEmpty)
    #expect(!policy.notExpressible.isEmpty && !policy.replay.isExact)
    #expect(
      policy.replay.allowedByPolicy + policy.notExpressible.count == policy.replay.allowedKeys)
    try check(policy, with: ["google_allow_policies.py"])
  }

  @Test(
    "no line of a document holds a sign that a terminal obeys", arguments: PolicyDialect.allCases)
  func printable(dialect: PolicyDialect) throws {
    let document = try events.policy(dialect).document
    for scalar in document.unicodeScalars where scalar != "\n" {
      #expect(scalar.value >= 0x20 && scalar.value != 0x7F)
      #expect(!(0x80...0x9F).contains(scalar.value) && !(0x202A...0x202E).contains(scalar.value))
    }
  }

  @Test("names that only look alike are different names")
  func lookalikes() throws {
    var events = Events()
    events.allow("user:caf\u{E9}", "service.things.get", "projects/p/things/1")
    events.deny("user:cafe\u{301}", "service.things.get", "projects/p/things/1")
    let policy = try events.policy()
    #expect(policy.statements.count == 1)
    #expect(policy.usage.denied.count == 1)
    #expect(policy.replay.isExact)
    #expect(Name("caf\u{E9}") != Name("cafe\u{301}"))
    #expect("caf\u{E9}" == "cafe\u{301}", "String itself takes them for the same")
  }

  @Test("different sets of permissions never share a role, even when their names are made alike")
  func roleNames() throws {
    var events = Events()
    let twins = ["service.things.get\u{1}", "service.things.get\u{2}", "service.things.get_"]
    for (number, permission) in twins.enumerated() {
      events.allow("user:a@b", permission, "projects/p/things/\(number)")
      for other in twins where other != permission {
        events.deny("user:a@b", other, "projects/p/things/\(number)")
      }
    }
    let policy = try events.policy()
    #expect(policy.replay.isExact && policy.replay.allowedByPolicy == 3)
    #expect(policy.document.contains("roles/custom.service.things.get__2:"))
    #expect(policy.document.contains("roles/custom.service.things.get__3:"))
  }

  @Test("a name that was garbled before it could be read is not granted")
  func damaged() throws {
    var events = Events()
    events.allow("user:a@b", "service.things.get", "projects/p/things/\u{FFFD}")
    events.allow("user:a@b", "service.things.get", "projects/p/things/1")
    let policy = try events.policy()
    #expect(policy.statements.count == 1)
    #expect(policy.excluded == [Exclusion(reason: .damagedName, decisions: 1)])
  }
}
