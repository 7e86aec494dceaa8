import TraceModel

/// Something that happened to an artifact of a followed execution, and that a person should know.
package enum FollowNotice: Sendable, Equatable {
  /// An artifact that was not there before is followed from its first byte.
  case appeared(String)
  /// There is nothing to read yet.
  case waiting(String)
  /// It became shorter than what was read: it is read anew, and its rows so far are no more.
  case truncated(String, rows: UInt64)
  /// Other bytes are where some were read: the same.
  case rewritten(String, rows: UInt64)
  /// It has another name; its rows stay.
  case renamed(String, to: String)
  /// Another file took its place; its rows stay, under another name.
  case replaced(String, as: String)
  /// Nothing is at its path any more; its rows stay.
  case vanished(String)
  /// It is read as it is now, and not followed.
  case readOnce(String, reason: String)
  /// It came too late to be read.
  case notRead(String, reason: String)
  /// It cannot be read any further.
  case unreadable(String, reason: String)

  /// The artifact's path, as reports show it.
  package var artifact: String {
    switch self {
    case .appeared(let path), .waiting(let path), .truncated(let path, _),
      .rewritten(let path, _), .renamed(let path, _), .replaced(let path, _), .vanished(let path),
      .readOnce(let path, _), .notRead(let path, _), .unreadable(let path, _):
      path
    }
  }
}

extension FollowNotice: CustomStringConvertible {
  package var description: String {
    switch self {
    case .appeared(let path): "\(path): new; followed from its first byte"
    case .waiting(let path): "\(path): nothing to read yet; waiting for it"
    case .truncated(let path, let rows):
      "\(path): truncated; read anew, and its \(FollowNotice.counted(rows)) so far are gone"
    case .rewritten(let path, let rows):
      "\(path): rewritten; read anew, and its \(FollowNotice.counted(rows)) so far are gone"
    case .renamed(let path, let name): "\(path): renamed to \(name); its rows stay"
    case .replaced(let path, let name):
      "\(path): rotated; the rows of the old file stay, as of \(name)"
    case .vanished(let path): "\(path): gone; its rows stay"
    case .readOnce(let path, let reason): "\(path): read, and not followed: \(reason)"
    case .notRead(let path, let reason):
      "\(path): came after the start and was not read: \(reason); start again to read it"
    case .unreadable(let path, let reason): "\(path): no longer followed: \(reason)"
    }
  }

  private static func counted(_ rows: UInt64) -> String {
    QuantityText.count(rows) + (rows == 1 ? " row" : " rows")
  }
}

/// What one look at a followed execution came to.
package struct FollowStep: Sendable, Equatable {
  package internal(set) var notices: [FollowNotice] = []
  /// Bytes that were read.
  package internal(set) var bytesRead: UInt64 = 0
  /// The numbers of artifacts that were begun anew, because other bytes are in them.
  package internal(set) var restarted: [Int] = []
  /// Whether an index of it would be another one than before.
  package internal(set) var hasNews = false

  package init() {}
}
