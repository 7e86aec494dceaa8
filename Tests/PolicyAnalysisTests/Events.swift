import Foundation
import PolicyAnalysis
import TestSupport
import TraceIndex
import TraceModel

/// Decisions made up for a test, as an execution and as a file of events.
struct Events {
  typealias Event = (outcome: Outcome, principal: String, permission: String, resource: String)

  var events: [Event] = []

  init(_ events: [Event] = []) { self.events = events }

  mutating func allow(_ principal: String, _ permission: String, _ resource: String) {
    events.append((.allow, principal, permission, resource))
  }

  mutating func deny(_ principal: String, _ permission: String, _ resource: String) {
    events.append((.deny, principal, permission, resource))
  }

  /// One decision a second.
  func index(name: String = "run") throws -> TraceIndex {
    var builder = TraceBuilder(artifact: name + ".authz.jsonl")
    for (second, event) in events.enumerated() {
      builder.decision(
        event.outcome, event.principal, event.permission, on: event.resource,
        at: Int64(second) * 1_000, reason: event.outcome == .allow ? "binding_match" : "")
    }
    return try builder.index(name: name)
  }

  func policy(
    _ dialect: PolicyDialect = .emulator, principal: String? = nil
  ) throws -> GeneratedPolicy {
    try PolicyGenerator.generate(from: [index()], principal: principal, dialect: dialect)
  }

  /// The events as the emulator writes them, in a file of `folder`.
  func write(to folder: TemporaryFolder) throws -> String {
    let lines = try events.enumerated().map { second, event in
      try JSONSerialization.data(withJSONObject: [
        "schema_version": "1.0", "event_type": "authz_check",
        "timestamp": Timestamp.text(
          nanoseconds: TraceBuilder.epoch + Int64(second) * 1_000_000_000),
        "actor": ["principal": event.principal], "target": ["resource": event.resource],
        "action": ["permission": event.permission],
        "decision": ["outcome": event.outcome == .allow ? "ALLOW" : "DENY"],
      ])
    }
    let path = folder.file("events.authz.jsonl")
    try Data(lines.joined(separator: Data("\n".utf8))).write(to: URL(filePath: path))
    return path
  }
}

extension PermissionKey {
  init(_ principal: String, _ permission: String, _ resource: String) {
    self.init(
      principal: Name(principal), permission: Name(permission), resource: Name(resource))
  }
}

/// The same pseudo-random numbers every time.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
