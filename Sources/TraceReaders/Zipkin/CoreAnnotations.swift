import TraceModel
import WireFormats

/// Where a part of a call ran, as it lies in the buffer.
struct ZipkinEndpoint: Sendable {
  var service = FieldValue.absent
  var ipv4 = FieldValue.absent
  var ipv6 = FieldValue.absent
  var port = FieldValue.absent

  var isEmpty: Bool {
    service.isMissing && ipv4.isMissing && ipv6.isMissing && port.isMissing
  }
}

/// What version 1 says with its annotations: the kind, the times and the host of a span.
///
/// A version 1 span may hold both sides of a call. It stays one row, the server's: that way the
/// service that did the work is seen; the client's side is kept as events.
struct CoreAnnotations: Sendable {
  private enum Core: Int, CaseIterable {
    case clientSend, clientReceive, serverReceive, serverSend, messageSend, messageReceive
  }

  private static let names: [StaticString] = ["cs", "cr", "sr", "ss", "ms", "mr"]

  /// Nanoseconds, by `Core`.
  private var times = [UInt64?](repeating: nil, count: Core.allCases.count)
  private var seen = [Bool](repeating: false, count: Core.allCases.count)
  private var server: ZipkinEndpoint?
  private var client: ZipkinEndpoint?
  private var other: ZipkinEndpoint?

  mutating func forget() {
    for index in times.indices {
      times[index] = nil
      seen[index] = false
    }
    (server, client, other) = (nil, nil, nil)
  }

  /// Takes note of an annotation of any name.
  mutating func note(
    _ name: FieldValue, at time: UInt64?, _ endpoint: ZipkinEndpoint, _ bytes: RawSpan
  ) {
    let index = CoreAnnotations.names.firstIndex { name.equals($0, in: bytes) }
    guard let index, let core = Core(rawValue: index) else { return note(endpoint) }
    if seen[index] { return }
    seen[index] = true
    times[index] = time
    guard !endpoint.isEmpty else { return }
    switch core {
    case .serverReceive, .serverSend, .messageReceive: server = server ?? endpoint
    case .clientSend, .clientReceive, .messageSend: client = client ?? endpoint
    }
  }

  /// Takes note of the host of something else that happened in the span.
  mutating func note(_ endpoint: ZipkinEndpoint) {
    if !endpoint.isEmpty { other = other ?? endpoint }
  }

  var kind: SpanKind {
    if has(.serverReceive) || has(.serverSend) { return .server }
    if has(.clientSend) || has(.clientReceive) { return .client }
    if has(.messageReceive) { return .consumer }
    return has(.messageSend) ? .producer : .unspecified
  }

  /// The host whose row the span is.
  var endpoint: ZipkinEndpoint { server ?? client ?? other ?? ZipkinEndpoint() }

  /// When the span began and ended by its own annotations, in nanoseconds.
  var interval: (start: UInt64?, end: UInt64?) {
    if has(.clientSend) { return (time(.clientSend), time(.clientReceive)) }
    if has(.serverReceive) { return (time(.serverReceive), time(.serverSend)) }
    return (time(.messageSend) ?? time(.messageReceive), nil)
  }

  private func has(_ core: Core) -> Bool { seen[core.rawValue] }

  private func time(_ core: Core) -> UInt64? { times[core.rawValue] }
}
