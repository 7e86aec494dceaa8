import ArgumentParser
import Reports
import TraceAnalysis
import TraceIndex
import TraceModel

struct TraceShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one trace as a tree, with its cause if it went wrong.",
    discussion: """
      EXAMPLES
        vestige trace show run-1/ --trace 4bf92f35
        vestige trace show run-1/ --trace 4bf92f35 --format json
      """)

  @OptionGroup var executions: ExecutionOptions

  @Option(help: "The trace's id, or the beginning of it.")
  var trace: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let indexes = try executions.executions()
    let found = indexes.flatMap { index in
      (0..<index.traceCount).filter { isMeant(index, $0) }.map { (index, $0) }
    }
    guard let (index, ordinal) = found.first else {
      throw TraceChoiceError.none(wanted: trace, in: executions.paths)
    }
    guard found.count == 1, let detail = TraceDetail(index, trace: ordinal) else {
      throw TraceChoiceError.several(
        wanted: trace, found: found.map { "\($0.idText(ofTrace: $1)) (\($0.name))" })
    }
    try report.print(.trace(detail))
  }

  /// By the id as the artifact writes it, or by its 32 hexadecimal digits.
  private func isMeant(_ index: TraceIndex, _ ordinal: Int) -> Bool {
    guard !trace.isEmpty else { return false }
    return index.idText(ofTrace: ordinal).hasPrefix(trace)
      || index.traceRecord(ordinal).id.description.hasPrefix(trace.lowercased())
  }
}

enum TraceChoiceError: Error, Equatable, CustomStringConvertible {
  case none(wanted: String, in: [String])
  case several(wanted: String, found: [String])

  var description: String {
    switch self {
    case .none(let wanted, let paths):
      "no trace begins with '\(visibleText(wanted))'; 'vestige trace list "
        + "\(paths.map { visibleText($0) }.joined(separator: " "))' lists them"
    case .several(let wanted, let found):
      "\(QuantityText.count(found.count)) traces begin with '\(visibleText(wanted))': "
        + found.prefix(5).map { visibleText($0) }.joined(separator: ", ")
        + (found.count > 5 ? ", …" : "") + "; give more of the id"
    }
  }
}
