/// How Cedar says the rungs: an entity's id can only be compared whole, so there is but the step to all.
struct CedarRungWords: RungWords {
  func pattern(
    for key: PermissionKey, on rung: Rung, among neighbours: [Name]
  ) throws(RungObjection) -> ResourcePattern {
    switch rung {
    case .exact: return .exact(key.resource)
    case .prefix: throw .notExpressible("ids of entities are compared whole")
    case .type: throw .notExpressible("a recording tells no types of resources")
    case .any: return .all
    }
  }
}
