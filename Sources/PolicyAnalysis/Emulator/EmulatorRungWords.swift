/// How the emulator says the one rung it has: by the policy of the resource above, which counts for
/// all below it that have no policy of their own.
struct EmulatorRungWords: RungWords {
  func pattern(
    for key: PermissionKey, on rung: Rung, among neighbours: [Name]
  ) throws(RungObjection) -> ResourcePattern {
    switch rung {
    case .exact: return .exact(key.resource)
    case .type: throw .notExpressible("the emulator inherits whatever the type")
    case .any: throw .notExpressible("a policy file only reaches resources below projects/")
    case .prefix: break
    }
    guard EmulatorPlace(key.resource) != nil else {
      throw .notExpressible("a policy file only reaches resources below projects/")
    }
    let segments = key.resource.segments
    guard segments.count >= 4 else { throw .nothingWider }
    return .paths([PathPattern(segments.dropLast(2).map(PathPattern.Segment.text) + [.pairs])])
  }
}

extension Statement {
  /// The resource in whose policy the statement stands.
  var emulatorPlace: Name {
    if step == nil { return key.resource }
    return Name(key.resource.segments.dropLast(2).map(\.text).joined(separator: "/"))
  }
}
