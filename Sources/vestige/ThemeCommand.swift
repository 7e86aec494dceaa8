import ArgumentParser
import ExplorerViews
import Reports
import Terminal

struct ThemeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "theme",
    abstract: "The looks of the explorer.",
    subcommands: [ListCommand.self, CheckCommand.self])

  struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the built-in themes, the default first.",
      discussion: """
        EXAMPLES
          vestige theme list
          vestige run-1/ --theme light
        """)

    @OptionGroup var report: ReportOptions

    func run() throws {
      let rows = try ThemeLoader.builtInNames.map { name -> [Report.Value] in
        let definition = try ThemeLoader.builtIn(named: name)
        return [.text(name), .text(definition.appearance.rawValue)]
      }
      try report.print(
        Report(
          kind: "theme-list/1", title: "",
          parts: [
            .table(
              Report.Table(
                key: "themes", title: "",
                columns: [
                  Report.Column("theme", "theme"), Report.Column("appearance", "made for"),
                ], rows: rows))
          ]))
    }
  }

  struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Say what makes themes hard to read; exit status 1 when something does.",
      discussion: """
        Contrast by WCAG 2.1, and looks that must differ at each number of colours.

        EXAMPLES
          vestige theme check                  the built-in ones
          vestige theme check my-theme.toml
        """)

    @Argument(help: "Names of built-in themes, or files.", completion: .file(extensions: ["toml"]))
    var themes: [String] = []

    @OptionGroup var report: ReportOptions

    func run() throws {
      let names = themes.isEmpty ? ThemeLoader.builtInNames : themes
      let findings = try names.flatMap {
        ThemeCheck.findings(in: try ThemeChoice.definition(named: $0))
      }
      try report.print(ThemeCommand.report(findings))
      if !findings.isEmpty { throw ExitCode.finding }
    }
  }

  private static func report(_ findings: [ThemeCheck.Finding]) -> Report {
    let table = Report.Table(
      key: "findings", title: "",
      columns: [
        Report.Column("theme", "theme"), Report.Column("colours", "colours"),
        Report.Column("roles", "roles"), Report.Column("finding", "finding"),
      ],
      rows: findings.map { finding in
        [
          .text(finding.theme), .integer(finding.depth == .mono ? 0 : finding.depth.rawValue),
          .text(finding.roles.map(\.rawValue).joined(separator: " ")), .text(finding.explanation),
        ]
      })
    return Report(kind: "theme-check/1", title: "", parts: [.table(table)])
  }
}
