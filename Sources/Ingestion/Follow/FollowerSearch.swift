import Glibc
import TraceModel
import TraceReaders

/// Whether and how an artifact can be followed.
enum Growth {
  case lines(any TraceReader.Type, FollowedStatus)
  /// There is too little of it to know.
  case notYet
  /// It is read, and not followed; a phrase says why.
  case none(reason: String)
  /// No reader knows it, and none will.
  case unknown

  /// - Throws: `IngestionError.unreadable`.
  init(of artifact: FoundArtifact, within limit: ExpansionLimit) throws(IngestionError) {
    guard let status = FollowedStatus(path: artifact.place.path), artifact.remark == nil else {
      self = .unknown
      return
    }
    if let reason = artifact.place.reasonNotToFollow {
      self = artifact.reader == nil ? .unknown : .none(reason: reason)
      return
    }
    let prefix = try ArtifactFile(path: artifact.place.path).bytes(
      at: 0, length: ArtifactFinder.sniffLength)
    let isShort = prefix.count < ArtifactFinder.sniffLength
    switch GrowthShape(prefix: prefix) {
    case .empty where isShort, .open where isShort: self = .notYet
    case .other(let phrase): self = artifact.reader == nil ? .unknown : .none(reason: phrase)
    case .empty, .open, .lines:
      if let reader = artifact.reader {
        self = .lines(reader, status)
      } else {
        self = isShort ? .notYet : .unknown
      }
    }
  }
}

extension ArtifactPlace {
  /// Why the bytes of a place can only be read from their first to their last.
  fileprivate var reasonNotToFollow: String? {
    if let compression { return "\(compression.name)-compressed" }
    if archive != nil { return "in an archive" }
    return path == shownPath ? nil : "standard input was read to its end"
  }
}

/// Whether there is a folder at a path.
func isFolderPath(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

extension ExecutionFollower {
  /// Looks for files that were not there before, or that have other names.
  mutating func search(_ step: inout FollowStep, isFinal: Bool) {
    for (path, name) in places() {
      guard let status = FollowedStatus(path: path) else { continue }
      if let number = numbers[status.identity] {
        rename(number, to: path, name, &step)
      } else if isNews(path, status, isFinal: isFinal) {
        consider(path, name, status, &step, isFinal: isFinal)
      }
    }
  }

  private func isNews(_ path: String, _ status: FollowedStatus, isFinal: Bool) -> Bool {
    guard let before = looked[path] else { return true }
    if before.status.identity != status.identity { return true }
    return !before.isFinal && (isFinal || before.status != status)
  }

  /// Where artifacts may be: path and name in reports.
  private func places() -> [(path: String, name: String)] {
    guard isFolder else { return [(source.root, lastComponent(source.root))] }
    var found: [(path: String, name: String)] = []
    collect(source.root, "", depth: 0, into: &found)
    return found
  }

  private func collect(
    _ folder: String, _ prefix: String, depth: Int, into found: inout [(path: String, name: String)]
  ) {
    // A folder that cannot be listed now may well be there at the next look.
    guard depth <= ArtifactFolder.depthLimit, let names = try? namesInFolder(folder) else { return }
    for name in names where name.isExact && !name.text.hasPrefix(".") {
      let path = "\(folder)/\(name.text)"
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: collect(path, prefix + name.text + "/", depth: depth + 1, into: &found)
      case S_IFREG, S_IFLNK: found.append((path, prefix + name.text))
      default: break
      }
    }
  }

  private mutating func rename(
    _ number: Int, to path: String, _ name: String, _ step: inout FollowStep
  ) {
    let artifact = Int(followed[number].number)
    guard followed[number].path != path else { return }
    // Of two links to one file the one that it was found by counts, as long as it is there.
    guard FollowedStatus(path: followed[number].path)?.identity != followed[number].identity else {
      return
    }
    step.notices.append(.renamed(source.artifacts[artifact].displayPath, to: name))
    setPlace(of: number, path: path, name: name)
    step.hasNews = true
  }

  private mutating func setPlace(of number: Int, path: String, name: String) {
    let artifact = Int(followed[number].number)
    followed[number].path = path
    followed[number].isGone = false
    followed[number].isReplaced = false
    batch.artifacts[artifact].path = name
    source.artifacts[artifact].displayPath = name
    source.artifacts[artifact].place = ArtifactPlace(file: path)
  }

  /// Follows what is at a path, when it can be, and remembers that it was looked at.
  private mutating func consider(
    _ path: String, _ name: String, _ status: FollowedStatus, _ step: inout FollowStep,
    isFinal: Bool
  ) {
    looked[path] = LookedAt(status: status, isFinal: false)
    // What cannot be read now may be readable at the next look.
    guard
      let prefix = try? ArtifactFile(path: path).bytes(at: 0, length: ArtifactFinder.sniffLength)
    else { return }
    func leave(_ reason: String?) {
      if let reason { step.notices.append(.notRead(name, reason: reason)) }
      looked[path] = LookedAt(status: status, isFinal: true)
    }
    if let compression = Compression(prefix: prefix) {
      return leave("\(compression.name)-compressed")
    }
    if TarHeader.isHeader(prefix) { return leave("an archive") }
    let isShort = prefix.count < ArtifactFinder.sniffLength
    let shape = GrowthShape(prefix: prefix)
    if isShort && !isFinal && (shape == .empty || shape == .open) { return }
    let reader = TraceReaders.reader(sniffing: prefix.span.bytes)
    guard let reader else {
      if !isShort { leave(nil) }
      return
    }
    if case .other(let phrase) = shape { return leave(phrase) }
    step.notices.append(.appeared(name))
    step.hasNews = true
    follow(
      FoundArtifact(
        place: ArtifactPlace(file: path), displayPath: name, size: 0, modified: status.modified,
        reader: reader),
      reader, status.identity)
  }

  /// Finds out whether an artifact is still at its path, and says so when it is not.
  mutating func findPlace(of number: Int, _ step: inout FollowStep) {
    let artifact = followed[number]
    guard !artifact.isOver, !artifact.isReplaced else { return }
    let there = FollowedStatus(path: artifact.path)
    if there?.identity == artifact.identity {
      followed[number].isGone = false
      return
    }
    let name = source.artifacts[Int(artifact.number)].displayPath
    if let place = newPlace(of: artifact) {
      step.notices.append(.renamed(name, to: place.name))
      setPlace(of: number, path: place.path, name: place.name)
      // It is known where it is; what becomes of it there is nobody's concern.
      followed[number].isReplaced = !isFolder
      step.hasNews = true
    } else if there != nil {
      let names = Set(source.artifacts.map(\.displayPath))
      let old =
        (1...).lazy.map { $0 == 1 ? "\(name) (rotated)" : "\(name) (rotated \($0))" }
        .first { !names.contains($0) } ?? name
      step.notices.append(.replaced(name, as: old))
      setPlace(of: number, path: artifact.path, name: old)
      followed[number].isReplaced = true
      step.hasNews = true
    } else if !artifact.isGone {
      followed[number].isGone = true
      step.notices.append(.vanished(name))
    }
  }

  /// Where a file is now that was renamed inside its folder.
  private func newPlace(of artifact: FollowedArtifact) -> (path: String, name: String)? {
    let parent = Ingestion.folder(of: artifact.path)
    // A folder that is gone has nothing in it.
    guard !isFolder, let names = try? namesInFolder(parent) else { return nil }
    for name in names where name.isExact {
      let path = "\(parent)/\(name.text)"
      if FollowedStatus(path: path)?.identity == artifact.identity { return (path, name.text) }
    }
    return nil
  }
}
