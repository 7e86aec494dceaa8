import ArgumentParser

/// Where a result goes: standard output, unless a file is asked for.
struct Destination: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: "Write to FILE, whole or not at all, instead of standard output.",
    completion: .file())
  var output: String?

  @Flag(help: "Replace FILE when it exists.")
  var force = false

  func send(_ text: String) throws(OutputError) {
    if let output {
      try FileOutput.write(text, to: output, replacing: force)
    } else {
      try StandardStream.output.send(text)
    }
  }
}
