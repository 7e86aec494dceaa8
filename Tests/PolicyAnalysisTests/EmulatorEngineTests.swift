import Foundation
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

/// A policy file as JSON, the way Python's YAML parser gives it.
private struct PolicyFile: Codable {
  struct Role: Codable { var permissions: [String]? }
  struct Group: Codable { var members: [String]? }
  struct Condition: Codable { var expression: String? }
  struct Binding: Codable {
    var role: String
    var members: [String]?
    var condition: Condition?
  }
  struct Resource: Codable { var bindings: [Binding]? }
  struct Project: Codable {
    var bindings: [Binding]?
    var resources: [String: Resource]?
  }

  var roles: [String: Role]?
  var groups: [String: Group]?
  var projects: [String: Project]?

  var policy: EmulatorPolicy {
    func bindings(_ bindings: [Binding]?) -> [EmulatorBinding] {
      (bindings ?? []).map {
        EmulatorBinding(
          role: Name($0.role), members: ($0.members ?? []).map { Name($0) },
          condition: $0.condition.map { $0.expression ?? "" })
      }
    }
    var policy = EmulatorPolicy()
    policy.roles = (roles ?? [:]).map {
      EmulatorRole(name: Name($0.key), permissions: ($0.value.permissions ?? []).map { Name($0) })
    }
    policy.groups = (groups ?? [:]).map {
      EmulatorGroup(name: Name($0.key), members: ($0.value.members ?? []).map { Name($0) })
    }
    policy.projects = (projects ?? [:]).map { id, content in
      var project = EmulatorProject(id: Name(id), bindings: bindings(content.bindings))
      project.resources = (content.resources ?? [:]).map {
        EmulatorResourcePolicy(path: Name($0.key), bindings: bindings($0.value.bindings))
      }
      return project
    }
    return policy
  }
}

@Suite("The emulator's rules") struct EmulatorEngineTests {
  @Test(
    "recorded decisions come out the same under the policy that was in force",
    arguments: ["before", "after", "outage-permissive"])
  func recordings(name: String) throws {
    guard let index = try Recordings.index(name) else { return }
    let folder = Recordings.folder
    let code = "import json,sys,yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))"
    guard
      let converted = try Python.run(["-c", code, "\(folder)/\(name)/policy.yaml"]),
      converted.status == 0
    else { return }
    let file = try JSONDecoder().decode(PolicyFile.self, from: converted.output)
    let roles = try JSONDecoder().decode(
      [String: [String]].self,
      from: Data(contentsOf: URL(filePath: folder + "/built-in-roles.json"))
    ).map { EmulatorRole(name: Name($0.key), permissions: $0.value.map { Name($0) }) }
    let engine = EmulatorEngine(file.policy, builtInRoles: roles)
    var tried = 0
    for row in 0..<index.rowCount where index.outcome(row) == .allow || index.outcome(row) == .deny
    {
      let isAllowed = engine.allows(index.permissionKey(ofRow: row), at: index.start(row))
      #expect(isAllowed == (index.outcome(row) == .allow))
      tried += 1
    }
    #expect(tried == (name == "outage-permissive" ? 772 : 9_656))
  }

  @Test("an independent engine decides the same about made-up policies, whatever is in them")
  func differential() throws {
    var dice = Dice(seed: 20_261_121)
    let cases = (0..<400).map { _ in madeUpCase(&dice) }
    let code = """
      import json,sys; sys.path.insert(0, sys.argv[1])
      import emulator_engine as e
      print(json.dumps([[e.Engine(c["policy"], {}).allows(*k, c["time"]) for k in c["keys"]]
        for c in json.load(sys.stdin)]))
      """
    let folder = URL(filePath: Python.program("")).path
    guard
      let result = try Python.run(["-c", code, folder], input: JSONEncoder().encode(cases))
    else { return }
    let expected = try JSONDecoder().decode([[Bool]].self, from: result.output)
    var allowed = 0
    var differences = 0
    for (made, answers) in zip(cases, expected) {
      let engine = EmulatorEngine(made.policy.policy)
      for (key, answer) in zip(made.keys, answers) {
        let isAllowed = engine.allows(PermissionKey(key[0], key[1], key[2]), at: made.time)
        if isAllowed != answer { differences += 1 }
        if answer { allowed += 1 }
      }
    }
    #expect(expected.count == 400 && differences == 0)
    #expect(allowed > 1_000, "too few of 16,000 checks reach an allowing binding")
  }

  private struct MadeUpCase: Codable {
    var policy: PolicyFile
    var keys: [[String]]
    var time: Int64
  }

  private static let principals = ["", "user:a", "user:b", "user:c", "group:g", "allUsers"]
  private static let permissions = ["s.t.get", "s.t.put", "s.t.list"]
  private static let resources = [
    "projects/p", "projects/p/secrets/x", "projects/p/secrets/x/versions/1", "projects/p/odd",
    "projects/p/locations/l/keyRings/k/cryptoKeys/c", "projects/q/secrets/x", "projects", "x/y/z",
    "//service/projects/p", "projects/p/locations/l",
  ]
  private static let conditions = [
    nil, nil, nil, "", "  ", "resource.name.startsWith(\"projects/p/secrets/\")",
    "!resource.name.startsWith(\"projects/p\")", "resource.type == \"SECRET\"",
    "resource.type == \"UNKNOWN\"", "request.time < timestamp(\"2026-03-02T09:00:00Z\")",
    "request.time > timestamp(\"2026-03-02T09:00:00.5+01:00\")",
    "request.time <= timestamp(\"9999-12-31T23:59:59Z\")", "request.time > timestamp(\"soon\")",
    "resource.name == \"projects/p/secrets/x\"", "resource.name.startsWith(\"a\") || \"b\"",
    "resource.type == \"", "true",
  ]

  private func madeUpCase(_ dice: inout Dice) -> MadeUpCase {
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &dice)] }
    func some(_ values: [String]) -> [String] {
      values.filter { _ in Bool.random(using: &dice) }
    }
    func bindings() -> [PolicyFile.Binding] {
      (0..<Int.random(in: 0...3, using: &dice)).map { _ in
        PolicyFile.Binding(
          role: pick(["roles/custom.a", "roles/custom.b", "roles/unknown"]),
          members: some(["user:a", "user:b", "group:g", "group:h", "allAuthenticatedUsers"]),
          condition: pick(Self.conditions).map { PolicyFile.Condition(expression: $0) })
      }
    }
    var projects: [String: PolicyFile.Project] = [:]
    for id in ["p", "q"] {
      var resources: [String: PolicyFile.Resource] = [:]
      for path in some(["secrets/x", "odd", "locations/l", "locations/l/keyRings/k"]) {
        resources[path] = PolicyFile.Resource(bindings: bindings())
      }
      projects[id] = PolicyFile.Project(bindings: bindings(), resources: resources)
    }
    let policy = PolicyFile(
      roles: [
        "roles/custom.a": PolicyFile.Role(permissions: some(Self.permissions)),
        "roles/custom.b": PolicyFile.Role(permissions: some(Self.permissions)),
      ],
      groups: [
        "g": PolicyFile.Group(members: some(["user:a", "group:h"])),
        "h": PolicyFile.Group(members: some(["user:b", "group:g", "user:c"])),
      ], projects: projects)
    let keys = (0..<40).map { _ in
      [pick(Self.principals), pick(Self.permissions), pick(Self.resources)]
    }
    let time = TraceBuilder.epoch + Int64.random(in: -7_200...7_200, using: &dice) * 1_000_000_000
    return MadeUpCase(policy: policy, keys: keys, time: time)
  }

  @Test("the answer names the binding that gave it")
  func verdicts() {
    var policy = EmulatorPolicy()
    policy.roles = [EmulatorRole(name: "roles/custom.r", permissions: ["s.t.get"])]
    var project = EmulatorProject(id: "p")
    project.bindings = [
      EmulatorBinding(role: "roles/custom.r", members: ["user:a"], condition: "false"),
      EmulatorBinding(role: "roles/custom.r", members: ["user:a", "user:b"]),
    ]
    policy.projects = [project]
    let engine = EmulatorEngine(policy)
    func verdict(_ principal: String, _ resource: String) -> EmulatorVerdict {
      engine.verdict(on: PermissionKey(principal, "s.t.get", resource), at: 0)
    }
    #expect(
      verdict("user:b", "projects/p/secrets/x")
        == .allowed(EmulatorBindingPlace(resource: "projects/p", binding: 1)))
    #expect(
      verdict("user:a", "projects/p")
        == .deniedByCondition(EmulatorBindingPlace(resource: "projects/p", binding: 0)))
    #expect(verdict("user:c", "projects/p") == .deniedWithoutBinding(in: "projects/p"))
    #expect(verdict("user:a", "projects/q") == .deniedWithoutPolicy)
  }
}
