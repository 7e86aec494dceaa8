import ArgumentParser
import Reports

/// How a result is printed.
struct ReportOptions: ParsableArguments {
  @Option(help: "How to print it: text, json, csv or markdown.")
  var format = Notation.text

  func print(_ report: Report) throws(OutputError) {
    try StandardStream.output.send(report.rendered(as: format))
  }

  /// How many of `count` rows are printed: programs get all, people what they can read.
  func shown(of count: Int, limit: Int?) -> Int {
    let usual = format == .text || format == .markdown ? 1_000 : Int.max
    return min(count, max(0, limit ?? usual))
  }
}

extension Notation: ExpressibleByArgument {}
