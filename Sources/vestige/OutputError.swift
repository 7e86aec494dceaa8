/// Why a result could not be put where it was asked for.
enum OutputError: Error, Equatable {
  case unwritable(path: String, reason: String)
  case exists(path: String)
}

extension OutputError: CustomStringConvertible {
  var description: String {
    switch self {
    case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
    case .exists(let path): "\(path): exists already; --force replaces it"
    }
  }
}
