import ArgumentParser
import Glibc

/// Where a result goes: standard output, unless a file is asked for.
struct Destination: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: "Write to FILE, whole or not at all, instead of standard output.",
    completion: .file())
  var output: String?

  @Flag(help: "Replace FILE when it exists.")
  var force = false

  /// The folder that is asked for, with a slash at its end: one that is there, or, made now, one
  /// whose name ends in a slash. Nil when a file is asked for.
  func folder() throws(OutputError) -> String? {
    guard let output, !output.isEmpty else { return nil }
    var status = stat()
    if stat(output, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      return output.hasSuffix("/") ? output : output + "/"
    }
    guard output.hasSuffix("/") else { return nil }
    guard mkdir(output, 0o755) == 0 else {
      throw .unwritable(path: output, reason: unsafe String(cString: strerror(errno)))
    }
    return output
  }

  func send(_ text: String, to path: String) throws(OutputError) {
    try FileOutput.write(text, to: path, replacing: force)
  }

  func send(_ text: String) throws(OutputError) {
    if let output {
      try FileOutput.write(text, to: output, replacing: force)
    } else {
      try StandardStream.output.send(text)
    }
  }
}
