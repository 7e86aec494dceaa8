extension ExplorerState {
  /// Takes what is at a path that a person named.
  mutating func received(
    _ content: FileContent, of path: String, for purpose: FilePurpose
  ) -> [Effect] {
    switch (purpose, content) {
    case (_, .refused(let reason)): message = "\(path): \(reason)"
    case (.existingPolicy, .absent): message = "\(path): there is no such file"
    case (.existingPolicy, .text(let text)): hold(against: path, text)
    case (.export, _):
      guard case .policy(var policy) = screen else { return [] }
      message = policy.preview(content, of: path, filteredContext())
      screens[screens.count - 1] = .policy(policy)
    }
    return requests()
  }

  /// Holds generated policies against one in a file from now on.
  package mutating func hold(against path: String, _ text: String) {
    existingPolicy = ExistingPolicy(
      path: path, text: text, version: (existingPolicy?.version ?? 0) + 1)
    refreshScreen()
    message = "held against \(path): = is granted there, + is new"
  }
}
