/// Takes statements of a policy up the ladder, and tells what each rung costs.
///
/// Made once for a policy; a price then takes one pass over the recorded resources of a service.
package struct GeneralizationLadder: Sendable {
  private struct Holder: Hashable {
    let principal: Name
    let permission: Name
  }

  /// A resource that was allowed or denied, with what its requests carried besides.
  private struct Place {
    let resource: Name
    let context: [ContextEntry]
  }

  private let words: any RungWords
  /// In order of resources.
  private var used: [Holder: [Place]] = [:]
  private var denied: [Holder: [Place]] = [:]
  /// Distinct resources that were recorded, by what the words call a family of permissions.
  private var recorded: [Name: [Name]] = [:]

  package init(_ dialect: PolicyDialect, _ usage: UsedPermissions) {
    words = dialect.rules.rungWords(usage)
    func holder(_ key: PermissionKey) -> Holder {
      Holder(principal: key.principal, permission: key.permission)
    }
    // Keys of one principal and permission are in order of resources.
    for key in usage.used.lazy.map(\.key) {
      used[holder(key), default: []].append(Place(resource: key.resource, context: key.context))
    }
    for key in usage.denied.lazy.map(\.key) {
      denied[holder(key), default: []].append(Place(resource: key.resource, context: key.context))
    }
    var recorded: [Name: Set<Name>] = [:]
    for key in usage.used.map(\.key) + usage.denied.map(\.key) {
      recorded[words.family(of: key.permission), default: []].insert(key.resource)
    }
    self.recorded = recorded.mapValues { $0.sorted() }
  }

  /// What the rungs that the dialect has any words for would reach for a statement, and cost, from
  /// the narrowest; those left out are too wide, or not to be said.
  package func steps(of statement: Statement, includesSensitive: Bool = false)
    -> [GeneralizationStep]
  {
    Rung.allCases.compactMap { rung in
      do throws(RungObjection) {
        return try step(of: statement, to: rung, includesSensitive: includesSensitive)
      } catch { return nil }
    }
  }

  /// What a rung would reach for a statement, and cost.
  ///
  /// - Throws: `RungObjection` when the statement cannot go there.
  package func step(
    of statement: Statement, to rung: Rung, includesSensitive: Bool = false
  ) throws(RungObjection) -> GeneralizationStep {
    let key = statement.key
    guard rung != .exact else {
      return GeneralizationStep(
        rung: .exact, pattern: .exact(key.resource), price: price(of: .exact(key.resource), key))
    }
    let pattern = try words.pattern(for: key, on: rung, among: neighbours(of: key))
    if !includesSensitive, let subject = words.sensitivity(of: key.permission) {
      throw .sensitive(subject)
    }
    let price = price(of: pattern, key)
    if price.denied > 0 { throw .deniedResources(price.denied) }
    return GeneralizationStep(rung: rung, pattern: pattern, price: price)
  }

  // MARK: Prices

  private func price(of pattern: ResourcePattern, _ key: PermissionKey) -> Price {
    let holder = Holder(principal: key.principal, permission: key.permission)
    func reached(_ places: [Place]) -> Set<Name> {
      Set(
        places.filter { place in
          key.context.allSatisfy(place.context.contains) && pattern.matches(place.resource)
        }.map(\.resource))
    }
    let covered = reached(used[holder] ?? [])
    let denied = reached(denied[holder] ?? []).subtracting(covered)
    if case .exact = pattern {
      return Price(
        covered: covered.count, admitted: 0, denied: 0, isBounded: words.isOne(key.resource))
    }
    let candidates = recorded[words.family(of: key.permission)] ?? []
    let admitted = candidates.count { resource in
      pattern.matches(resource) && !covered.contains(resource)
        && words.concerns(key.permission, resource)
    }
    return Price(
      covered: covered.count, admitted: admitted, denied: denied.count, isBounded: false)
  }

  /// The used resources before and behind this one, in order of names: no other has a longer
  /// beginning in common with it.
  private func neighbours(of key: PermissionKey) -> [Name] {
    let holder = Holder(principal: key.principal, permission: key.permission)
    let places = used[holder] ?? []
    var (low, high) = (0, places.count)
    while low < high {
      let middle = (low + high) / 2
      if places[middle].resource < key.resource { low = middle + 1 } else { high = middle }
    }
    let before = low > 0 ? places[low - 1].resource : nil
    let behind = places[low...].first { $0.resource != key.resource }?.resource
    return [before, behind].compactMap { $0 }
  }
}

// MARK: Policies

extension GeneralizationLadder {
  /// The statements on the rungs that are asked for, each as far as it can go.
  func applied(_ generalization: Generalization, to statements: [Statement]) -> [Statement] {
    statements.map { statement in
      let rung = generalization.rung(of: statement)
      if rung == .exact { return statement }
      do throws(RungObjection) {
        return statement.on(
          try step(
            of: statement, to: rung, includesSensitive: generalization.includesSensitive))
      } catch { return error == .nothingWider ? statement : statement.keptBack(error) }
    }
  }
}

/// The words that a dialect has for the rungs of the ladder.
protocol RungWords: Sendable {
  /// The pattern of a rung for what was recorded; `neighbours` are the names next to it among those
  /// on which the principal was allowed the same.
  ///
  /// - Throws: `RungObjection` when there are no words for it, or when they say nothing wider.
  func pattern(
    for key: PermissionKey, on rung: Rung, among neighbours: [Name]
  ) throws(RungObjection) -> ResourcePattern

  /// Why a permission is not widened without being asked for, in a few words; nil when it is.
  func sensitivity(of permission: Name) -> String?

  /// Permissions of one family may be needed on the resources that were recorded for any of them.
  func family(of permission: Name) -> Name

  /// Whether a permission could be needed on a resource that was recorded for its family.
  func concerns(_ permission: Name, _ resource: Name) -> Bool

  /// Whether a recorded name stands for one resource only.
  func isOne(_ resource: Name) -> Bool
}

extension RungWords {
  func sensitivity(of permission: Name) -> String? { SensitivePermission.subject(of: permission) }
  func family(of permission: Name) -> Name { permission.service }
  func concerns(_ permission: Name, _ resource: Name) -> Bool { true }
  func isOne(_ resource: Name) -> Bool { true }
}

/// The words of a dialect that has none.
struct NoRungWords: RungWords {
  func pattern(
    for key: PermissionKey, on rung: Rung, among neighbours: [Name]
  ) throws(RungObjection) -> ResourcePattern {
    throw .notExpressible("the dialect only names resources")
  }
}

extension Name {
  /// The name up to a delimiter: the last that it has in common with one of `neighbours`, or else the
  /// last of all; nil when there is none behind the first `start` bytes.
  ///
  /// What follows has a letter or digit: a name is not cut before mere wildcards.
  func prefix(
    endingAt delimiters: String, after start: Int, sharedWith neighbours: [Name]
  ) -> Name? {
    let bytes = Array(utf8)
    guard let last = bytes.lastIndex(where: isLetterOrDigit) else { return nil }
    let cuts = bytes.indices.filter { place in
      place >= start && place < last && delimiters.utf8.contains(bytes[place])
    }
    let shared = neighbours.map { zip(utf8, $0.utf8).prefix { $0 == $1 }.count }.max() ?? 0
    guard let cut = cuts.last(where: { $0 < shared }) ?? cuts.last else { return nil }
    return Name(String(decoding: bytes[...cut], as: UTF8.self))
  }

  private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte >= 0x80
  }
}
