import Foundation
import TestSupport
import Testing

@Suite("Archives, compressed files and pipes on the command line") struct SourceTests {
  /// A folder with the samples, as they are and in archives.
  private static func stage() throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: CommandRun.packageRoot + "/samples", toPath: folder.file("samples"))
    let run = try CommandRun(
      shell:
        "tar cf s.tar samples && tar czf s.tar.gz samples && gzip -k samples/*/*.jsonl -c > x.gz"
        + "; command -v zstd >/dev/null && zstd -q s.tar; true", folder: folder.path)
    #expect(run.status == 0)
    return folder
  }

  @Test("an archive of the samples gives the same answers as the samples")
  func archives() throws {
    let folder = try SourceTests.stage()
    let commands = [
      "trace summarize PATH", "trace list PATH --format json", "trace query PATH is:deny",
      "trace show PATH --trace 4bf92f35", "artifact inspect PATH/samples/baseline",
      "trace diff PATH/samples/baseline PATH/samples/incident --format json",
      "policy generate PATH --dialect gcp --format csv",
    ]
    let archives = ["s.tar", "s.tar.gz", "s.tar.zst"].filter {
      FileManager.default.fileExists(atPath: folder.file($0))
    }
    for command in commands {
      func output(_ path: String, _ arguments: String = "") throws -> CommandRun {
        try CommandRun(
          shell: "\(arguments) vestige \(command.replacingOccurrences(of: "PATH", with: path))",
          folder: folder.path)
      }
      let plain = command.replacingOccurrences(of: "PATH/samples", with: "samples")
        .replacingOccurrences(of: "PATH", with: "samples")
      let expected = try CommandRun(shell: "vestige \(plain)", folder: folder.path)
      #expect(expected.status.map { $0 < 2 } == true && !expected.output.isEmpty)
      for archive in archives {
        let run = try output(archive)
        #expect(run.status == expected.status, "\(command) \(archive): \(run.errors)")
        // A policy names the command that it was made with.
        let output = run.output.replacingOccurrences(of: "gcp \(archive)\n", with: "gcp samples\n")
        #expect(output == expected.output, "\(command) \(archive)")
      }
      guard !command.contains("PATH/"), !command.hasPrefix("policy") else { continue }
      let piped = try output("-", "cat s.tar.gz |")
      #expect(piped.output == expected.output && piped.status == expected.status, "\(command)")
    }
  }

  @Test("every command that reads artifacts reads them from a pipe, and leaves nothing behind")
  func pipes() throws {
    let folder = try SourceTests.stage()
    let home = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("tmp"), withIntermediateDirectories: true)
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    for command in [
      "trace summarize -", "trace list -", "trace query - is:deny", "trace diff - s.tar",
      "trace show - --trace 4bf92f35", "policy generate -", "artifact inspect -", "index build -",
      "index inspect -", "index verify -", "artifact verify -",
    ] {
      let file = command.contains("diff") ? "samples/baseline/gateway.otlp.jsonl" : "s.tar.gz"
      let run = try CommandRun(
        shell: "export TMPDIR=$PWD/tmp; cat \(file) | vestige \(command)", home: home,
        folder: folder.path)
      if command.contains("diff") {
        #expect(run.errors.contains("s.tar: holds 2 runs"), "\(run.errors)")
      } else {
        #expect(run.status == 0 && !run.output.isEmpty, "\(command): \(run.errors)")
      }
    }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
  }

  @Test("a pipe's index is found again by its content")
  func indexOfPipe() throws {
    let folder = try SourceTests.stage()
    let home = TemporaryFolder()
    func indexes(_ file: String) throws -> [String] {
      _ = try CommandRun(
        shell: "vestige trace list - < \(file)", home: home, folder: folder.path)
      return try FileManager.default.contentsOfDirectory(atPath: home.path + "/.cache/vestige")
        .sorted()
    }
    let first = try indexes("s.tar")
    #expect(first.count == 2)
    #expect(try indexes("s.tar") == first)
    #expect(try indexes("s.tar.gz").count == 4)
  }

  @Test("a pipe with nothing in it, and one given twice, are errors that say so")
  func emptyPipe() throws {
    let folder = try SourceTests.stage()
    let empty = try CommandRun(["trace", "list", "-"])
    #expect(empty.status == 2)
    #expect(empty.errors == "vestige: -: cannot be read: standard input is empty\n")
    let twice = try CommandRun(
      shell: "vestige trace diff - - < samples/baseline/gateway.otlp.jsonl", folder: folder.path)
    #expect(twice.status == 2 && twice.errors == empty.errors)
  }

  @Test("without a terminal the explorer says so, after it has read the pipe")
  func explorer() throws {
    let folder = try SourceTests.stage()
    let run = try CommandRun(
      shell: "cat s.tar | setsid vestige -; echo $?", folder: folder.path)
    #expect(run.output == "2\n" && run.errors.contains("terminal"), "\(run.errors)")
  }

  @Test("a file that expands a thousandfold stops at the bound, in little memory")
  func bomb() throws {
    let folder = TemporaryFolder()
    let event = CommandRun.packageRoot + "/samples/incident/payments.authz.jsonl"
    // 200 MB is all that the program may allocate; 300 MB is what the file would become.
    let run = try CommandRun(
      shell: "(cat \(event); head -c 300000000 /dev/zero) | gzip -1 > bomb; ulimit -d 200000; "
        + "vestige trace summarize bomb", folder: folder.path)
    #expect(run.status == 2)
    #expect(
      run.errors.hasSuffix(
        "/bomb: expands to more than 200 times its size, as data made to fill a disk does; if you "
          + "trust it, --max-expansion raises the bound\n"), "\(run.errors)")
    let raised = try CommandRun(
      shell: "(cat \(event); head -c 50000000 /dev/zero | tr '\\0' '\\n') | gzip -1 > mild; "
        + "vestige trace list mild; vestige trace summarize mild --max-expansion 5000",
      folder: folder.path)
    #expect(raised.errors.contains("/mild: expands to more than 200 times"))
    #expect(raised.status == 0 && raised.output.contains("654"), "\(raised.errors)")
  }

  @Test("a truncated file is read as far as it goes, and the loss is said")
  func truncated() throws {
    let folder = try SourceTests.stage()
    let run = try CommandRun(
      shell: "head -c 20000 x.gz > cut.gz; vestige trace summarize cut.gz --format json",
      folder: folder.path)
    #expect(run.status == 0)
    #expect(run.errors.contains("records could not be read"))
    let diagnostics = try #require(try run.json()["diagnostics"] as? [[String: Any]])
    #expect(
      diagnostics.contains { $0["detail"] as? String == "the gzip data ends at byte 20000" })
  }
}

@Suite("vestige artifact verify") struct ArtifactVerifyTests {
  @Test("writes what sha256sum checks, and finds what changed")
  func cycle() throws {
    let folder = TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: CommandRun.packageRoot + "/samples/baseline", toPath: folder.file("run"))
    func verify(_ line: String) throws -> CommandRun {
      try CommandRun(shell: "vestige artifact verify \(line)", folder: folder.path)
    }
    #expect(try verify("run/ --write-manifest run/sums").status == 0)
    let sums = try CommandRun(shell: "sha256sum --strict -c run/sums", folder: folder.path)
    #expect(sums.status == 0 && sums.output.split(separator: "\n").count == 12)
    #expect(try verify("./run --manifest run/sums").status == 0)
    #expect(try verify("run --write-manifest run/sums").status == 2)
    #expect(try verify("run --write-manifest run/sums --force").status == 0)

    _ = try CommandRun(
      shell: "echo >> run/policy.yaml; rm run/gateway.otlp.jsonl; echo > run/new",
      folder: folder.path)
    let changed = try verify("run --manifest run/sums --format json")
    #expect(changed.status == 1)
    let rows = try #require(try changed.json()["files"] as? [[String: Any]])
    let states = Dictionary(
      grouping: rows, by: { $0["state"] as? String ?? "-" }
    ).mapValues { $0.compactMap { $0["file"] as? String } }
    #expect(states["changed"] == ["run/policy.yaml"])
    #expect(states["missing"] == ["run/gateway.otlp.jsonl"])
    #expect(states["extra"] == ["run/new"])
    #expect(states["same"]?.count == 10)
    // A part of what the manifest names is checked alone.
    let part = try verify("run/orders.authz.jsonl --manifest run/sums")
    #expect(part.status == 0 && part.output.contains("11 more in the manifest"))
  }

  @Test("what cannot be read, and a manifest that is none, are input errors")
  func errors() throws {
    for (line, words) in [
      ("nowhere", "nowhere: cannot be read: No such file"),
      ("samples --manifest README.md", "README.md:1: no line of a manifest"),
      ("samples --manifest nowhere", "nowhere: cannot be read"),
      ("samples --manifest a --write-manifest b", "give one of them"),
      ("/dev/null", "it is a pipe or a device"),
    ] {
      let run = try CommandRun(shell: "vestige artifact verify \(line)")
      #expect(run.status == 2 && run.output.isEmpty, "\(line)")
      #expect(run.errors.contains(words), "\(line): \(run.errors)")
    }
  }
}
