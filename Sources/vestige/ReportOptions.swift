import ArgumentParser
import Reports
import TraceModel

/// How a result is printed.
struct ReportOptions: ParsableArguments {
  @Option(help: "How to print it: text, json, csv (its first table) or markdown.")
  var format = Notation.text

  /// Prints a report; text that a person reads on a terminal fits into it, and what CSV has no place
  /// for is said on standard error.
  func print(_ report: Report) throws(OutputError) {
    try StandardStream.output.send(
      report.rendered(as: format, width: StandardStream.output.width))
    guard format == .csv else { return }
    for case .notes(_, _, let notes) in report.parts {
      for note in notes { StandardStream.error.say("vestige: \(visibleText(note))\n") }
    }
  }

  /// How many of `count` rows are printed: programs get all, people what they can read.
  func shown(of count: Int, limit: Int?) -> Int {
    let usual = format == .text || format == .markdown ? 1_000 : Int.max
    return min(count, max(0, limit ?? usual))
  }
}

extension ValidationError {
  /// A number of rows that makes no sense.
  static let negativeLimit = ValidationError("--limit takes 0 or a number above it")
}

extension Notation: ExpressibleByArgument {}
