import Glibc
import Ingestion
import TraceModel

/// One line on a terminal that says how far indexing has come, redrawn in place and erased at the
/// end: `indexing payments.otlp.jsonl 48 %, 1.2 M rows, 3 s left`.
///
/// Nothing is drawn where standard error is no terminal, nor in the first half second.
struct ProgressLine {
  private static let patience = Duration.milliseconds(500)
  private static let interval = Duration.milliseconds(100)

  private let width: Int?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var next: ContinuousClock.Instant
  private var isShown = false

  init() {
    start = clock.now
    next = start + ProgressLine.patience
    let terminal = unsafe getenv("TERM").map { unsafe String(cString: $0) }
    width = terminal == nil || terminal == "dumb" ? nil : StandardStream.error.width
  }

  mutating func show(_ progress: IngestionProgress) {
    guard let width else { return }
    let now = clock.now
    guard now >= next else { return }
    next = now + ProgressLine.interval
    isShown = true
    let text = ProgressLine.text(progress, after: now - start).prefix(max(0, width - 1))
    StandardStream.error.say("\r\u{1B}[K" + text)
  }

  mutating func erase() {
    if isShown { StandardStream.error.say("\r\u{1B}[K") }
    isShown = false
  }

  private static func text(_ progress: IngestionProgress, after elapsed: Duration) -> String {
    let (read, total) = (Int64(clamping: progress.bytesRead), Int64(clamping: progress.bytesTotal))
    var text = "indexing \(visibleText(progress.artifact))"
    if total > 0 { text += " \(min(100, read * 100 / total)) %" }
    text += ", \(rounded(progress.rows)) rows"
    if read > 0, total > read {
      let left = elapsed * (Double(total - read) / Double(read))
      text += ", \(rounded(left)) left"
    }
    return text
  }

  /// Whole seconds, rounded up.
  private static func rounded(_ duration: Duration) -> String {
    let seconds = duration.components.seconds + 1
    return seconds < 60 ? "\(seconds) s" : QuantityText.duration(seconds * 1_000_000_000)
  }

  private static func rounded(_ count: Int) -> String {
    if count < 1_000_000 { return QuantityText.count(count) }
    return "\(count / 1_000_000).\(count / 100_000 % 10) M"
  }
}
