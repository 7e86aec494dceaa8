import Foundation
import TestSupport
import Testing

@Suite("trace follow") struct FollowCommandTests {
  private static let payments = CommandRun.packageRoot + "/samples/incident/payments.authz.jsonl"

  /// Where a row is, by which it is told apart.
  private static func place(_ row: [String: Any]) -> String {
    "\(row["artifact"] ?? "") \(row["byte_offset"] ?? "")"
  }

  @Test("from the start it prints the rows that a query of the finished artifacts prints")
  func sameRows() throws {
    for query in ["", "is:deny", "service:payments dur>50ms"] {
      let words = ["samples/incident", "--format", "json"]
      let followed = try CommandRun(
        ["trace", "follow", "--from-start", "--until-idle", "0"] + words
          + (query.isEmpty ? [] : ["--where", query]))
      #expect(followed.status == 0 && followed.errors.isEmpty, "\(followed.errors)")
      let asked = try CommandRun(["trace", "query"] + words + [query]).json()
      let expected = try #require(asked["rows"] as? [[String: Any]])
      var rows = try followed.jsonLines()
      #expect(rows.allSatisfy { $0["schema"] as? String == "vestige.trace-follow/1" })
      for place in rows.indices { rows[place]["schema"] = nil }
      func sorted(_ rows: [[String: Any]]) -> [String] {
        rows.map { "\($0.sorted { $0.key < $1.key })" }.sorted()
      }
      #expect(sorted(rows) == sorted(expected), "\(query)")
    }
  }

  @Test("prints each row of a growing file once, and what happens to the file on standard error")
  func growth() throws {
    let folder = TemporaryFolder()
    let run = try CommandRun(
      shell: """
        head -n 30 '\(FollowCommandTests.payments)' > a.jsonl
        (sleep 0.4; sed -n 31,60p '\(FollowCommandTests.payments)' >> a.jsonl
         sleep 0.4; sed -n 61,70p '\(FollowCommandTests.payments)' | head -c -40 >> a.jsonl
         sleep 0.4; sed -n 70p '\(FollowCommandTests.payments)' | tail -c 40 >> a.jsonl
         mv a.jsonl a.jsonl.1; sed -n 71,80p '\(FollowCommandTests.payments)' > a.jsonl
         sleep 0.4; : > a.jsonl; sed -n 81,85p '\(FollowCommandTests.payments)' >> a.jsonl) &
        vestige trace follow a.jsonl --lines 5 --format json --until-idle 2
        """, folder: folder.path)
    #expect(run.status == 0)
    let rows = try run.jsonLines()
    // The last five of 30; 30, 10 and 10 as they came; five after the file was cut.
    #expect(rows.count == 60, "\(run.errors)")
    #expect(Set(rows.map(FollowCommandTests.place)).count >= 55, "each once")
    for notice in [
      "a.jsonl: renamed to a.jsonl.1; its rows stay", "a.jsonl: new; followed from its first byte",
      "a.jsonl: truncated; read anew, and its 10 rows so far are gone",
    ] { #expect(run.errors.contains(notice), "\(run.errors)") }
  }

  @Test("a record cut short is counted when following ends")
  func cutShort() throws {
    let folder = TemporaryFolder()
    let run = try CommandRun(
      shell: """
        head -c 3000 '\(FollowCommandTests.payments)' > a.jsonl
        vestige trace follow a.jsonl --until-idle 0
        """, folder: folder.path)
    #expect(run.status == 0)
    #expect(run.errors.contains("a.jsonl: 1 more record could not be read, 1 in all"))
    #expect(!run.output.isEmpty)
  }

  @Test("--lines says with how many rows it begins, for each run")
  func lines() throws {
    for (arguments, count) in [([], 20), (["-n", "0"], 0), (["--lines", "3"], 6)] {
      let run = try CommandRun(
        ["trace", "follow", "samples", "--until-idle", "0"] + arguments)
      #expect(run.output.split(separator: "\n").count == count)
    }
  }

  @Test("ends quietly when nobody reads its output any more")
  func closedPipe() throws {
    let run = try CommandRun(
      shell: "vestige trace follow samples --from-start | head -n 1; echo ${PIPESTATUS[0]}")
    #expect(run.output.hasSuffix("\n141\n") && run.errors.isEmpty, "\(run.output) \(run.errors)")
    let idle = try CommandRun(
      shell: "vestige trace follow samples -n 1 | head -n 1; echo ${PIPESTATUS[0]}")
    #expect(idle.output.hasSuffix("\n141\n") && idle.errors.isEmpty, "nothing more was written")
  }

  @Test(
    "a signal ends it with the status that shells know, and nothing stays behind",
    arguments: [("INT", 130), ("TERM", 143)])
  func signals(_ signal: String, status: Int) throws {
    let folder = TemporaryFolder()
    // A shell without job control has its background commands ignore ^C; env gives it back.
    let run = try CommandRun(
      shell: """
        env --default-signal=INT vestige trace follow '\(FollowCommandTests.payments)' > out &
        process=$!
        until [ -s out ]; do sleep 0.05; done
        kill -\(signal) $process; wait $process; echo status $?
        ls /dev/shm | grep "^vestige-$process-"; true
        """, folder: folder.path)
    #expect(run.output == "status \(status)\n", "\(run.errors)")
  }

  @Test("says what is wrong with its options")
  func usage() throws {
    let cases: [([String], String)] = [
      (["samples", "--filter", "is:deny | count()"], "makes a table, and a filter keeps rows"),
      (["samples", "--lines", "-1"], "--lines takes 0 or a number above it"),
      (["samples", "--until-idle", "-1"], "--until-idle takes 0 or a number of seconds"),
      (["samples", "--format", "csv"], "'text' and 'json'"), (["README.md"], "no artifact found"),
      (["nowhere/at/all"], "cannot be read: No such file or directory"),
    ]
    for (arguments, words) in cases {
      let run = try CommandRun(["trace", "follow", "--until-idle", "0"] + arguments)
      #expect(run.status == 2 && run.output.isEmpty, "\(arguments)")
      #expect(run.errors.contains(words), "\(arguments): \(run.errors)")
    }
  }
}
