import TraceModel

/// The tags by which formats that have no status say how a span ended.
struct StatusTags: Sendable {
  private var keys = KnownKeys(
    .span, ["error", "otel.status_code", "otel.status_description"])

  /// Fills in the status and its message from the row's attributes, which are the batch's last.
  ///
  /// `otel.status_code` counts before `error`. A text in `error` that says more than "true" is the
  /// message, unless there is an `otel.status_description`.
  ///
  /// - Parameter isFailure: whether that value of the tag `error` stands for a failure.
  mutating func fill(
    _ row: inout RecordRow, _ batch: inout RecordBatch, isFailure: (String) -> Bool
  ) {
    let error = keys.index(of: 0, in: &batch)
    let code = keys.index(of: 1, in: &batch)
    let description = keys.index(of: 2, in: &batch)
    var status = SpanStatus.unset
    var hasFailed = false
    var errorText = StringID.empty
    for index in Int(row.firstAttribute)..<batch.attributes.count {
      let attribute = batch.attributes[index]
      switch attribute.key {
      case error:
        let text = batch.strings.string(attribute.value)
        guard !hasFailed, isFailure(text) else { continue }
        hasFailed = true
        if text != "true" { errorText = attribute.value }
      case code where status == .unset:
        status = StatusTags.status(named: batch.strings.string(attribute.value))
      case description where row.message.isEmpty: row.message = attribute.value
      default: break
      }
    }
    row.status = status == .unset && hasFailed ? .error : status
    if row.status == .error && row.message.isEmpty { row.message = errorText }
  }

  private static func status(named name: String) -> SpanStatus {
    switch name {
    case "OK": .ok
    case "ERROR": .error
    default: .unset
    }
  }
}
