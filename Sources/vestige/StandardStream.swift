import Glibc

/// Standard output for data, standard error for words.
struct StandardStream {
  static let output = StandardStream(descriptor: STDOUT_FILENO, name: "standard output")
  static let error = StandardStream(descriptor: STDERR_FILENO, name: "standard error")

  let descriptor: Int32
  /// What messages call it.
  let name: String

  /// Whether a person reads it.
  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Columns of the terminal, 80 when it does not say; nil when it is none.
  var width: Int? {
    guard isTerminal else { return nil }
    var size = winsize()
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }

  /// Writes all of `text`.
  ///
  /// - Throws: `OutputError.unwritable`, for instance on a full disk. A closed pipe ends the
  ///   process by its signal, as pipelines expect.
  func send(_ text: String) throws(OutputError) {
    var text = text
    let failure: Int32 = text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = unsafe write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { return errno }
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
      return 0
    }
    guard failure == 0 else {
      throw .unwritable(path: name, reason: unsafe String(cString: strerror(failure)))
    }
  }

  /// Writes words that a person may read or not: when that fails there is nobody to tell.
  func say(_ text: String) {
    do throws(OutputError) { try send(text) } catch {}
  }
}
