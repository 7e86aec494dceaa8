import CSandbox

/// The promise that this process talks to nobody, kept by the kernel.
enum Seal {
  /// Whether the kernel took the filter that forbids sockets; for the explorer's header.
  static let isClosed: Bool = sandbox_forbid_sockets()

  static func close() { _ = isClosed }
}
