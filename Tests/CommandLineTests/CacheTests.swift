import Foundation
import TestSupport
import Testing

@Suite("Where no index can be kept") struct CacheTests {
  /// The summary as it is where everything works.
  private func usual() throws -> String {
    try CommandRun(["trace", "summarize", "samples/baseline"]).output
  }

  /// Folders of programs that are gone; other tests run the program at the same time.
  private func leftovers() throws -> [String] {
    try ["/dev/shm", "/tmp"].flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: folder).filter { name in
        guard let process = name.wholeMatch(of: /vestige-([0-9]+)-.*/)?.1 else { return false }
        // Looked at in this order: what a living program still has is gone when the program is.
        return !FileManager.default.fileExists(atPath: "/proc/\(process)")
          && FileManager.default.fileExists(atPath: "\(folder)/\(name)")
      }
    }
  }

  @Test(
    "a command answers all the same, says so, and leaves nothing behind",
    arguments: ["HOME= ", "HOME=/dev/null ", "HOME=/proc/nowhere "])
  func unusableHome(environment: String) throws {
    let run = try CommandRun(shell: environment + "vestige trace summarize samples/baseline")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output == (try usual()))
    #expect(run.errors.contains("the index is not kept"))
    #expect(run.errors.contains("--index-dir"))
    #expect(run.errors.split(separator: "\n").count == 1)
    #expect(try leftovers().isEmpty)
  }

  @Test("a cache that takes no file is no obstacle either")
  func fullCache() throws {
    let home = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: home.file(".cache"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: home.file(".cache/vestige"), withDestinationPath: "/proc/self/task")
    let run = try CommandRun(["trace", "summarize", "samples/baseline"], home: home)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output == (try usual()))
    #expect(run.errors.contains("the index is not kept"))
  }

  @Test("a folder that was named has to do, and so does the cache for 'index build'")
  func named() throws {
    let named = try CommandRun(
      ["trace", "summarize", "samples/baseline", "--index-dir", "/proc/nowhere"])
    #expect(named.status == 2)
    #expect(named.errors.contains("/proc/nowhere: no place for index files"))
    let built = try CommandRun(shell: "HOME=/proc/nowhere vestige index build samples/baseline")
    #expect(built.status == 2)
    #expect(built.errors.contains("no place for index files"))
    let cleaned = try CommandRun(shell: "HOME=/proc/nowhere vestige index clean")
    #expect(cleaned.status == 2)
    #expect(cleaned.errors.contains("no place for index files"))
    let file = try CommandRun(
      ["trace", "summarize", "samples/baseline", "--index-dir", "README.md"])
    #expect(file.status == 2)
    #expect(file.errors.contains("Not a directory"))
  }
}
