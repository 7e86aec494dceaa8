import Glibc
import TestSupport
import Testing
import TraceModel

@Suite("Arrays that leave memory") struct SpillArrayTests {
  private let folder = TemporaryFolder()

  @Test("an array that outgrows memory keeps every element, and leaves no file in the folder")
  func spill() {
    let space = SpillSpace(folder: folder.path, limit: 1_000)
    var array = SpillArray<UInt32>(in: space)
    for number in UInt32(0)..<250 { array.append(number) }
    #expect(array.isSpilled == false)
    for number in UInt32(250)..<100_000 { array.append(number) }
    #expect(array.isSpilled == true)
    #expect(space.isUsed)
    array[70_000] = 7
    array.removeLast(10)
    let removed = array.remove(at: 0)
    #expect(removed == 0)
    space.settle()
    var expected = (1..<99_990).map { UInt32($0) }
    expected[69_999] = 7
    #expect(array.elements == expected)
    #expect(space.failure == nil)
    #expect(names(in: folder.path) == [])
  }

  @Test("pages that were given back are read again from the file")
  func settle() {
    let space = SpillSpace(folder: folder.path, limit: 4_096)
    let array = SpillArray<UInt64>(repeating: 3, count: 1 << 20, in: space)
    for _ in 0..<3 {
      var sum: UInt64 = 0
      for index in array.indices {
        sum += array[index]
        space.pace(index)
      }
      #expect(sum == 3 << 20)
    }
  }

  @Test("a space is free again when its arrays are gone")
  func release() {
    let space = SpillSpace(folder: folder.path, limit: 8)
    do {
      let array = SpillArray<UInt64>(repeating: 1, count: 100, in: space)
      #expect(array.isSpilled == true)
    }
    #expect(!space.isUsed)
  }

  @Test("on a full disk an array stays in memory, whole, and its space says why")
  func fullDisk() {
    let space = SpillSpace(folder: folder.path, limit: 1_000) { _, _ in ENOSPC }
    expectInMemory(space, reason: "No space left on device")
  }

  @Test("an array whose file cannot grow comes back to memory, whole")
  func diskFillsUp() {
    let space = SpillSpace(folder: folder.path, limit: 1_000) { file, bytes in
      bytes > 20_000 ? ENOSPC : posix_fallocate(file, 0, off_t(bytes))
    }
    expectInMemory(space, reason: "No space left on device")
  }

  @Test("a folder that is not there is a failure with its name")
  func noFolder() {
    let space = SpillSpace(folder: folder.file("absent"), limit: 1_000)
    expectInMemory(space, reason: "No such file or directory")
    #expect(space.failure?.folder == folder.file("absent"))
  }

  private func expectInMemory(_ space: SpillSpace, reason: String) {
    var array = SpillArray<UInt32>(in: space)
    for number in UInt32(0)..<50_000 { array.append(number) }
    #expect(array.isSpilled == false)
    #expect(space.failure?.reason == reason)
    #expect(array.elements == (0..<50_000).map { UInt32($0) })
  }

  private func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return ["no folder"] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
