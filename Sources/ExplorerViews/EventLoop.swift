package import Explorer
package import Terminal

/// Keys in, frames out: the same loop drives a real terminal and the one of the tests.
package struct EventLoop {
  /// Milliseconds between two steps of something that plays.
  private static let tickMilliseconds = 100
  /// Keys taken before the screen is drawn again: a held key must not queue up frames.
  private static let eventsPerFrame = 64

  package private(set) var state: ExplorerState
  private let theme: Theme
  private let mailbox: Mailbox
  private let perform: (Effect) -> Void
  private var isOver = false
  /// The signal's event, when one ended the loop.
  package private(set) var ending: KeyEvent?
  private var frame: Frame?

  /// - Parameters:
  ///   - mailbox: made with the device's wake handle.
  ///   - perform: carries out an effect, at once or later; what comes of it goes to the mailbox.
  package init(
    state: ExplorerState, theme: Theme, mailbox: Mailbox, perform: @escaping (Effect) -> Void
  ) {
    self.state = state
    self.theme = theme
    self.mailbox = mailbox
    self.perform = perform
  }

  /// Runs until the person quits or the terminal is gone.
  ///
  /// - Throws: `TerminalError` when the terminal fails.
  package mutating func run<Device: TerminalDevice & ~Copyable>(
    _ device: inout Device
  ) throws(TerminalError) {
    try apply(.resized(width: device.size.width, height: device.size.height), &device)
    try takeMail(&device)
    try draw(&device)
    while !isOver {
      let timeout = state.isPlaying ? EventLoop.tickMilliseconds : nil
      guard let event = try device.nextEvent(timeoutMilliseconds: timeout) else {
        try apply(.tick, &device)
        try draw(&device)
        continue
      }
      try handle(event, &device)
      var taken = 1
      while !isOver, taken < EventLoop.eventsPerFrame,
        let next = try device.nextEvent(timeoutMilliseconds: 0)
      {
        try handle(next, &device)
        taken += 1
      }
      if !isOver { try draw(&device) }
    }
  }

  /// Draws the first frame only: for measuring how soon it is there.
  package mutating func drawOnce<Device: TerminalDevice & ~Copyable>(
    _ device: inout Device
  ) throws(TerminalError) {
    try apply(.resized(width: device.size.width, height: device.size.height), &device)
    try draw(&device)
  }

  private mutating func handle<Device: TerminalDevice & ~Copyable>(
    _ event: KeyEvent, _ device: inout Device
  ) throws(TerminalError) {
    switch event {
    case .hangup, .terminate:
      isOver = true
      ending = event
    case .wake: break
    case .resize, .continued:
      try apply(.resized(width: device.size.width, height: device.size.height), &device)
    default:
      guard let notation = KeyNotation.notation(of: event) else { return }
      try apply(.key(KeyChord(notation)), &device)
    }
    try takeMail(&device)
  }

  /// Applies what was posted until now, and what is posted because of it.
  private mutating func takeMail<Device: TerminalDevice & ~Copyable>(
    _ device: inout Device
  ) throws(TerminalError) {
    while true {
      let actions = mailbox.takeAll()
      if actions.isEmpty { return }
      for action in actions { try apply(action, &device) }
    }
  }

  private mutating func apply<Device: TerminalDevice & ~Copyable>(
    _ action: Action, _ device: inout Device
  ) throws(TerminalError) {
    for effect in state.update(action) {
      switch effect {
      case .quit: isOver = true
      case .redraw: device.invalidate()
      case .suspend:
        try device.stopProcess()
        try apply(.resized(width: device.size.width, height: device.size.height), &device)
      case .saveScreen:
        // What the person sees, not what the key press would draw next.
        if let frame { perform(.save(name: saveName, text: frame.text)) }
      default: perform(effect)
      }
    }
  }

  private var saveName: String { "vestige-\(state.screen.kind.rawValue).txt" }

  private mutating func draw<Device: TerminalDevice & ~Copyable>(
    _ device: inout Device
  ) throws(TerminalError) {
    let frame = ExplorerView.render(
      state, size: device.size, theme: theme, charset: device.capabilities.charset)
    self.frame = frame
    try device.draw(frame)
  }
}
