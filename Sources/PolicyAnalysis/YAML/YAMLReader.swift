import CYAML

/// Reads policies that are written in YAML, or in JSON, which is a part of it, with libyaml.
///
/// What would mean something else to another parser, or hides what is granted, is refused: anchors,
/// aliases and tags, and keys that are there twice.
package enum YAMLReader {
  /// Levels of collections that are read; walking more would need as much stack.
  private static let deepest = 64

  /// The documents of a text; one in which nothing but comments stands is left out.
  ///
  /// - Throws: `YAMLError`.
  package static func documents(_ text: String) throws(YAMLError) -> [YAMLNode] {
    // A byte order mark, as some editors write it.
    var text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    var documents: [YAMLNode] = []
    let fault = text.withUTF8 { bytes -> YAMLError? in
      var parser = yaml_parser_t()
      guard unsafe yaml_parser_initialize(&parser) == 1 else {
        return YAMLError(line: 1, problem: "no memory for the parser")
      }
      defer { unsafe yaml_parser_delete(&parser) }
      unsafe yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
      unsafe yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
      do throws(YAMLError) {
        documents = try unsafe read(&parser)
        return nil
      } catch { return error }
    }
    if let fault { throw fault }
    return documents
  }

  private static func read(
    _ parser: UnsafeMutablePointer<yaml_parser_t>
  ) throws(YAMLError) -> [YAMLNode] {
    var documents: [YAMLNode] = []
    while true {
      switch try unsafe Event.next(parser).kind {
      case .end: return documents
      case .begin:
        let first = try unsafe Event.next(parser)
        let node = try unsafe node(first, parser, depth: 0)
        // Nothing but comments is read as a plain scalar without a character.
        if node != .literal("") { documents.append(node) }
      default: break
      }
    }
  }

  private static func node(
    _ event: Event, _ parser: UnsafeMutablePointer<yaml_parser_t>, depth: Int
  ) throws(YAMLError) -> YAMLNode {
    guard depth < deepest else { throw event.fault("nested too deeply") }
    switch event.kind {
    case .scalar(let text, let isPlain):
      return isPlain ? YAMLNode(plain: text) : .string(Name(text))
    case .sequence:
      var elements: [YAMLNode] = []
      while true {
        let next = try unsafe Event.next(parser)
        if next.kind == .close { return .sequence(elements) }
        elements.append(try unsafe node(next, parser, depth: depth + 1))
      }
    case .mapping:
      var entries: [YAMLNode.Entry] = []
      var keys: Set<Name> = []
      while true {
        let next = try unsafe Event.next(parser)
        if next.kind == .close { return .mapping(entries) }
        guard case .scalar(let text, _) = next.kind else { throw next.fault("a key expected") }
        guard keys.insert(Name(text)).inserted else { throw next.fault("the same key twice") }
        let value = try unsafe Event.next(parser)
        entries.append(
          YAMLNode.Entry(
            key: Name(text), value: try unsafe node(value, parser, depth: depth + 1)))
      }
    case .begin, .end, .close: throw event.fault("a value expected")
    }
  }
}

/// What libyaml finds next.
private struct Event {
  enum Kind: Equatable {
    /// A document begins; no more come.
    case begin, end
    case scalar(String, isPlain: Bool)
    case sequence, mapping
    /// The end of a sequence, a mapping, or a document.
    case close
  }

  let kind: Kind
  /// From 1.
  let line: Int

  func fault(_ problem: String) -> YAMLError { YAMLError(line: line, problem: problem) }

  static func next(
    _ parser: UnsafeMutablePointer<yaml_parser_t>
  ) throws(YAMLError) -> Event {
    while true {
      var event = yaml_event_t()
      guard unsafe yaml_parser_parse(parser, &event) == 1 else {
        throw unsafe YAMLError(
          line: Int(clamping: parser.pointee.problem_mark.line) + 1,
          problem: parser.pointee.problem.map { unsafe String(cString: $0) } ?? "no YAML")
      }
      defer { unsafe yaml_event_delete(&event) }
      let line = unsafe Int(clamping: event.start_mark.line) + 1
      if let kind = try unsafe kind(of: event, line: line) { return Event(kind: kind, line: line) }
    }
  }

  /// Nil for the stream's beginning.
  private static func kind(of event: yaml_event_t, line: Int) throws(YAMLError) -> Kind? {
    func refuse(_ hasAnchor: Bool, _ hasTag: Bool) throws(YAMLError) {
      if hasAnchor { throw YAMLError(line: line, problem: "anchors and aliases are not read") }
      if hasTag { throw YAMLError(line: line, problem: "tags are not read") }
    }
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT: return nil
    case YAML_STREAM_END_EVENT: return .end
    case YAML_DOCUMENT_START_EVENT: return .begin
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      try unsafe refuse(scalar.anchor != nil, scalar.tag != nil)
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      return unsafe .scalar(
        String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
    case YAML_SEQUENCE_START_EVENT:
      let start = unsafe event.data.sequence_start
      try unsafe refuse(start.anchor != nil, start.tag != nil)
      return .sequence
    case YAML_MAPPING_START_EVENT:
      let start = unsafe event.data.mapping_start
      try unsafe refuse(start.anchor != nil, start.tag != nil)
      return .mapping
    case YAML_ALIAS_EVENT:
      try refuse(true, false)
      return nil
    default: return .close
    }
  }
}
