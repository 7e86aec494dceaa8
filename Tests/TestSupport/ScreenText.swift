package import Terminal

/// A frame as text that people can review: what golden screens hold.
///
/// ```
/// 24x3 cursor 1,0
/// |  RUN       DENIED      |
///  aaaaaaaaaaaaaaaaaaaaaaaa
/// |▸ incident  ✗ 61        |
///             bbbb
/// |                        |
/// a header
/// b denied
/// ```
/// Below a row that is not wholly plain stand the letters of its styles, a space for the plain
/// one. The legend at the end names them in order of appearance.
package func screenText(_ frame: Frame, naming name: (Style) -> String = describe) -> String {
  var letters: [Style: Character] = [:]
  var legend: [String] = []
  var lines = ["\(frame.size.width)x\(frame.size.height)"]
  if let cursor = frame.cursor { lines[0] += " cursor \(cursor.row),\(cursor.column)" }
  for row in 0..<frame.size.height {
    lines.append("|\(frame.text(ofRow: row))|")
    var marks = " "
    for cell in frame.cells(ofRow: row) {
      if letters[cell.style] == nil, cell.style != .plain {
        let letter = styleLetters[min(legend.count, styleLetters.count - 1)]
        letters[cell.style] = letter
        legend.append("\(letter) \(name(cell.style))")
      }
      marks.append(letters[cell.style] ?? " ")
    }
    while marks.last == " " { marks.removeLast() }
    if !marks.isEmpty { lines.append(marks) }
  }
  return (lines + legend).joined(separator: "\n") + "\n"
}

// The last one stands for all styles beyond the sixty-second.
private let styleLetters = Array(
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#")

/// The colours and attributes of `style` in words, such as `75 on 17 bold`.
package func describe(_ style: Style) -> String {
  var words: [String] = []
  if case .palette(let index) = style.foreground { words.append("\(index)") }
  if case .palette(let index) = style.background { words.append("on \(index)") }
  let names: [(Style.Attributes, String)] = [
    (.bold, "bold"), (.dim, "dim"), (.italic, "italic"), (.underline, "underline"),
    (.reverse, "reverse"),
  ]
  words += names.filter { style.attributes.contains($0.0) }.map(\.1)
  return words.isEmpty ? "plain" : words.joined(separator: " ")
}
