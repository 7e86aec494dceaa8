package import TraceAnalysis
import TraceModel

extension Report {
  /// Rows of a table that text and Markdown show.
  private static let shown = 20

  /// What several executions did, in figures; `accounts` are about the same executions.
  package static func summary(
    _ summaries: [ExecutionSummary], _ accounts: [ArtifactAccount]
  ) -> Report {
    let names = summaries.map(\.name).joined(separator: ", ")
    var report = Report(kind: "trace-summary/1", title: "Summary of \(names)")
    report.parts = [
      .facts(key: "totals", title: "Totals", totals(summaries, accounts)),
      .table(executions(summaries)),
      .notes(key: "headlines", title: "In short", headlines(summaries)),
      .table(services(summaries)), .table(operations(summaries)), .table(principals(summaries)),
      .table(denials(summaries)), .table(joins(summaries)), .table(clocks(summaries)),
      .table(quality(summaries, accounts)),
      .table(artifactTable(accounts)),
      .table(notUnderstood(accounts)),
    ]
    return report
  }

  private static func headlines(_ summaries: [ExecutionSummary]) -> [String] {
    summaries.flatMap { summary in
      summary.headlines.map { (summaries.count > 1 ? summary.name + ": " : "") + $0.text + "." }
    }
  }

  private static func totals(
    _ summaries: [ExecutionSummary], _ accounts: [ArtifactAccount]
  ) -> [Fact] {
    func sum(_ key: KeyPath<ExecutionTotals, Int>) -> Value {
      .integer(summaries.reduce(0) { $0 + $1.totals[keyPath: key] })
    }
    func sum(_ key: KeyPath<ExecutionTotals, UInt64>) -> Value {
      .count(summaries.reduce(0) { $0 + $1.totals[keyPath: key] })
    }
    return [
      Fact("executions", "runs", .integer(summaries.count)),
      Fact("traces", "traces", sum(\.traces)), Fact("spans", "spans", sum(\.spans)),
      Fact("errors", "failed spans", sum(\.errors)), Fact("logs", "logs", sum(\.logs)),
      Fact("decisions", "decisions", sum(\.decisions)), Fact("allowed", "allowed", sum(\.allowed)),
      Fact("denied", "denied", sum(\.denied)),
      Fact("decision_errors", "without a decision", sum(\.decisionErrors)),
      Fact("records_read", "records read", sum(\.recordsRead)),
      Fact("records_refused", "records refused", sum(\.recordsRefused)),
      Fact("records_skipped", "records skipped", sum(\.recordsSkipped)),
      Fact(
        "files_passed_over", "files of no known format",
        .integer(accounts.reduce(0) { $0 + $1.passedOver.count })),
    ]
  }

  private static func executions(_ summaries: [ExecutionSummary]) -> Table {
    Table(
      key: "executions", title: "Runs",
      columns: [
        Column("execution", "run"), Column("start", "started"), Column("duration_ns", "lasted"),
        Column("traces", "traces"), Column("spans", "spans"), Column("decisions", "decisions"),
        Column("errors", "failed spans"), Column("denied", "denied"),
        Column("decision_errors", "no decision"),
      ],
      rows: summaries.map { summary in
        let totals = summary.totals
        return [
          .text(summary.name), .time(totals.start),
          .duration(max(0, totals.end.subtractingReportingOverflow(totals.start).partialValue)),
          .integer(totals.traces), .integer(totals.spans), .integer(totals.decisions),
          .integer(totals.errors), .integer(totals.denied), .integer(totals.decisionErrors),
        ]
      })
  }

  private static func services(_ summaries: [ExecutionSummary]) -> Table {
    Table(
      key: "services", title: "Services",
      columns: [
        Column("execution", "run"), Column("service", "service"), Column("spans", "spans"),
        Column("errors", "errors"), Column("p50_ns", "p50"), Column("p95_ns", "p95"),
        Column("self_time_share", "self time"),
      ],
      rows: summaries.flatMap { summary in
        summary.services.map { service in
          [
            .text(summary.name), .optional(service.name), .integer(service.spans.count),
            .integer(service.spans.errors), .duration(service.spans.durations.p50),
            .duration(service.spans.durations.p95), share(service.selfTimeShare),
          ]
        }
      }, shown: shown)
  }

  private static func operations(_ summaries: [ExecutionSummary]) -> Table {
    Table(
      key: "operations", title: "Operations, failing and slow first",
      columns: [
        Column("execution", "run"), Column("service", "service"), Column("operation", "operation"),
        Column("calls", "calls"), Column("errors", "errors"), Column("p50_ns", "p50"),
        Column("p95_ns", "p95"), Column("p99_ns", "p99"), Column("max_ns", "max"),
      ],
      rows: summaries.flatMap { summary in
        summary.operations.map { operation in
          let durations = operation.spans.durations
          return [
            .text(summary.name), .optional(operation.service), .text(operation.name),
            .integer(operation.spans.count), .integer(operation.spans.errors),
            .duration(durations.p50), .duration(durations.p95), .duration(durations.p99),
            .duration(durations.maximum),
          ]
        }
      }, shown: shown)
  }

  private static func principals(_ summaries: [ExecutionSummary]) -> Table {
    Table(
      key: "principals", title: "Principals",
      columns: [
        Column("execution", "run"), Column("principal", "principal"),
        Column("allowed", "allowed"), Column("denied", "denied"),
        Column("undecided", "undecided"), Column("permissions", "permissions"),
      ],
      rows: summaries.flatMap { summary in
        summary.principals.map { subject in
          [
            .text(summary.name), .optional(subject.name), .integer(subject.counts.allowed),
            .integer(subject.counts.denied), .integer(subject.counts.undecided),
            .integer(subject.counterparts),
          ]
        }
      }, shown: shown)
  }

  private static func denials(_ summaries: [ExecutionSummary]) -> Table {
    Table(
      key: "denials", title: "Denied",
      columns: [
        Column("execution", "run"), Column("principal", "principal"),
        Column("permission", "permission"), Column("resource", "resource"),
        Column("reason", "reason"), Column("denied", "denied"), Column("allowed", "allowed"),
        Column("first", "first"), Column("last", "last"),
      ],
      rows: summaries.flatMap { summary in
        summary.denials.map { group in
          [
            .text(summary.name), .optional(group.principal), .text(group.permission),
            .text(group.target), .optional(group.reason), .integer(group.denied),
            .integer(group.allowed), .optional(time: group.first), .optional(time: group.last),
          ]
        }
      }, shown: shown)
  }

  /// Empty when all runs have only rows that were joined by ids, or none.
  private static func joins(_ summaries: [ExecutionSummary]) -> Table {
    Table(
      key: "joins", title: "Decisions and logs joined with traces",
      columns: [
        Column("execution", "run"), Column("join", "joined by"), Column("decisions", "decisions"),
        Column("logs", "logs"), Column("confidence_low", "confidence from"),
        Column("confidence_high", "to"),
      ],
      rows: summaries.flatMap { summary in
        summary.joins.ways.map { way in
          let isJoined = way.method.isJoined
          return [
            .text(summary.name), .text(way.method.name), .integer(way.decisions),
            .integer(way.logs), isJoined ? .integer(way.confidence.lowerBound) : .none,
            isJoined ? .integer(way.confidence.upperBound) : .none,
          ]
        }
      })
  }

  private static func clocks(_ summaries: [ExecutionSummary]) -> Table {
    Table(
      key: "clocks", title: "Clocks that disagree; no time was changed",
      columns: [
        Column("execution", "run"), Column("service", "service"), Column("caller", "called by"),
        Column("offset_ns", "behind by"), Column("offset_low_ns", "at least"),
        Column("offset_high_ns", "at most"), Column("calls", "calls"),
        Column("contradictions", "contradict"),
      ],
      rows: summaries.flatMap { summary in
        summary.clocks.map { clock in
          [
            .text(summary.name), .text(clock.service), .text(clock.caller),
            .duration(clock.estimate), clock.bounds.map { .duration($0.lowerBound) } ?? .none,
            clock.bounds.map { .duration($0.upperBound) } ?? .none, .integer(clock.calls),
            .integer(clock.contradictions),
          ]
        }
      }, shown: shown)
  }

  private static func quality(
    _ summaries: [ExecutionSummary], _ accounts: [ArtifactAccount]
  ) -> Table {
    Table(
      key: "data_quality", title: "Data quality",
      columns: [
        Column("execution", "run"), Column("finding", "finding"), Column("count", "count"),
      ],
      rows: summaries.flatMap { summary in
        summary.quality.findings.filter { $0.count > 0 }.map {
          [.text(summary.name), .text($0.name), .integer($0.count)]
        }
      }
        + accounts.repeated.map { [.text($0.execution), .text($0.text), .count($0.records)] })
  }

  static func share(_ share: Share) -> Value { .share(part: share.part, whole: share.whole) }
}

extension DataQuality {
  /// Each thing that can be wrong with a trace's data, with a name that people and JSON share.
  package var findings: [(name: String, count: Int)] {
    [
      ("spans whose parent is not in these artifacts", orphanSpans),
      ("decisions and logs whose span is not in these artifacts", orphanRecords),
      ("decisions that belong to no trace", decisionsOutsideTraces),
      ("cycles of parents, cut", cycles),
      ("spans with the id of another span", duplicates),
      ("spans that end before they start", endBeforeStart),
      ("spans without an end", endMissing),
      ("rows without a time", timeMissing),
      ("spans that start before their parent", startBeforeParent),
      ("spans that outlive their parent", endAfterParent),
      ("traces with several roots", tracesWithSeveralRoots),
      ("traces without a root", tracesWithoutRoot),
    ]
  }
}
