import TraceIndex
import TraceModel
import TraceQuery

extension ExplorerState {
  /// Changes the state as an action says; the effects are for the outside to carry out.
  package mutating func update(_ action: Action) -> [Effect] {
    defer { forgetSeenRows() }
    switch action {
    case .key(let key):
      // A screen that held something back may be gone.
      return handle(key) + takeIn(asked: false)
    case .resized(let width, let height):
      self.width = width
      self.height = height
      refreshScreen()
      return []
    case .tick:
      let context = filteredContext()
      if case .events(var events) = screen {
        events.tick(context)
        screens[screens.count - 1] = .events(events)
      }
      return []
    case .indexing, .indexed, .indexingFailed:
      return indexingChanged(action)
    case .grown(let execution, let indexes):
      return grown(execution, indexes)
    case .noticed(let sentence):
      notices.append(sentence)
      message = notices.suffix(3).joined(separator: ". ")
      return []
    case .analysed(let result):
      if let effects = prepare(with: result) { return effects }
      // What it is about may have grown since it was asked for.
      guard isCurrent(result) else { return [] }
      analyses.store(result)
      refreshScreen()
      return requests()
    case .recordRead(let place, let bytes):
      for number in screens.indices {
        guard case .raw(var raw) = screens[number], self.place(of: raw) == place else { continue }
        raw.receive(bytes)
        screens[number] = .raw(raw)
      }
      return []
    case .fileRead(let path, let purpose, let content):
      return received(content, of: path, for: purpose)
    case .saved(let path):
      message = "written: \(path)"
      return []
    case .saveFailed(let path, let reason):
      message = "\(path): cannot be written: \(reason)"
      return []
    case .terminate:
      return [.quit]
    }
  }

  private mutating func indexingChanged(_ action: Action) -> [Effect] {
    switch action {
    case .indexing(let execution, let read, let total, let rows, let artifact):
      guard executions.indices.contains(execution) else { return [] }
      executions[execution].stage = .indexing(
        read: read, total: total, rows: rows, artifact: artifact)
    case .indexed(let execution, let indexes):
      guard executions.indices.contains(execution), let first = indexes.first else { return [] }
      executions[execution].stage = .ready(first)
      filters.forget(execution: execution)
      analyses.forget(execution: execution)
      for index in indexes.dropFirst() { addPart(index, of: execution) }
    case .indexingFailed(let execution, let reason):
      guard executions.indices.contains(execution) else { return [] }
      executions[execution].stage = .failed(reason)
    default: break
    }
    if !hasChosenSides { chooseSides() }
    refreshScreen()
    return requests()
  }

  /// The two earliest runs are compared until a person says otherwise: what was first is what the
  /// other is held against. A run without any time comes after those that have one.
  mutating func chooseSides() {
    let ready = executions.indices
      .compactMap { run in executions[run].index.map { (time: $0.middle, run: run) } }
      .sorted { a, b in (a.time ?? .max, a.run) < (b.time ?? .max, b.run) }
      .map(\.run)
    let order = ready + executions.indices.filter { !ready.contains($0) }
    before = order.first
    after = order.count > 1 ? order[1] : nil
  }

  // MARK: Keys

  private mutating func handle(_ key: KeyChord) -> [Effect] {
    message = nil
    notices = []
    switch layer {
    case .prompt(let prompt): return handle(key, in: prompt)
    case .palette(let palette): return handle(key, in: palette)
    case .help(let top): return handle(key, inHelp: top)
    case nil: break
    }
    pending.append(key)
    switch keymap.resolve(pending, on: screen.kind) {
    case .prefix:
      return []
    case .unbound:
      let typed = pending.map(\.notation).joined()
      pending = []
      message = typed == "<Esc>" ? nil : "\(typed) has no meaning here; ? lists the keys"
      return []
    case .command(let command):
      pending = []
      return perform(command)
    }
  }

  private mutating func handle(_ key: KeyChord, in palette: Palette) -> [Effect] {
    var palette = palette
    switch key.notation {
    case "<Esc>", "<C-g>", "<C-c>":
      layer = nil
      return []
    case "<Enter>":
      layer = nil
      guard let command = palette.selected else {
        message = "\(palette.editor.text): no command has these letters"
        return []
      }
      return perform(command)
    default:
      if palette.handle(key, height: max(1, height - 4)) { layer = .palette(palette) }
      return []
    }
  }

  private mutating func handle(_ key: KeyChord, inHelp top: Int) -> [Effect] {
    let page = max(1, height - 3)
    let last = max(0, HelpText.lines(for: screen.kind, keymap: keymap).count - page)
    switch key.notation {
    case "j", "<Down>": layer = .help(top: min(last, top + 1))
    case "k", "<Up>": layer = .help(top: max(0, top - 1))
    case "<Space>", "<PageDown>", "<C-f>", "<C-d>": layer = .help(top: min(last, top + page))
    case "b", "<PageUp>", "<C-b>", "<C-u>": layer = .help(top: max(0, top - page))
    case "g", "<Home>": layer = .help(top: 0)
    case "G", "<End>": layer = .help(top: last)
    default: layer = nil
    }
    return []
  }

  private mutating func handle(_ key: KeyChord, in prompt: Prompt) -> [Effect] {
    switch key.notation {
    case "<Esc>", "<C-g>", "<C-c>":
      layer = nil
      return []
    case "<Enter>":
      return finish(prompt)
    default:
      var editor = prompt.editor
      guard editor.edit(key) else { return [] }
      switch prompt {
      case .filter: layer = .prompt(.filter(editor, preview(editor.text)))
      case .search: layer = .prompt(.search(editor))
      case .file(_, let purpose): layer = .prompt(.file(editor, purpose))
      }
      return []
    }
  }

  private mutating func finish(_ prompt: Prompt) -> [Effect] {
    let text = prompt.editor.text
    switch prompt {
    case .filter(_, .invalid(let reason, _)):
      // The prompt stays: what was typed can be mended.
      message = reason
    case .filter:
      layer = nil
      filters.replace(with: text)
      refreshScreen()
      return requests()
    case .search:
      layer = nil
      search = text.isEmpty ? nil : TextSearch(text)
      if search != nil { jumping { $0.find(forward: true) } }
    case .file(_, let purpose):
      layer = nil
      guard !text.isEmpty else {
        message = "no name, no file"
        return []
      }
      return [.readFile(path: text, purpose)]
    }
    return []
  }

  mutating func find(forward: Bool) {
    guard let search else {
      message = "nothing to search for; / begins a search"
      return
    }
    let found = changeScreen { screen, context in
      screen.find(search, forward: forward, context)
    }
    if !found {
      message = "\(search.text): not found \(forward ? "below" : "above") in \(screen.kind.title)"
    }
  }

  /// What a filter would keep of the current run.
  func preview(_ text: String) -> FilterPreview {
    if text.allSatisfy(\.isWhitespace) { return .empty }
    do throws(QueryError) {
      let query = try Query(parsing: text)
      guard let execution = currentExecution, executions.indices.contains(execution),
        let index = executions[execution].index
      else { return .untried }
      guard case .rows(let rows) = try evaluate(query, in: index, context: QueryContext()) else {
        return .invalid(
          message: "a filter keeps rows; stages such as count() belong to 'vestige trace query'",
          columns: 0..<text.unicodeScalars.count)
      }
      return .valid(kept: rows.count, of: index.rowCount)
    } catch {
      return .invalid(message: error.description, columns: error.range)
    }
  }
}
