/// The outer structure of a format's artifacts, down to the records.
///
/// The numbers are the format's own, usually raw values of an enumeration; they come back in the
/// steps of `JSONRecordStream`.
package indirect enum Outline: Sendable {
  /// An object that the format reads whole.
  case record(Int)
  /// An object whose fields lead further; other fields are reported and passed over.
  case object(Int, [OutlineField])
  /// An object that is a record, or a wrapper around records whose fields lead further.
  ///
  /// Its first telling key says which: one of `signs` a record, one of the fields that lead to
  /// something a wrapper. An object without either is a record.
  case recordOrWrapper(Int, signs: [String], wrapper: Int, [OutlineField])
  /// An array whose elements lead further.
  case array(Int, of: Outline)
  /// An array whose elements lead further, or one such element without the array around it.
  case oneOrMany(Int, of: Outline)
  /// Any value that is well known and of no use; it is passed over.
  case ignored
  /// Any value that is not read and has to be counted; it is passed over.
  case counted(Int)
}

/// A field of an object in an outline, under all its names.
package struct OutlineField: Sendable {
  package let names: [String]
  package let outline: Outline

  package init(_ names: String..., leadsTo outline: Outline) {
    self.names = names
    self.outline = outline
  }
}

/// An outline as a flat array of nodes, the first of which is the whole artifact's.
struct CompiledOutline: Sendable {
  struct Node: Sendable {
    enum Kind: Sendable {
      case record, object, recordOrWrapper, array, oneOrMany, ignored, counted
    }

    var kind: Kind
    var isArray: Bool { kind == .array || kind == .oneOrMany }
    /// The format's number; that of the wrapper where a record is possible, too.
    var number: Int
    /// The number of the record that may be in place of a wrapper, and the keys that tell it.
    var record = 0
    var signs: [[UInt8]] = []
    /// For an object, its keys, in the order of `children`.
    var keys: [[UInt8]] = []
    /// For an object, the nodes of its fields; for an array, the node of its elements.
    var children: [Int] = []
  }

  private(set) var nodes: [Node] = []

  init(_ outline: Outline) {
    _ = add(outline)
  }

  private mutating func add(_ outline: Outline) -> Int {
    let index = nodes.count
    switch outline {
    case .record(let number): nodes.append(Node(kind: .record, number: number))
    case .ignored: nodes.append(Node(kind: .ignored, number: 0))
    case .counted(let number): nodes.append(Node(kind: .counted, number: number))
    case .array(let number, let element):
      nodes.append(Node(kind: .array, number: number))
      nodes[index].children = [add(element)]
    case .oneOrMany(let number, let element):
      nodes.append(Node(kind: .oneOrMany, number: number))
      nodes[index].children = [add(element)]
    case .object(let number, let fields):
      nodes.append(Node(kind: .object, number: number))
      add(fields, to: index)
    case .recordOrWrapper(let record, let signs, let wrapper, let fields):
      nodes.append(Node(kind: .recordOrWrapper, number: wrapper))
      nodes[index].record = record
      nodes[index].signs = signs.map { Array($0.utf8) }
      add(fields, to: index)
    }
    return index
  }

  private mutating func add(_ fields: [OutlineField], to node: Int) {
    for field in fields {
      let child = add(field.outline)
      for name in field.names {
        nodes[node].keys.append(Array(name.utf8))
        nodes[node].children.append(child)
      }
    }
  }

  /// The node that the field `key` of object `node` leads to, or `nil`.
  func child(of node: Int, named key: RawSpan) -> Int? {
    for (index, name) in nodes[node].keys.enumerated() where name.count == key.byteCount {
      if name.indices.allSatisfy({ name[$0] == key.byte(at: $0) }) {
        return nodes[node].children[index]
      }
    }
    return nil
  }
}
