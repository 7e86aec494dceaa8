import Explorer
import ExplorerViews
import TestSupport
import Testing
import TraceIndex

@Suite("Screens of a run that grows") struct FollowScreenTests {
  /// The sample runs, the second one followed, with the index of the first in its place at first.
  private func state(_ harness: ExplorerHarness) throws -> ExplorerState {
    let indexes = harness.indexes
    var state = ExplorerState(
      executions: [
        ExecutionEntry(name: "live", path: "live", passedOver: [], isFollowed: true)
      ], isSealed: true)
    harness.apply(.indexed(execution: 0, [indexes[0]]), to: &state)
    return state
  }

  @Test("are as they were reviewed", arguments: [(80, 24), (40, 10)])
  func screens(_ size: (width: Int, height: Int)) throws {
    let harness = try ExplorerHarness.samples.get()
    for (name, keys) in [("follow-events", "3F"), ("follow-new", "3j"), ("follow-policy", "p")] {
      var state = try state(harness)
      _ = state.update(.resized(width: size.width, height: size.height))
      try harness.press(keys, in: &state)
      harness.apply(.grown(execution: 0, [harness.indexes[1]]), to: &state)
      let session = try harness.play("", from: state, width: size.width, height: size.height)
      let frame = try #require(session.frames.last)
      let suffix = size.width == 80 ? "" : "-\(size.width)x\(size.height)"
      expectGolden(roleText(frame), named: name + suffix + ".txt", in: "Screens")
    }
  }
}
