import WireFormats

/// What a reader of decisions finds where; the raw values are the numbers of its outline.
enum DecisionPart: Int {
  /// A value at the top: a record, or a wrapper around records.
  case top
  /// A wrapper's list of records.
  case list
  /// An element of a wrapper's list.
  case listed
  /// The one record in an envelope.
  case enveloped
}

extension Outline {
  /// Records that stand at the top, in an array, or in a wrapper.
  ///
  /// - Parameters:
  ///   - signs: keys that a record has and a wrapper has not, those that come early first.
  ///   - lists: keys under which a wrapper has an array of records.
  ///   - envelopes: keys under which a wrapper has one record.
  ///   - others: keys of wrappers that are well known and of no use.
  static func records(
    signs: [String], lists: [String], envelopes: [String] = [], others: [String]
  ) -> Outline {
    let list = Outline.array(DecisionPart.list.rawValue, of: .record(DecisionPart.listed.rawValue))
    return .recordOrWrapper(
      DecisionPart.top.rawValue, signs: signs, wrapper: DecisionPart.top.rawValue,
      lists.map { OutlineField($0, leadsTo: list) }
        + envelopes.map {
          OutlineField($0, leadsTo: .record(DecisionPart.enveloped.rawValue))
        } + others.map { OutlineField($0, leadsTo: .ignored) })
  }
}
