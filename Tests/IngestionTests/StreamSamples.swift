import Foundation
import Ingestion
import TestSupport
import Testing
import TraceIndex

/// Three AuthzEvent lines, as they are and as two other programs compressed them.
enum StreamSamples {
  static let text = (0..<3).map { number in
    "{\"schema_version\":\"1.0\",\"event_type\":\"authz_check\","
      + "\"timestamp\":\"2026-03-02T09:00:0\(number)Z\","
      + "\"actor\":{\"principal\":\"user:\(["a", "b", "c"][number])\"},"
      + "\"target\":{\"resource\":\"projects/p\"},\"action\":{\"permission\":\"a.b.c\"},"
      + "\"decision\":{\"outcome\":\"ALLOW\"}}\n"
  }.joined()

  // gzip -9n
  static let gzip = decoded(
    """
    H4sIAAAAAAACA9WPsQrCQAyGdx8js9ZrBcFu7oKLILiUMwY99XpHLhW09N3NibOTCEKm/B9/8vWQ8ETeNjfi5EILNZSF\
    gTHQjVpp5B5JV7aT06NREC8aifOUxPqoSWWq+cTMJqbamEVtjM5OEYsSGOoeIrsWXbRXZbtEXFsYtMHykSTnTCl0jPlI\
    5HAmlDSNGdGG1ztaQexdej9ni32BOT8QuvQmQicYfO5YrlbrLQzDqP+6V/nZa/+vXtVnL/yN1xPYJ/1diAIAAA==
    """)

  // zstd -19 --check
  static let zstd = decoded(
    """
    KLUv/QRolQUAwgskGUC1Dgz/bI9Ip5EoZVYiX28pGER1mQzTBZjTiArg++4wy6I8vrE6s1YxnS3NIRokpthte++7JXCe\
    XdVrH9/zahX3zT1dmR98l/E21h5/SUtnRq+9F39rnvLBHwgjhDGBjQGFAwqIAY3HW0xm3BjND27NpibUUVmTj2/LZShn\
    vfWDw6F4fFYpvr1BEmtq4nsBCwADpALEqwGKgSj+1qBQlL+h64HMhcRkLcIJflgqCtSZiv0=
    """)

  static let both = [("gzip", gzip), ("zstd", zstd)]

  private static func decoded(_ text: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: text) ?? Data())
  }

  /// One member of an archive: header, content, and zeros up to a whole block.
  static func member(
    _ name: String, _ content: [UInt8] = [], kind: Character = "0", size: String? = nil,
    magic: String = "ustar\u{0}00", prefix: String = ""
  ) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at place: Int) {
      for (number, byte) in text.utf8.enumerated() { block[place + number] = byte }
    }
    put(String(name.prefix(100)), at: 0)
    put("0000644", at: 100)
    put(size ?? octal(content.count, digits: 11), at: 124)
    put(String(kind), at: 156)
    put(magic, at: 257)
    put(prefix, at: 345)
    return withChecksum(block) + padded(content)
  }

  static func withChecksum(_ block: [UInt8]) -> [UInt8] {
    var block = block
    block.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
    let sum = block.reduce(0) { $0 + Int($1) }
    block.replaceSubrange(148..<156, with: Array((octal(sum, digits: 6) + "\0 ").utf8))
    return block
  }

  /// A POSIX extended header for the next member.
  static func attributes(_ pairs: [(String, String)]) -> [UInt8] {
    let records = pairs.map { key, value in
      let rest = " \(key)=\(value)\n"
      var length = rest.utf8.count
      while "\(length)".count + rest.utf8.count != length {
        length = "\(length)".count + rest.utf8.count
      }
      return "\(length)\(rest)"
    }
    return member("PaxHeaders/x", Array(records.joined().utf8), kind: "x")
  }

  static let endMark = [UInt8](repeating: 0, count: 1024)

  private static func padded(_ content: [UInt8]) -> [UInt8] {
    content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  private static func octal(_ number: Int, digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: digits - text.count) + text
  }
}

extension TemporaryFolder {
  /// Writes a file and returns its path.
  @discardableResult
  func write(_ name: String, bytes: [UInt8]) throws -> String {
    let url = URL(fileURLWithPath: file(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  /// The executions at a path in the folder, read without an index that was there before.
  func indexes(
    at name: String, within limit: ExpansionLimit = .standard
  ) throws -> [TraceIndex] {
    let cache = try IndexCache(folder: file("cache"), environment: [:])
    return try ArtifactFinder.executions(at: [file(name)], within: limit)
      .flatMap { try cache.executions(of: $0, rebuild: true) }
  }

  /// The content of the one file at `name`, pulled in pieces; with what is wrong with it.
  func content(
    of name: String, inPiecesOf size: Int = 1 << 16, within limit: ExpansionLimit = .standard
  ) throws -> (text: [UInt8], fault: StreamFault?) {
    let found = try ArtifactFinder.everything(at: file(name), within: limit)
    let artifact = try #require(found.executions.first?.artifacts.first ?? found.unread.first)
    var bytes = try ArtifactBytes.open(artifact.place, within: limit)
    var text: [UInt8] = []
    while true {
      let piece = try bytes.next(size)
      text += piece
      if piece.count < size { break }
    }
    return (text, bytes.fault)
  }

  /// Runs a line of shell in the folder; false, with a printed reason, when a program is missing.
  func shell(_ line: String, needing programs: String...) throws -> Bool {
    for program in programs where try status(of: "command -v \(program) >/dev/null") != 0 {
      print("skipped: \(program) is not installed")
      return false
    }
    let status = try status(of: line)
    #expect(status == 0, "\(line)")
    return true
  }

  private func status(of line: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
