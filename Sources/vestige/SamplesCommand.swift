import ArgumentParser
import Glibc

struct SamplesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "samples",
    abstract: "Explore two runs of a small shop: one is well, one is not.",
    discussion: """
      The samples are looked for in $VESTIGE_SAMPLES, then beside the program.

      EXAMPLES
        vestige samples                                      explore them
        vestige samples --path                               print where they are
        vestige trace diff $(vestige samples --path)/*/      compare them
      """)

  @Flag(help: "Print where they are.")
  var path = false

  func run() throws {
    let folder = try SampleFolder.find()
    if path {
      try StandardStream.output.send(folder + "\n")
    } else {
      let command = try ExploreCommand.parse([folder])
      try command.run()
    }
  }
}

/// The samples that come with the program.
enum SampleFolder {
  /// The folder named by the environment; otherwise the nearest one above the executable, in a
  /// checkout or an installation.
  static func find() throws(SampleError) -> String {
    if let named = unsafe getenv("VESTIGE_SAMPLES") { return unsafe String(cString: named) }
    var looked: [String] = []
    var folder = executablePath[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      for place in ["samples", "share/vestige/samples"] {
        let candidate = "\(folder)/\(place)"
        if access("\(candidate)/baseline", R_OK) == 0 { return candidate }
        looked.append(candidate)
      }
    }
    throw .absent(looked: looked)
  }

  private static var executablePath: String {
    unsafe realpath("/proc/self/exe", nil).map { path in
      defer { unsafe free(path) }
      return unsafe String(cString: path)
    } ?? CommandLine.arguments[0]
  }
}

enum SampleError: Error, Equatable, CustomStringConvertible {
  case absent(looked: [String])

  var description: String {
    switch self {
    case .absent(let looked):
      "the samples are not installed beside the program (looked at \(looked.prefix(4).joined(separator: ", "))); "
        + "set VESTIGE_SAMPLES to the folder samples/ of the source code"
    }
  }
}
