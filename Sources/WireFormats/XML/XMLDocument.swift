import CExpat

/// What is met in an XML document, in the order of its bytes; all text is UTF-8.
package enum XMLEvent {
  /// - Parameter offset: the position of the element's `<`.
  case start(name: String, attributes: [(name: String, value: String)], offset: Int)
  /// Character data, perhaps a piece of it.
  case text(String)
  /// - Parameter offset: the position just past the element's last byte.
  case end(name: String, offset: Int)
}

/// Why a document could not be read to its end.
package struct XMLFault: Error, Sendable, Equatable {
  package enum Problem: Sendable, Equatable {
    case malformed
    /// The bytes end before the document does.
    case truncated
    /// The document declares entities. They are never resolved, neither from files nor from the
    /// document itself, so what refers to them cannot be read.
    case entities
  }

  package let problem: Problem
  /// The position in the document at which it was noticed.
  package let offset: Int
  /// What is wrong, as a clause for people.
  package let explanation: String
}

/// Walks through one XML document with expat.
package enum XMLDocument {
  /// Bytes given to the parser at once: its lengths are 32 bits wide.
  private static let piece = 1 << 20

  /// Calls `body` for every event of the document.
  ///
  /// - Throws: `XMLFault`; what came before it has been handed out.
  package static func walk(
    _ bytes: RawSpan, _ body: (XMLEvent) -> Void
  ) throws(XMLFault) {
    guard let parser = XML_ParserCreate(nil) else {
      throw XMLFault(problem: .malformed, offset: 0, explanation: "no memory for the parser")
    }
    defer { XML_ParserFree(parser) }
    let fault = withoutActuallyEscaping(body) { body in
      let sink = Sink(parser, body)
      return withExtendedLifetime(sink) { parse(bytes, parser, sink) }
    }
    if let fault { throw fault }
  }

  private static func parse(
    _ bytes: RawSpan, _ parser: XML_Parser, _ sink: Sink
  ) -> XMLFault? {
    setHandlers(of: parser, sink)
    return bytes.withUnsafeBytes { buffer in
      var position = 0
      repeat {
        let length = min(piece, buffer.count - position)
        let isFinal = position + length == buffer.count
        let text = unsafe UnsafeRawBufferPointer(
          rebasing: buffer[position..<position + length]
        ).assumingMemoryBound(to: CChar.self)
        let status = unsafe XML_Parse(
          parser, text.baseAddress, Int32(length), isFinal ? 1 : 0)
        guard status == XML_STATUS_OK else { return fault(of: parser, sink, count: buffer.count) }
        position += length
      } while position < buffer.count
      return nil
    }
  }

  private static func fault(of parser: XML_Parser, _ sink: Sink, count: Int) -> XMLFault {
    let offset = max(0, min(count, XML_GetCurrentByteIndex(parser)))
    if sink.hasEntities {
      return XMLFault(
        problem: .entities, offset: offset,
        explanation: "the document declares entities, which are never resolved")
    }
    let code = XML_GetErrorCode(parser)
    let isCut =
      code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN
      || code == XML_ERROR_PARTIAL_CHAR || code == XML_ERROR_UNCLOSED_CDATA_SECTION
    let text = unsafe XML_ErrorString(code).map { unsafe String(cString: $0) } ?? "not XML"
    return XMLFault(
      problem: isCut && offset <= count ? .truncated : .malformed, offset: offset,
      explanation: text)
  }

  private static func setHandlers(of parser: XML_Parser, _ sink: Sink) {
    unsafe XML_SetUserData(parser, Unmanaged.passUnretained(sink).toOpaque())
    unsafe XML_SetElementHandler(
      parser,
      { context, name, attributes in unsafe Sink.at(context)?.start(name, attributes) },
      { context, name in unsafe Sink.at(context)?.end(name) })
    unsafe XML_SetCharacterDataHandler(parser) { context, text, length in
      unsafe Sink.at(context)?.text(text, length)
    }
    // Declared before anything can refer to it, so nothing is ever expanded.
    unsafe XML_SetEntityDeclHandler(parser) { context, _, _, _, _, _, _, _, _ in
      unsafe Sink.at(context)?.stopAtEntity()
    }
  }
}

/// Where expat's calls arrive: C can carry a reference, and nothing that Swift would copy.
private final class Sink {
  private let parser: XML_Parser
  private let body: (XMLEvent) -> Void
  private(set) var hasEntities = false

  init(_ parser: XML_Parser, _ body: @escaping (XMLEvent) -> Void) {
    self.parser = parser
    self.body = body
  }

  static func at(_ context: UnsafeMutableRawPointer?) -> Sink? {
    unsafe context.map { unsafe Unmanaged<Sink>.fromOpaque($0).takeUnretainedValue() }
  }

  private var offset: Int { XML_GetCurrentByteIndex(parser) }

  func start(
    _ name: UnsafePointer<CChar>?, _ list: UnsafeMutablePointer<UnsafePointer<CChar>?>?
  ) {
    guard let name = unsafe name else { return }
    var attributes: [(name: String, value: String)] = []
    var index = 0
    while let list = unsafe list, let key = unsafe list[index], let value = unsafe list[index + 1] {
      unsafe attributes.append((String(cString: key), String(cString: value)))
      index += 2
    }
    unsafe body(.start(name: String(cString: name), attributes: attributes, offset: offset))
  }

  func end(_ name: UnsafePointer<CChar>?) {
    guard let name = unsafe name else { return }
    let length = Int(XML_GetCurrentByteCount(parser))
    unsafe body(.end(name: String(cString: name), offset: offset + length))
  }

  func text(_ text: UnsafePointer<CChar>?, _ length: Int32) {
    guard let text = unsafe text else { return }
    let bytes = unsafe UnsafeRawBufferPointer(start: text, count: Int(length))
    unsafe body(.text(String(decoding: bytes, as: UTF8.self)))
  }

  func stopAtEntity() {
    hasEntities = true
    XML_StopParser(parser, 0)
  }
}
