import Foundation
import Ingestion
import TestSupport
import Testing

@Suite("Digests and manifests") struct ManifestTests {
  private static func digest(_ bytes: [UInt8], inPiecesOf size: Int = .max) -> String {
    var digest = SHA256()
    var rest = bytes[...]
    while !rest.isEmpty {
      digest.update(rest.prefix(size))
      rest = rest.dropFirst(size)
    }
    return digest.hexadecimal
  }

  @Test("SHA-256 is that of the standard (FIPS 180-4, and NIST's examples)")
  func standard() {
    let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    let cases = [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (twoBlocks, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ]
    for (text, digest) in cases {
      #expect(ManifestTests.digest(Array(text.utf8)) == digest)
    }
  }

  @Test("SHA-256 does not depend on the pieces, at any length around a block")
  func pieces() throws {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
    for length in [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 300] {
      let part = Array(bytes[..<length])
      let digest = ManifestTests.digest(part)
      for size in [1, 3, 63, 64, 65] {
        #expect(ManifestTests.digest(part, inPiecesOf: size) == digest, "\(length) by \(size)")
      }
    }
  }

  @Test("SHA-256 is what sha256sum says, at every length up to three blocks")
  func coreutils() throws {
    let folder = TemporaryFolder()
    for length in 0...192 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 31 + length) }
      try folder.write("in/\(length)", bytes: bytes)
    }
    let files = try FileDigest.all(at: folder.file("in"), except: nil)
    #expect(files.count == 193)
    let manifest = Manifest(entries: files.map { .init(digest: $0.digest, path: $0.path) })
    try folder.write("m", bytes: Array(manifest.text.utf8))
    _ = try folder.shell("sha256sum --quiet -c m", needing: "sha256sum")
  }

  @Test("manifests of sha256sum are read, and it reads ours, with any name")
  func exchange() throws {
    let folder = TemporaryFolder()
    for name in ["plain", " space", "back\\slash", "line\nbreak", "ünï", "two  spaces", "*star"] {
      try folder.write("in/" + name, bytes: Array(name.utf8))
    }
    let files = try FileDigest.all(at: folder.file("in"), except: nil)
    let manifest = Manifest(entries: files.map { .init(digest: $0.digest, path: $0.path) })
    try folder.write("ours", bytes: Array(manifest.text.utf8))
    guard
      try folder.shell(
        "sha256sum --quiet --strict -c ours && sha256sum \"$PWD\"/in/* > theirs "
          + "&& sha256sum -b \"$PWD\"/in/* > binary", needing: "sha256sum")
    else { return }
    for name in ["ours", "theirs", "binary"] {
      let read = try Manifest(path: folder.file(name))
      let verification = Verification(files, at: [folder.file("in")], against: read)
      #expect(verification.count(.same) == 7 && !verification.hasFindings, "\(name)")
    }
  }

  @Test("links lead into a manifest as they lead to artifacts, and nothing is left out unsaid")
  func links() throws {
    let folder = TemporaryFolder()
    try folder.write("outside.txt", bytes: [1])
    try folder.write("store/a.txt", bytes: [2])
    try folder.write("run/b.txt", bytes: [3])
    for (name, target) in [("up", ".."), ("linked", "../store"), ("gone", "nothing")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file("run/\(name)"), withDestinationPath: target)
    }
    let found = try FileDigest.all(at: folder.file("run"), except: nil).map(\.path)
    #expect(found == ["b.txt", "linked/a.txt"].map { folder.file("run/" + $0) })
    // A link round in a circle cannot be looked at; to leave it out would be to hide it.
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("run/round"), withDestinationPath: "round")
    #expect(throws: IngestionError.self) {
      try FileDigest.all(at: folder.file("run"), except: nil)
    }
  }

  @Test("what is no manifest is an error that names the line")
  func badManifest() throws {
    let folder = TemporaryFolder()
    let digest = String(repeating: "a", count: 64)
    for (number, line) in [
      "{}", "\(digest)", "\(digest)  ", "\(digest) x", "g\(digest.dropFirst())  x",
      "\\\(digest)  a\\x", "\\\(digest)  a\\",
    ].enumerated() {
      let path = try folder.write(
        "m\(number)", bytes: Array("\(digest)  good\n\n\(line)\n".utf8))
      #expect(throws: IngestionError.badManifest(path: path, line: 3), "\(line)") {
        try Manifest(path: path)
      }
    }
  }

  @Test("changed, missing and extra files are told apart; what was not asked for is counted")
  func states() throws {
    let folder = TemporaryFolder()
    for name in ["run/a", "run/b", "run/deep/c", "run/.hidden", "other/d"] {
      try folder.write(name, bytes: Array(name.utf8))
    }
    let all = try ["run", "other"].flatMap {
      try FileDigest.all(at: folder.file($0), except: nil)
    }
    #expect(all.count == 4)
    let manifest = Manifest(entries: all.map { .init(digest: $0.digest, path: $0.path) })
    try folder.write("run/a", bytes: [1])
    try folder.write("run/e", bytes: [1])
    try FileManager.default.removeItem(atPath: folder.file("run/b"))
    let path = folder.file("run") + "/./"
    let files = try FileDigest.all(at: path, except: folder.file("run/../run/e/"))
    let verification = Verification(files, at: [path], against: manifest)
    #expect(
      verification.findings.map {
        "\($0.path.dropFirst(folder.path.count + 1)) \($0.state?.rawValue ?? "-")"
      } == ["run/a changed", "run/deep/c same", "run/e extra", "run/b missing"])
    #expect(verification.unasked == 1 && verification.hasFindings)
    let without = try FileDigest.all(at: path, except: folder.file("run/e"))
    #expect(without.count == 2)
    #expect(!Verification(without).hasFindings)
  }
}
