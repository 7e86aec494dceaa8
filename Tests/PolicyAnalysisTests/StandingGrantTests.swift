import PolicyAnalysis
import Testing

@Suite("Grants of an existing policy") struct StandingGrantTests {
  private let block = StandingGrants.Block(
    place: "first", principals: ["a", "b"], permissions: ["p", "q", "r"], resources: ["x", "y"])

  @Test("are numbered in the order of the document, and each number is the grant it was made from")
  func numbers() {
    var grants = StandingGrants([
      StandingGrants.Block(place: "empty", principals: [], permissions: ["p"], resources: ["x"]),
      block,
    ])
    grants.append(
      StandingGrants.Block(
        place: "last", principals: ["c"], permissions: ["p"], resources: ["z"], condition: "if"))
    #expect(grants.count == 13 && grants.blocks.count == 3)
    #expect(Set(grants).count == 13)
    #expect(
      grants[0] == StandingGrant(place: "first", principal: "a", permission: "p", resource: "x"))
    #expect(
      grants[12]
        == StandingGrant(
          place: "last", principal: "c", permission: "p", resource: "z", condition: "if"))
    for principal in 0..<2 {
      for permission in 0..<3 {
        for resource in 0..<2 {
          let number = grants.number(
            block: 1, principal: principal, permission: permission, resource: resource)
          let grant = grants[number]
          #expect(grants.block(of: number) == 1)
          #expect(grant.principal == block.principals[principal])
          #expect(grant.permission == block.permissions[permission])
          #expect(grant.resource == block.resources[resource])
        }
      }
    }
    #expect(grants.block(of: 12) == 2)
  }

  private let policy = """
    roles:
      roles/custom.reader: {permissions: [s.t.get, s.t.list, s.t.get]}
    groups:
      team: {members: [user:a@x]}
    projects:
      p:
        bindings:
          - {role: roles/custom.reader, members: ["group:team", user:b@x]}
          - role: roles/custom.reader
            members: [user:a@x]
            condition: {expression: 'request.time < timestamp("2026-03-02T09:00:05Z")', title: t}
          - {role: roles/custom.reader, members: [allUsers]}
        resources:
          t/one: {bindings: [{role: roles/gone, members: [user:a@x]}]}
    """

  private func judge(_ principal: Name, _ resource: Name, at time: Int64) throws -> [Int] {
    let engine = try PolicyDialect.emulator.engine(reading: policy)
    let key = PermissionKey(principal: principal, permission: "s.t.list", resource: resource)
    let judgement = engine.judge(PolicyQuestion(key: key), at: time)
    #expect(judgement.isAllowed == !judgement.grants.isEmpty)
    #expect(judgement.grants.allSatisfy { engine.grants[$0].permission == "s.t.list" })
    return judgement.grants
  }

  @Test("of the emulator: the deciding one first, those that a failed condition hides never")
  func emulator() throws {
    let grants = try PolicyDialect.emulator.engine(reading: policy).grants
    #expect(
      grants.map { "\($0.place.prefix(9)) \($0.principal) \($0.permission)" } == [
        "binding 1 group:team s.t.get", "binding 1 group:team s.t.list",
        "binding 1 user:b@x s.t.get", "binding 1 user:b@x s.t.list",
        "binding 2 user:a@x s.t.get", "binding 2 user:a@x s.t.list",
        "binding 3 allUsers s.t.get", "binding 3 allUsers s.t.list",
      ])
    #expect(grants[4].condition?.hasPrefix("request.time") ?? false)
    #expect(try judge("user:a@x", "projects/p", at: 0) == [1, 5, 7])
    #expect(try judge("user:a@x", "projects/p", at: .max) == [1])
    #expect(try judge("user:b@x", "projects/p/t/two", at: 0) == [3, 7])
    #expect(try judge("user:c@x", "projects/p", at: 0) == [7])
    #expect(try judge("user:a@x", "projects/p/t/one", at: 0) == [])
  }
}
