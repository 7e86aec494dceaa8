import Terminal
import Testing

@Suite struct FrameDiffTests {
  private func frame(_ rows: String..., width: Int = 20) -> Frame {
    var frame = Frame(size: Size(width: width, height: rows.count))
    for (row, text) in rows.enumerated() { frame.put(text, row: row, column: 0) }
    return frame
  }

  @Test("Everything changes when there was nothing or another size")
  func whole() {
    let all = [ChangedRun(row: 0, columns: 0..<20), ChangedRun(row: 1, columns: 0..<20)]
    #expect(frame("a", "b").changes(since: nil) == all)
    #expect(frame("a", "b").changes(since: frame("a")) == all)
    #expect(frame("a", "b").changes(since: frame("a", "b")).isEmpty)
    #expect(Frame(size: Size(width: 0, height: 3)).changes(since: nil).isEmpty)
  }

  @Test("Only runs that differ change, and runs close together are one")
  func runs() {
    let before = frame("0123456789abcdefghij", "same")
    let after = frame("X1Y3456789abcdefghiZ", "same")
    #expect(
      after.changes(since: before) == [
        ChangedRun(row: 0, columns: 0..<3), ChangedRun(row: 0, columns: 19..<20),
      ])
    #expect(
      after.changes(since: before, joiningGapsBelow: 99) == [ChangedRun(row: 0, columns: 0..<20)])
  }

  @Test("A style alone is a change")
  func style() {
    var after = frame("abc")
    after.setStyle(Style(attributes: .bold), row: 0, columns: 1..<2)
    #expect(after.changes(since: frame("abc")) == [ChangedRun(row: 0, columns: 1..<2)])
  }

  @Test("Wide glyphs are never cut, and redrawing the runs gives the new frame")
  func wide() {
    var random = SplitMix(state: 7)
    for _ in 0..<2_000 {
      let before = frame(randomText(&random), width: 8)
      let after = frame(randomText(&random), width: 8)
      var cells = before.cells
      for run in after.changes(since: before, joiningGapsBelow: 1) {
        #expect(after.cells[run.columns.lowerBound].glyph != .continuation)
        #expect(after.cells[run.columns.upperBound - 1].glyph.width != 2)
        cells.replaceSubrange(run.columns, with: after.cells[run.columns])
      }
      #expect(cells == after.cells)
    }
  }

  private func randomText(_ random: inout SplitMix) -> String {
    String((0..<8).compactMap { _ in "ab日本".randomElement(using: &random) })
  }
}
