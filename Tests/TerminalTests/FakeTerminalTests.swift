import Terminal
import TestSupport
import Testing

@Suite struct FakeTerminalTests {
  @Test("The fake plays its script, changes size, and hangs up at the end")
  func play() throws {
    var terminal = FakeTerminal(width: 10, height: 2, script: "j<Resize 4x1><C-c><Terminate>")
    var events: [KeyEvent] = []
    while let event = try terminal.nextEvent(timeoutMilliseconds: 0) {
      events.append(event)
      terminal.drawSize()
      if event == .hangup { break }
    }
    #expect(events == [.character("j"), .resize, .control("c"), .terminate, .hangup])
    #expect(terminal.frames.map(\.size.width) == [10, 4, 4, 4, 4])
  }

  @Test("A wait ends when another thread wakes the terminal")
  func wake() async throws {
    var terminal = FakeTerminal(script: "<Wait>q")
    #expect(try terminal.nextEvent(timeoutMilliseconds: 1) == nil)
    let handle = terminal.wakeHandle
    await Task.detached { handle.wake() }.value
    #expect(try terminal.nextEvent(timeoutMilliseconds: nil) == .wake)
    #expect(try terminal.nextEvent(timeoutMilliseconds: nil) == .character("q"))
  }

  @Test("A golden screen shows styles below the rows that have them")
  func golden() {
    var frame = Frame(size: Size(width: 24, height: 4))
    frame.put("  RUN       DENIED", row: 0, column: 0)
    frame.setStyle(Style(attributes: .bold), row: 0, columns: 0..<24)
    frame.put("▸ incident  ✗ 61  日本", row: 1, column: 0)
    frame.setStyle(
      Style(foreground: .palette(208), background: .palette(16), attributes: [.bold, .underline]),
      row: 1, columns: 12..<16)
    frame.put("a\u{202E}b", row: 3, column: 0)
    frame.cursor = Position(row: 1, column: 0)
    expectGolden(screenText(frame), named: "screen-text.screen", in: "Screens")
  }
}

extension FakeTerminal {
  fileprivate mutating func drawSize() {
    do {
      try draw(Frame(size: size))
    } catch {
      Issue.record(error)
    }
  }
}
