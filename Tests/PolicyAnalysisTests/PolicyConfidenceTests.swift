import Foundation
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Confidence") struct PolicyConfidenceTests {
  private func confidence(_ indexes: [TraceIndex]) throws -> PolicyConfidence {
    PolicyConfidence(try UsedPermissions(indexes: indexes), in: indexes)
  }

  @Test("coverage and unseen keys follow from the keys used once and twice")
  func coverage() throws {
    var events = Events()
    for resource in ["a", "a", "a", "b", "b", "c", "d", "e"] {
      events.allow("user:a@x", "s.t.get", "projects/p/\(resource)")
    }
    events.deny("user:a@x", "s.t.get", "projects/p/z")
    let found = try confidence([events.index()])
    #expect(found.decisions == 8 && found.keys == 5)
    #expect(found.usedOnce == 3 && found.usedTwice == 1)
    #expect(found.coverage == (5, 8))
    // 3 × 2 / (2 × 2), rounded up.
    #expect(found.unseenKeys == 2)
    #expect(found.days == 1)
  }

  @Test("a policy from the first seven tenths is tried on the rest")
  func holdOut() throws {
    var events = Events()
    for resource in ["a", "b", "a", "b", "a", "b", "a", "b", "c", "c"] {
      events.allow("user:a@x", "s.t.get", "projects/p/\(resource)")
    }
    let test = try #require(try confidence([events.index()]).holdOut)
    #expect(test.cut == TraceBuilder.epoch + 7_000_000_000)
    #expect(test.before == 7 && test.after == 3)
    #expect(test.refused == 2 && test.newKeys == 1)
  }

  @Test("decisions of one moment are not parted, and one moment alone is no trial")
  func oneMoment() throws {
    var builder = TraceBuilder()
    for resource in ["a", "b", "c"] {
      builder.decision(.allow, "user:a@x", "s.t.get", on: "projects/p/\(resource)", at: 5)
    }
    #expect(try confidence([builder.index()]).holdOut == nil)
  }

  @Test("runs add keys in the order of their beginnings, in whatever order they are given")
  func runs() throws {
    func run(_ name: String, _ day: Int64, _ resources: [String]) throws -> TraceIndex {
      var builder = TraceBuilder()
      for resource in resources {
        builder.decision(
          .allow, "user:a@x", "s.t.get", on: "projects/p/\(resource)", at: day * 86_400_000)
      }
      return try builder.index(name: name)
    }
    let (monday, tuesday) = (try run("mon", 0, ["a", "b"]), try run("tue", 1, ["b", "c"]))
    let found = try confidence([tuesday, monday])
    #expect(found.runs.map(\.name) == ["mon", "tue"])
    #expect(found.runs.map(\.newKeys) == [2, 1] && found.runs.map(\.keys) == [2, 3])
    #expect(found.days == 2)
    #expect(try confidence([monday, tuesday]) == found)
  }

  private struct Counted: Decodable {
    let decisions, keys, once, twice, days, unseen, before, after, refused, new: Int
  }

  @Test("an independent count of recorded runs agrees", arguments: ["before", "after"])
  func recordings(name: String) throws {
    guard let files = Recordings.files(name), let index = try Recordings.index(name),
      let result = try Python.run([Python.program("confidence.py")] + files)
    else { return }
    let counted = try JSONDecoder().decode(Counted.self, from: result.output)
    let found = try confidence([index])
    #expect(found.decisions == counted.decisions && found.keys == counted.keys)
    #expect(found.usedOnce == counted.once && found.usedTwice == counted.twice)
    #expect(found.days == counted.days && found.unseenKeys == counted.unseen)
    let test = try #require(found.holdOut)
    #expect(test.before == counted.before && test.after == counted.after)
    #expect(test.refused == counted.refused && test.newKeys == counted.new)
  }
}
