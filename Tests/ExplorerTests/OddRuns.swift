import Explorer
import TestSupport
import TraceIndex
import TraceModel

/// States that are unlike the usual: every command has to be harmless on each.
enum OddRuns: String, CaseIterable, Sendable {
  case noRun, empty, oneRow, looseDecisions, twoRuns, notReady, indexing, failed, failedLater
  case filteredToNothing

  var harness: ExplorerHarness {
    get throws {
      switch self {
      case .noRun: ExplorerHarness()
      case .empty: ExplorerHarness(try TraceBuilder().index(name: "empty"))
      case .oneRow: ExplorerHarness(try OddRuns.oneRow())
      case .looseDecisions: ExplorerHarness(try OddRuns.looseDecisions())
      default: ExplorerHarness(try OddRuns.shop(fails: false), try OddRuns.shop(fails: true))
      }
    }
  }

  func state(_ harness: ExplorerHarness) -> ExplorerState {
    switch self {
    case .notReady: return harness.waitingState()
    case .indexing:
      var state = harness.waitingState()
      for run in 0..<2 {
        harness.apply(
          .indexing(execution: run, read: 10, total: 0, rows: 3, artifact: "a.jsonl"), to: &state)
      }
      return state
    case .failed:
      var state = harness.waitingState()
      for run in 0..<2 {
        harness.apply(.indexingFailed(execution: run, reason: "no such file"), to: &state)
      }
      return state
    case .filteredToNothing: return harness.state(filter: "name=nothing-is-called-this")
    default: return harness.state()
    }
  }

  /// What happens once the screen under test is open.
  func disturb(_ state: inout ExplorerState, _ harness: ExplorerHarness) {
    guard self == .failedLater else { return }
    for run in 0..<2 {
      harness.apply(.indexingFailed(execution: run, reason: "the disk is full"), to: &state)
    }
  }

  private static func oneRow() throws -> TraceIndex {
    var builder = TraceBuilder()
    builder.span("GET /", id: 1, for: 0)
    return try builder.index(name: "one")
  }

  private static func looseDecisions() throws -> TraceIndex {
    var builder = TraceBuilder()
    builder.decision(.allow, "user:ann", "storage.objects.get", on: "buckets/a/objects/1", at: 1)
    builder.decision(.deny, "user:ann", "storage.objects.delete", on: "buckets/a/objects/1", at: 2)
    builder.decision(.error, "user:bob", "storage.objects.get", on: "buckets/b", at: 3)
    return try builder.index(name: "loose")
  }

  /// Two traces; with `fails`, the second one ends in a denied call.
  static func shop(fails: Bool) throws -> TraceIndex {
    var builder = TraceBuilder()
    for trace in 1...2 as ClosedRange<UInt64> {
      let base = Int64(trace) * 1_000
      let isBad = fails && trace == 2
      builder.span(
        "POST /checkout", in: trace, id: 10 * trace, at: base, for: 100, service: "gateway",
        status: isBad ? .error : .ok)
      builder.span(
        "GET /stock", in: trace, id: 10 * trace + 1, parent: 10 * trace, at: base + 10, for: 30,
        service: "inventory")
      builder.span(
        "POST /charge", in: trace, id: 10 * trace + 2, parent: 10 * trace, at: base + 50, for: 40,
        service: "payments", status: isBad ? .error : .ok, message: isBad ? "no secret" : "")
      builder.decision(
        isBad ? .deny : .allow, "serviceAccount:payments@shop.example", "secrets.versions.access",
        on: "projects/shop/secrets/db", in: trace, span: 10 * trace + 2, at: base + 60,
        reason: isBad ? "no_matching_binding" : "binding_match")
    }
    return try builder.index(name: fails ? "incident" : "baseline")
  }
}
