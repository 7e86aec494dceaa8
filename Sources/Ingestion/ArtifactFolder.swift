import Glibc
import TraceReaders

/// A folder with everything in it, on disk or in an archive; an archive is a folder, too.
struct ArtifactFolder {
  /// How many folders deep it looks.
  static let depthLimit = 32
  /// How many archives deep it looks: the outermost one is the first.
  static let archiveLimit = 3

  /// By name; their display paths are their names.
  private(set) var files: [FoundArtifact] = []
  /// By name.
  private(set) var folders: [(name: String, content: ArtifactFolder)] = []
  /// An archive that cannot be read to its end.
  private(set) var damage: FoundArtifact?

  private var fileNumbers: [String: Int] = [:]
  private var folderNumbers: [String: Int] = [:]

  /// All that is in a folder on disk, folders that are linked to included: each once.
  ///
  /// - Throws: `IngestionError.unreadable` and `.expansion`.
  init(onDisk path: String, within limit: ExpansionLimit) throws(IngestionError) {
    // The folders around this one, too: a link up is not meant to bring them in.
    var visited: Set<FileIdentity> = []
    var around = path
    while true {
      var status = stat()
      if stat(around, &status) == 0 { visited.insert(FileIdentity(status)) }
      if around == "/" || around == "." { break }
      around = folder(of: around)
    }
    try self.init(onDisk: path, depth: 0, within: limit, visited: &visited)
  }

  private init(
    onDisk path: String, depth: Int, within limit: ExpansionLimit,
    visited: inout Set<FileIdentity>
  ) throws(IngestionError) {
    var links: [(path: String, name: String, status: stat)] = []
    for name in try namesInFolder(path) {
      let inner = "\(path)/\(name.text)"
      var own = stat()
      var target = stat()
      if !name.isExact {
        add(.passedOver(inner, name.text, "a name that is not UTF-8; rename it"))
      } else if name.text.hasPrefix(".") {
        add(.passedOver(inner, name.text, "hidden; name it to have it read"))
      } else if lstat(inner, &own) != 0 || stat(inner, &target) != 0 {
        add(.passedOver(inner, name.text, "a link to what is not there"))
      } else if target.st_mode & S_IFMT == S_IFREG {
        add(try Recognition(file: inner, FileStatus(target), within: limit), named: name.text)
      } else if target.st_mode & S_IFMT != S_IFDIR {
        add(.passedOver(inner, name.text, "a pipe or a device"))
      } else if own.st_mode & S_IFMT == S_IFLNK {
        links.append((inner, name.text, target))
      } else if !visited.insert(FileIdentity(target)).inserted {
        add(.passedOver(inner, name.text, "a folder that is read already"))
      } else {
        try add(folder: inner, name.text, depth: depth, within: limit, visited: &visited)
      }
    }
    // Links last: a folder is itself rather than what leads to it.
    for link in links {
      if visited.insert(FileIdentity(link.status)).inserted {
        try add(folder: link.path, link.name, depth: depth, within: limit, visited: &visited)
      } else {
        add(
          .passedOver(
            link.path, link.name, "a link to a folder that is read already, or to one around it"))
      }
    }
    sort()
  }

  private mutating func add(
    folder path: String, _ name: String, depth: Int, within limit: ExpansionLimit,
    visited: inout Set<FileIdentity>
  ) throws(IngestionError) {
    guard depth < ArtifactFolder.depthLimit else {
      return add(ArtifactFolder.tooDeep(path, name))
    }
    add(
      try ArtifactFolder(onDisk: path, depth: depth + 1, within: limit, visited: &visited),
      named: name)
  }

  /// All members of an archive; of two with one name the later one, as if it were unpacked.
  ///
  /// - Throws: `IngestionError.unreadable` and `.expansion`.
  init(
    archive: FoundArtifact, level: Int, within limit: ExpansionLimit
  ) throws(IngestionError) {
    var scan = try TarScan(
      archive.place, prefixLength: Recognition.storedPrefixLength, within: limit)
    while let member = try scan.next() {
      guard let name = member.components.last, member.kind != .folder,
        !member.components.contains(where: { $0.hasPrefix(".") && $0 != ".." })
      else { continue }
      if member.kind == .hardLink, let linked = file(at: member.linkComponents[...]) {
        // What is linked to itself was named twice when the archive was made.
        if member.components != member.linkComponents {
          add(.file(linked.renamed(name)), named: name, below: member.components.dropLast())
        }
        continue
      }
      let recognition = try Recognition(
        member: member, named: name, of: archive, level: level, within: limit)
      guard member.components.count <= ArtifactFolder.depthLimit else {
        add(ArtifactFolder.tooDeep(archive.place.path, member.components.joined(separator: "/")))
        continue
      }
      add(recognition, named: name, below: member.components.dropLast())
    }
    if let fault = scan.fault {
      damage = archive
      damage?.remark = .damaged(fault)
    }
    sort()
  }

  /// What is at a path inside; nil when nothing is.
  ///
  /// A folder of a damaged archive is damaged, too: who knows what it had.
  func entry(at components: ArraySlice<String>) -> Recognition? {
    guard let first = components.first else { return .folder(self) }
    if components.count == 1, let file = files.first(where: { $0.displayPath == first }) {
      return .file(file)
    }
    guard var folder = folders.first(where: { $0.name == first })?.content else { return nil }
    folder.damage = folder.damage ?? damage
    return folder.entry(at: components.dropFirst())
  }

  /// A file that was added before; for use while members are being added.
  private func file(at components: ArraySlice<String>) -> FoundArtifact? {
    guard let first = components.first else { return nil }
    if components.count == 1 { return fileNumbers[first].map { files[$0] } }
    return folderNumbers[first].flatMap {
      folders[$0].content.file(at: components.dropFirst())
    }
  }

  private static func tooDeep(_ path: String, _ name: String) -> FoundArtifact {
    .passedOver(path, name, "more than \(depthLimit) folders deep")
  }

  private mutating func add(_ entry: Recognition, named name: String) {
    switch entry {
    case .file(let file): add(file)
    case .folder(let folder): add(folder, named: name)
    }
  }

  private mutating func add(_ file: FoundArtifact) {
    if let number = fileNumbers[file.displayPath] {
      files[number] = file
    } else {
      fileNumbers[file.displayPath] = files.count
      files.append(file)
    }
  }

  private mutating func add(_ folder: ArtifactFolder, named name: String) {
    if let number = folderNumbers[name] {
      folders[number].content = folder
    } else {
      folderNumbers[name] = folders.count
      folders.append((name, folder))
    }
  }

  private mutating func add(
    _ entry: Recognition, named name: String, below path: ArraySlice<String>
  ) {
    guard let first = path.first else { return add(entry, named: name) }
    if folderNumbers[first] == nil { add(ArtifactFolder(), named: first) }
    guard let number = folderNumbers[first] else { return }
    folders[number].content.add(entry, named: name, below: path.dropFirst())
  }

  private init() {}

  private mutating func sort() {
    files.sort { $0.displayPath.utf8.lexicographicallyPrecedes($1.displayPath.utf8) }
    folders.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for number in folders.indices { folders[number].content.sort() }
  }
}

/// What a file or a member turned out to be.
enum Recognition {
  case file(FoundArtifact)
  /// An archive.
  case folder(ArtifactFolder)

  /// Bytes of a member that are enough for `ArtifactFinder.sniffLength` bytes of its content: data
  /// that cannot be compressed grows by far less than this.
  static let storedPrefixLength = ArtifactFinder.sniffLength * 5 / 4

  /// - Throws: `IngestionError.unreadable` and `.expansion`.
  init(
    file path: String, shownAs shownPath: String? = nil, _ status: FileStatus,
    within limit: ExpansionLimit
  ) throws(IngestionError) {
    let prefix = try ArtifactFile(path: path).bytes(at: 0, length: ArtifactFinder.sniffLength)
    try self.init(
      at: ArtifactPlace(
        file: path, shownAs: shownPath, compression: Compression(prefix: prefix)),
      named: lastComponent(shownPath ?? path), size: status.size, modified: status.modified,
      prefix: prefix, level: 0, within: limit)
  }

  /// - Throws: `IngestionError.unreadable` and `.expansion`.
  fileprivate init(
    member: TarMember, named name: String, of archive: FoundArtifact, level: Int,
    within limit: ExpansionLimit
  ) throws(IngestionError) {
    let place = archive.place.member(
      at: member.offset, size: member.size, compression: Compression(prefix: member.prefix))
    if let phrase = member.kind.phrase {
      self = .file(
        FoundArtifact(
          place: place, displayPath: name, size: 0, modified: archive.modified, reader: nil,
          remark: .passedOver(phrase)))
    } else {
      try self.init(
        at: place, named: name, size: member.size, modified: archive.modified,
        prefix: member.prefix, level: level, within: limit)
    }
  }

  private init(
    at place: ArtifactPlace, named name: String, size: UInt64, modified: Int64, prefix: [UInt8],
    level: Int, within limit: ExpansionLimit
  ) throws(IngestionError) {
    var content = prefix
    if place.compression != nil {
      var bytes = ArtifactBytes(
        memory: prefix, compression: place.compression, path: place.shownPath, within: limit)
      content = try bytes.next(ArtifactFinder.sniffLength)
    }
    let isArchive = TarHeader.isHeader(content)
    var found = FoundArtifact(
      place: place, displayPath: name, size: size, modified: modified,
      reader: isArchive ? nil : TraceReaders.reader(sniffing: content.span.bytes))
    if isArchive, level < ArtifactFolder.archiveLimit {
      self = .folder(try ArtifactFolder(archive: found, level: level + 1, within: limit))
      return
    }
    if isArchive { found.remark = .passedOver("an archive inside three others; unpack it") }
    self = .file(found)
  }
}

extension FoundArtifact {
  fileprivate static func passedOver(
    _ path: String, _ name: String, _ phrase: String
  ) -> FoundArtifact {
    FoundArtifact(
      place: ArtifactPlace(file: path), displayPath: name, size: 0, modified: 0, reader: nil,
      remark: .passedOver(phrase))
  }

  fileprivate func renamed(_ name: String) -> FoundArtifact {
    var copy = self
    copy.displayPath = name
    return copy
  }
}

extension TarHeader.Kind {
  /// What a member is that has no content of its own; nil for files and folders.
  fileprivate var phrase: String? {
    switch self {
    case .file, .folder, .attributes, .commonAttributes, .longName, .longLink: nil
    case .hardLink: "a link to a member that is not there"
    case .symbolicLink: "a symbolic link in an archive"
    case .device: "a device"
    case .pipe: "a pipe"
    case .sparseFile: "a file with holes in an archive; unpack it"
    case .other(let flag): "a member of the kind \(flag) in an archive"
    }
  }
}
