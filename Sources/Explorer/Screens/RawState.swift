package import TraceIndex
import TraceModel

/// One record, or what could not be understood, as its artifact has it.
package struct RawState: Screen {
  /// How the bytes are shown.
  package enum Mode: String, CaseIterable, Sendable {
    case pretty, original, hexadecimal
  }

  /// What is shown.
  package enum Subject: Sendable {
    case row(Int)
    /// The artifact's number, and bytes from its first.
    case place(artifact: Int, offset: UInt64)
  }

  /// Bytes that are shown of what is no record.
  private static let lengthOfPlace: UInt64 = 4_096

  let execution: Int?
  package private(set) var subject: Subject
  /// Nil until the artifact was read.
  package private(set) var bytes: RecordBytes?
  package private(set) var mode = Mode.pretty
  package private(set) var lines: [String] = []
  package private(set) var top = 0

  init(execution: Int, row: Int) {
    self.execution = execution
    subject = .row(row)
  }

  /// The bytes from a place on, as they are: what was not understood has no other form.
  init(execution: Int, artifact: Int, offset: UInt64) {
    self.execution = execution
    subject = .place(artifact: artifact, offset: offset)
    mode = .original
  }

  package var shownExecution: Int { execution ?? 0 }

  func selectedRow(_ context: ScreenContext) -> Int? {
    if case .row(let row) = subject { row } else { nil }
  }

  /// The artifact's number, where the bytes begin in it, and how many there are.
  package func range(in index: TraceIndex) -> (artifact: Int, offset: UInt64, length: Int)? {
    switch subject {
    case .row(let row):
      let artifact = index.artifact(ofRow: row)
      guard index.artifacts.indices.contains(artifact) else { return nil }
      return (artifact, index.byteOffset(ofRow: row), Int(index.byteLength(ofRow: row)))
    case .place(let artifact, let offset):
      guard index.artifacts.indices.contains(artifact) else { return nil }
      let size = index.artifacts[artifact].size
      let rest = size > offset ? size - offset : 0
      return (artifact, offset, Int(min(RawState.lengthOfPlace, rest)))
    }
  }

  mutating func receive(_ bytes: RecordBytes) {
    self.bytes = bytes
    layOut()
  }

  var place: [Int] { [top] }

  mutating func translate(by rows: RowTranslation) {
    guard case .row(let row) = subject else { return }
    if let found = rows.row(row, of: execution) {
      subject = .row(found)
    } else if let place = rows.place(row, of: execution) {
      subject = .place(artifact: place.artifact, offset: place.offset)
    }
  }

  mutating func refresh(_ context: ScreenContext) {
    top = max(0, min(top, lines.count - context.height))
  }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    let page = max(1, context.height - 1)
    switch command {
    case .down: top += 1
    case .up: top -= 1
    case .pageDown: top += page
    case .pageUp: top -= page
    case .halfPageDown: top += page / 2
    case .halfPageUp: top -= page / 2
    case .first: top = 0
    case .last: top = lines.count
    case .showRaw, .open:
      let next = (Mode.allCases.firstIndex(of: mode) ?? 0) + 1
      mode = Mode.allCases[next % Mode.allCases.count]
      top = 0
      layOut()
    default: return .ignored
    }
    refresh(context)
    return .handled
  }

  private mutating func layOut() {
    switch bytes {
    case nil: lines = []
    case .unavailable(let reason): lines = [reason]
    case .bytes(let bytes):
      lines =
        switch mode {
        case .pretty: RecordText.pretty(bytes)
        case .original: RecordText.original(bytes)
        case .hexadecimal: RecordText.hexadecimal(bytes)
        }
    }
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    var line = top + (forward ? 1 : -1)
    while lines.indices.contains(line) {
      if search.matches(lines[line]) {
        top = line
        refresh(context)
        return true
      }
      line += forward ? 1 : -1
    }
    return false
  }
}
