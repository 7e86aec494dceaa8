import Foundation
import TestSupport
import Testing

@Suite("The program") struct BehaviourTests {
  @Test("cannot open a socket: the kernel refuses it")
  func seal() throws {
    let run = try CommandRun(["debug", "seal"])
    #expect(run.output == "sealed: true\nsocket: Operation not permitted\n")
    #expect(run.status == 0)
  }

  @Test("exits with 2 on wrong usage, and says what is right on standard error")
  func usage() throws {
    for arguments in [
      [], ["trace", "summarize"], ["trace", "list", "samples", "--sort", "colour"],
      ["trace", "summarize", "samples", "--format", "xml"], ["policy", "generate", "--nonsense"],
      ["trace", "query", "samples"], ["completions", "tcsh"],
    ] {
      let run = try CommandRun(arguments)
      #expect(run.status == 2, "\(arguments)")
      #expect(run.output.isEmpty, "\(arguments)")
      #expect(run.errors.contains("--help") || run.errors.contains("USAGE"), "\(arguments)")
    }
  }

  @Test("takes no negative limit, and says so")
  func limit() throws {
    for command in [["list", "samples"], ["query", "samples", "is:deny"]] {
      let run = try CommandRun(["trace"] + command + ["--limit", "-1"])
      #expect(run.status == 2 && run.output.isEmpty)
      #expect(run.errors.contains("--limit takes 0 or a number above it"), "\(run.errors)")
    }
  }

  @Test("CSV is one table, and words about it are on standard error")
  func csv() throws {
    for command in [
      "trace summarize samples", "trace list samples", "trace diff samples", "artifact inspect .",
      "trace show samples --trace 4bf92f35", "index inspect samples",
    ] {
      let words = command.split(separator: " ").map(String.init) + ["--format", "csv"]
      let run = try CommandRun(words)
      let lines = run.output.split(separator: "\r\n", omittingEmptySubsequences: false)
      #expect(lines.last == "" && !lines.dropLast().contains(""), "\(command)")
      #expect(lines.count > 2 || command.hasPrefix("artifact"), "\(command)")
    }
    let list = try CommandRun(["trace", "list", "samples", "--format", "csv"])
    #expect(list.errors.contains("rows belong to no trace"))
  }

  @Test("text is cut to the width of a terminal, and never in a pipe")
  func width() throws {
    let line = "stty cols 90; vestige trace query samples/incident is:deny --limit 3"
    let terminal = try CommandRun(shell: "script -qec '\(line)' /dev/null")
    guard terminal.status == 0 else {
      print("skipped: script is not installed")
      return
    }
    let rows = terminal.output.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("  ") }
    #expect(rows.count == 4 && rows.contains { $0.contains("…") }, "\(terminal.output)")
    let piped = try CommandRun(shell: "vestige trace query samples/incident is:deny --limit 3")
    #expect(!piped.output.contains("…"))
  }

  @Test("says what, where and what next when the input is at fault")
  func inputErrors() throws {
    let cases: [([String], String)] = [
      (["trace", "summarize", "nowhere"], "nowhere: cannot be read: No such file or directory"),
      (["trace", "summarize", "docs"], "docs: no artifact found"),
      (["trace", "summarize", "README.md"], "try 'vestige artifact inspect README.md'"),
      (["trace", "summarize", "/dev/null"], "/dev/null: cannot be read: it is a pipe or a device"),
      (["trace", "diff", "samples", "samples/baseline"], "name one of: baseline, incident"),
      (["trace", "show", "samples", "--trace", "xyz"], "vestige trace list samples"),
      (["trace", "show", "samples", "--trace", "0"], "give more of the id"),
      (["trace", "show", "samples", "--trace", ""], "no trace begins with ''"),
      (["trace", "query", "samples", "durr>1s"], "did you mean 'dur'?"),
      (["trace", "list", "samples", "--filter", "is:deny | count()"], "vestige trace query"),
      (["trace", "list", "samples", "--filter", "\u{1B}[2J("], "the query is wrong"),
      (["policy", "generate", "samples", "--principal", "user:nobody"], "names the principal"),
      (
        ["policy", "generate", "samples", "--principal", "Payments"],
        "did you mean 'serviceAccount:payments@shop.iam.gserviceaccount.com'?"
      ),
      (["policy", "generate", "samples/baseline/gateway.otlp.jsonl"], "no authorization decision"),
      (["theme", "check", "nonsense"], "there is no theme 'nonsense'; built in are dark, "),
      (["explore", "samples", "--theme", "nope"], "vestige: there is no theme 'nope'; built in"),
      (["index", "inspect", "none.vtix"], "none.vtix: cannot open the index"),
      (["trace", "list", "samples", "--index-dir", "/proc/none"], "/proc/none"),
    ]
    let home = TemporaryFolder()
    for (arguments, words) in cases {
      let run = try CommandRun(arguments, home: home)
      #expect(run.status == 2, "\(arguments)")
      #expect(run.output.isEmpty, "\(arguments)")
      #expect(run.errors.contains(words), "\(arguments): \(run.errors)")
      #expect(!run.errors.contains("\u{1B}"), "\(arguments)")
      #expect(run.errors.hasPrefix("vestige: "), "\(arguments)")
    }
  }

  @Test("a reader that goes away ends it quietly")
  func closedPipe() throws {
    let run = try CommandRun(
      shell: "vestige trace query samples '' --format json | head -n 1; echo ${PIPESTATUS[0]}")
    // 141 is how a shell tells of a process that SIGPIPE ended.
    #expect(run.output == "{\n141\n")
    #expect(run.errors == "")
  }

  @Test("a full disk is an error, not a silent loss")
  func fullDisk() throws {
    for command in ["trace summarize samples", "--help", "keys", "completions bash"] {
      let run = try CommandRun(shell: "vestige \(command) > /dev/full")
      #expect(run.status == 2, "\(command)")
      #expect(
        run.errors == "vestige: standard output: cannot be written: No space left on device\n")
    }
  }

  @Test("writes a policy to a file whole or not at all, and never over another one unasked")
  func output() throws {
    let folder = TemporaryFolder()
    let file = folder.file("policy.yaml")
    let command = ["policy", "generate", "samples", "--output", file]
    let home = TemporaryFolder()
    let printed = try CommandRun(Array(command.dropLast(2)), home: home)
    let first = try CommandRun(command, home: home)
    #expect(first.status == 0 && first.output.isEmpty)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == printed.output)

    try "kept".write(toFile: file, atomically: false, encoding: .utf8)
    let second = try CommandRun(command, home: home)
    #expect(second.status == 2)
    #expect(second.errors.contains("exists already; --force replaces it"))
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "kept")

    #expect(try CommandRun(command + ["--force"], home: home).status == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == printed.output)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["policy.yaml"])
    let nowhere = try CommandRun(
      Array(command.dropLast()) + [folder.file("no/policy.yaml")], home: home)
    #expect(nowhere.status == 2)
    #expect(nowhere.errors.contains("cannot be written: No such file or directory"))
  }

  @Test("finds damaged and stale indexes, and exits with 1")
  func verify() throws {
    let folder = TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: CommandRun.packageRoot + "/samples/baseline", toPath: folder.file("run"))
    func vestige(_ line: String) throws -> CommandRun {
      try CommandRun(
        line.split(separator: " ").map(String.init) + ["--index-dir", folder.file("indexes")],
        folder: folder.path)
    }
    #expect(try vestige("index verify run").output.contains("missing"))
    #expect(try vestige("index build run").status == 0)
    #expect(try vestige("index verify run").status == 0)

    let payments = folder.file("run/payments.authz.jsonl")
    let whole = try Data(contentsOf: URL(fileURLWithPath: payments))
    try whole.dropLast(500).write(to: URL(fileURLWithPath: payments))
    let stale = try vestige("index verify run")
    #expect(stale.status == 1 && stale.output.contains("stale"))
    #expect(try vestige("trace list run").errors.contains("1 of 4,7"))
    #expect(try vestige("index verify run").status == 0)

    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder.file("indexes")).first)
    let index = URL(fileURLWithPath: folder.file("indexes/" + name))
    var bytes = try Data(contentsOf: index)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: index)
    let damaged = try vestige("index verify")
    #expect(damaged.status == 1 && damaged.output.contains("does not match its digest"))
    #expect(try vestige("index clean").output.contains(name))
    #expect(try vestige("index verify").output.contains("none"))
  }

  @Test("prints completions for three shells, and where the samples are")
  func smallCommands() throws {
    for (shell, word) in [
      ("bash", "complete"), ("zsh", "#compdef vestige"), ("fish", "complete -c"),
    ] {
      let run = try CommandRun(["completions", shell])
      #expect(run.status == 0 && run.output.contains(word))
    }
    let samples = try CommandRun(["samples", "--path"])
    #expect(samples.output == CommandRun.packageRoot + "/samples\n")
    let named = try CommandRun(["samples", "--path"], environment: ["VESTIGE_SAMPLES": "/x"])
    #expect(named.output == "/x\n")
    #expect(try CommandRun(["--version"]).output.contains("."))
  }
}
