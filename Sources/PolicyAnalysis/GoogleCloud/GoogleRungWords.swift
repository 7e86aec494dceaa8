/// How Google Cloud says the rungs: a binding on a resource above, with a condition on type or name.
struct GoogleRungWords: RungWords {
  func pattern(
    for key: PermissionKey, on rung: Rung, among neighbours: [Name]
  ) throws(RungObjection) -> ResourcePattern {
    if rung == .exact { return .exact(key.resource) }
    let place = try GoogleRungWords.place(of: key.resource, on: rung, neighbours)
    switch (place.limit?.name, place.limit?.type) {
    case (.startsWith?, _):
      // In a condition the name has no project; recorded names have what their bucket has.
      return .prefix(place.beginning)
    case (nil, let type?):
      return .paths(GoogleRungWords.patterns(of: type, below: place.holder))
    default:
      return .paths([PathPattern(below: place.holder)])
    }
  }

  /// Where a rung is bound, and under what condition.
  struct Place {
    let holder: Name
    let limit: GoogleLimit?
    /// What recorded names begin with, where the condition is about their beginning.
    var beginning: Name = ""
  }

  static func place(
    of name: Name, on rung: Rung, _ neighbours: [Name]
  ) throws(RungObjection) -> Place {
    let resource = GoogleResource(name)
    guard let kind = resource.kind else { throw .notExpressible("it is of no known kind") }
    let isObject = kind.collection == "objects"
    switch rung {
    case .prefix where isObject:
      let start = resource.holder.utf8.count + "/objects/".utf8.count
      guard let prefix = name.prefix(endingAt: "/-", after: start, sharedWith: neighbours) else {
        throw .notExpressible("its name has no part that ends at '/' or '-'")
      }
      return beginning(prefix, resource)
    case .exact, .prefix:
      throw .notExpressible(
        "names of other resources than objects may hold a project's number in place of its id")
    case .type where isObject:
      return beginning(Name(resource.holder.text + "/objects/"), resource)
    case .type:
      guard let type = kind.type else { throw .notExpressible("no condition can tell its type") }
      guard let holder = kind.hasPolicy ? above(name) : resource.holder else {
        throw .nothingWider
      }
      return Place(holder: try named(holder), limit: GoogleLimit(type: type))
    case .any:
      guard let project = resource.project, name.segments.count > 2 else { throw .nothingWider }
      return Place(holder: try named(Name("projects/\(project)")), limit: nil)
    }
  }

  private static func beginning(_ prefix: Name, _ resource: GoogleResource) -> Place {
    let rest = prefix.segments.dropFirst(2).map(\.text).joined(separator: "/")
    return Place(
      holder: resource.holder, limit: GoogleLimit(name: .startsWith(Name("projects/_/" + rest))),
      beginning: prefix)
  }

  /// A bucket that does not tell its project says nothing about what is above it.
  private static func named(_ holder: Name) throws(RungObjection) -> Name {
    if holder == "projects/_" {
      throw .notExpressible("the record does not say in which project the resource is")
    }
    return holder
  }

  /// The nearest resource above that has an allow policy.
  private static func above(_ name: Name) -> Name? {
    GoogleEngine.chain(from: name).dropFirst().first {
      GoogleResource($0).kind?.hasPolicy ?? false
    }
  }

  /// All names of resources of a type below a place.
  private static func patterns(of type: String, below place: Name) -> [PathPattern] {
    let above = place.segments
    return GoogleResourceKind.all.filter { kind in
      kind.type == type && kind.pattern.count > above.count
        && zip(kind.pattern, above).allSatisfy { $0 == "*" || $0 == $1 }
    }.map { kind in
      PathPattern(
        above.map(PathPattern.Segment.text)
          + kind.pattern.dropFirst(above.count).map { $0 == "*" ? .one : .text($0) })
    }
  }
}

extension Statement {
  /// Where the statement is bound, and what limits it there.
  var googlePlace: (holder: Name, limit: GoogleLimit?) {
    let resource = GoogleResource(key.resource)
    guard let step else { return (resource.holder, resource.limit) }
    do throws(RungObjection) {
      let place = try GoogleRungWords.place(of: key.resource, on: step.rung, [])
      guard case .prefix(let name) = step.pattern else { return (place.holder, place.limit) }
      let rest = name.segments.dropFirst(2).map(\.text).joined(separator: "/")
      return (
        place.holder, GoogleLimit(name: .startsWith(Name("projects/_/" + rest)))
      )
    } catch { return (resource.holder, resource.limit) }
  }
}
