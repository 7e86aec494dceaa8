/// One span, decision or log record as a reader found it; its text is in the batch's string table.
///
/// A plain value of fixed size: a million of them are one array.
package struct RecordRow: BitwiseCopyable, Sendable {
  package var kind: RowKind = .span
  package var spanKind: SpanKind = .unspecified
  package var status: SpanStatus = .unset
  package var outcome: Outcome = .none
  /// Marks that only the reader can know (`endBeforeStart`, `timeMissing`, `endMissing`).
  package var marks: RowMarks = []
  /// Set when the records of all artifacts are joined (`RecordJoin`); readers leave it alone.
  package var join: RowJoin = .none
  package var trace: TraceID = .none
  package var span: SpanID = .none
  /// The parent span; for a decision, the span that it was made in is `span`.
  package var parentSpan: SpanID = .none
  /// Nanoseconds since the Unix epoch.
  package var start: Int64 = 0
  /// Nanoseconds, never negative.
  package var duration: Int64 = 0
  /// The trace id as the artifact wrote it; empty when its 32 hexadecimal digits say the same.
  package var traceText: StringID = .empty
  /// A span's name; a decision's permission; a log's body.
  package var name: StringID = .empty
  package var service: StringID = .empty
  package var principal: StringID = .empty
  package var permission: StringID = .empty
  /// The resource a decision is about.
  package var target: StringID = .empty
  package var reason: StringID = .empty
  package var evaluator: StringID = .empty
  /// A span's status message; an authorization error's message.
  package var message: StringID = .empty
  /// The run the artifact names (`environment.ci.run_id`); empty when it names none.
  package var run: StringID = .empty
  /// The index of the row's resource in `RecordBatch.resources`, or `RecordBatch.noResource`.
  package var resource: UInt32 = RecordBatch.noResource
  package var artifact: UInt32 = 0
  /// Where the record lies in its artifact, in bytes of the decompressed file.
  package var offset: UInt64 = 0
  package var length: UInt32 = 0
  /// The row's attributes are `attributes[firstAttribute ..< firstAttribute + attributeCount]`.
  package var firstAttribute: UInt32 = 0
  package var attributeCount: UInt32 = 0

  package init() {}
}

/// One attribute of a row, of its events and links, or of a resource.
package struct RecordAttribute: BitwiseCopyable, Sendable {
  /// The index of the key in `RecordBatch.keys`.
  package var key: UInt32
  package var value: StringID
  package var type: ValueType
  /// For scopes `event` and `link`, the index in `RecordBatch.events` or `links`; for `authz`, the
  /// ordinal of the matched binding that it belongs to; otherwise zero.
  package var item: UInt32

  package init(key: UInt32, value: StringID, type: ValueType, item: UInt32 = 0) {
    self.key = key
    self.value = value
    self.type = type
    self.item = item
  }
}

/// An attribute key with its scope.
package struct AttributeKey: Hashable, Sendable {
  package var scope: AttributeScope
  package var name: StringID

  package init(scope: AttributeScope, name: StringID) {
    self.scope = scope
    self.name = name
  }
}

/// A moment inside a span, such as an exception.
///
/// `row` is an index in `RecordBatch.rows`.
package struct RecordEvent: BitwiseCopyable, Sendable {
  package var row: UInt32
  package var time: Int64
  package var name: StringID

  package init(row: UInt32, time: Int64, name: StringID) {
    self.row = row
    self.time = time
    self.name = name
  }
}

/// A span's reference to another span.
///
/// `row` is an index in `RecordBatch.rows`.
package struct RecordLink: BitwiseCopyable, Sendable {
  package var row: UInt32
  package var trace: TraceID
  package var span: SpanID

  package init(row: UInt32, trace: TraceID, span: SpanID) {
    self.row = row
    self.trace = trace
    self.span = span
  }
}

/// What emitted a group of spans: its attributes are a range of `RecordBatch.resourceAttributes`.
package struct RecordResource: BitwiseCopyable, Sendable {
  package var firstAttribute: UInt32
  package var attributeCount: UInt32

  package init(firstAttribute: UInt32, attributeCount: UInt32) {
    self.firstAttribute = firstAttribute
    self.attributeCount = attributeCount
  }
}

/// One artifact of an execution.
package struct ArtifactRecord: Sendable, Equatable {
  /// The path as it was found, relative to the execution's root where it lies below it.
  package var path: String
  /// Bytes.
  package var size: UInt64
  /// Nanoseconds since the Unix epoch, as the file system gave it.
  package var modified: Int64
  /// A 64-bit digest of the content (`ContentDigest`).
  package var digest: UInt64
  /// The format's name, such as `otlp-json`; empty when no reader knew it.
  package var format: String
  /// The schema versions the artifact names, sorted; empty when it names none.
  package var schemaVersions: [String]
  /// Records that became rows.
  package var recordsRead: UInt64
  /// Records that were meant to become rows and could not be understood.
  package var recordsRefused: UInt64
  /// Well-formed records of a kind that is not read, such as metrics.
  package var recordsSkipped: UInt64

  package init(path: String, size: UInt64 = 0, modified: Int64 = 0, digest: UInt64 = 0) {
    self.path = path
    self.size = size
    self.modified = modified
    self.digest = digest
    self.format = ""
    self.schemaVersions = []
    self.recordsRead = 0
    self.recordsRefused = 0
    self.recordsSkipped = 0
  }
}

/// Everything read from the artifacts of one execution, before it becomes an index.
///
/// Readers append to it; `TraceIndex` turns it into columns. Rows are in the order of artifacts,
/// and inside an artifact in the order of bytes.
package struct RecordBatch: ~Copyable, Sendable {
  package static let noResource = UInt32.max

  /// Where rows and what belongs to them go when there are too many for memory.
  package let space: SpillSpace?
  package var strings = StringTable()
  package var rows: SpillArray<RecordRow>
  package var attributes: SpillArray<RecordAttribute>
  package var events: SpillArray<RecordEvent>
  package var links: SpillArray<RecordLink>
  package var resources: SpillArray<RecordResource>
  package var resourceAttributes: SpillArray<RecordAttribute>
  package var artifacts: [ArtifactRecord] = []
  package var diagnostics = DiagnosticLog()
  package private(set) var keys: [AttributeKey] = []
  /// Artifacts that were cut short and are read anew: their rows before this number are no more.
  private var withdrawn: [UInt32: Int] = [:]
  /// Texts of attributes that wait for `internAnnounced(in:)`.
  var announced: [AnnouncedText] = []
  /// By key, the one that came behind it last time: emitters write attributes in the same order
  /// again and again.
  private var followers: [UInt32] = [.max]
  private var latestKey = 0
  private var keySlots = [UInt32](repeating: .max, count: 1 << 10)

  /// - Parameter space: where large arrays go; nil keeps everything in memory.
  package init(space: SpillSpace? = nil) {
    self.space = space
    rows = SpillArray(in: space)
    // As much as their share of a usual run is, so that all leave memory at about the same time.
    attributes = SpillArray(in: space?.divided(by: 2))
    let share = space?.divided(by: 8)
    events = SpillArray(in: share)
    links = SpillArray(in: share)
    resources = SpillArray(in: share)
    resourceAttributes = SpillArray(in: share)
  }

  /// Makes room for about so many rows and what usually comes with them.
  package mutating func reserve(rows count: Int) {
    rows.reserveInMemory(count)
    attributes.reserveInMemory(count * 8)
  }

  /// Whether rows have been withdrawn.
  package var hasWithdrawnRows: Bool { !withdrawn.isEmpty }

  /// Whether a row, by its index, is of bytes that its artifact no longer has.
  package func isWithdrawn(_ row: Int) -> Bool {
    guard let first = withdrawn[rows[row].artifact] else { return false }
    return row < first
  }

  /// Takes back everything that was read from an artifact, which then begins anew.
  ///
  /// The rows keep their places, for other readers know theirs by number.
  package mutating func withdraw(artifact: UInt32) {
    let number = Int(artifact)
    var fresh = ArtifactRecord(path: artifacts[number].path)
    fresh.format = artifacts[number].format
    artifacts[number] = fresh
    for row in rows.indices {
      space?.pace(row)
      guard rows[row].artifact == artifact else { continue }
      // Nothing may be concluded from it any more: it is of no trace and of nobody.
      var empty = RecordRow()
      empty.artifact = artifact
      rows[row] = empty
    }
    withdrawn[artifact] = rows.count
    diagnostics.forget(artifact: artifact)
  }

  /// The index in `keys` of a key, which is added when it is new.
  package mutating func key(_ scope: AttributeScope, _ name: RawSpan) -> UInt32 {
    let guess = followers[latestKey]
    if guess != .max {
      let expected = keys[Int(guess)]
      if expected.scope == scope && strings.isText(expected.name, equalTo: name) {
        latestKey = Int(guess)
        return guess
      }
    }
    let index = key(scope, strings.intern(name))
    while followers.count <= keys.count { followers.append(.max) }
    followers[latestKey] = index
    latestKey = Int(index)
    return index
  }

  /// The index in `keys` of a key, which is added when it is new.
  package mutating func key(_ scope: AttributeScope, _ name: StringID) -> UInt32 {
    let mask = keySlots.count - 1
    var slot = Int(truncatingIfNeeded: RecordBatch.hash(scope, name)) & mask
    while true {
      let candidate = keySlots[slot]
      if candidate == .max { break }
      let key = keys[Int(candidate)]
      if key.name == name && key.scope == scope { return candidate }
      slot = (slot &+ 1) & mask
    }
    let index = UInt32(keys.count)
    keys.append(AttributeKey(scope: scope, name: name))
    keySlots[slot] = index
    if keys.count * 2 > keySlots.count { growKeys() }
    return index
  }

  private mutating func growKeys() {
    keySlots = [UInt32](repeating: .max, count: keySlots.count * 4)
    let mask = keySlots.count - 1
    for (index, key) in keys.enumerated() {
      var slot = Int(truncatingIfNeeded: RecordBatch.hash(key.scope, key.name)) & mask
      while keySlots[slot] != .max { slot = (slot &+ 1) & mask }
      keySlots[slot] = UInt32(index)
    }
  }

  private static func hash(_ scope: AttributeScope, _ name: StringID) -> UInt64 {
    let mixed = (UInt64(name.value) << 3 | UInt64(scope.rawValue)) &* 0x9E37_79B9_7F4A_7C15
    return mixed >> 32
  }
}
