/// A smallest part of an existing policy that gives somebody something.
package struct StandingGrant: Hashable, Sendable {
  /// The binding or statement, as people find it in the file.
  package let place: String
  /// The member as written: perhaps a group, or everybody.
  package let principal: Name
  /// As written, perhaps a pattern.
  package let permission: Name
  /// A resource, a place that all below belongs to, or a pattern.
  package let resource: Name
  /// As written; nil when there is none.
  package let condition: String?

  package init(
    place: String, principal: Name, permission: Name, resource: Name, condition: String? = nil
  ) {
    self.place = place
    self.principal = principal
    self.permission = permission
    self.resource = resource
    self.condition = condition
  }
}

/// The grants of a policy, made when they are asked for: a role may have thousands of permissions and
/// a binding thousands of members.
package struct StandingGrants: RandomAccessCollection, Sendable {
  /// What a binding or statement gives: every permission to every principal on every resource.
  package struct Block: Sendable {
    package let place: String
    package let principals: [Name]
    package let permissions: [Name]
    package let resources: [Name]
    package let condition: String?

    package init(
      place: String, principals: [Name], permissions: [Name], resources: [Name],
      condition: String? = nil
    ) {
      self.place = place
      self.principals = principals
      self.permissions = permissions
      self.resources = resources
      self.condition = condition
    }

    fileprivate var count: Int { principals.count * permissions.count * resources.count }
  }

  package private(set) var blocks: [Block] = []
  /// The number of the first grant of each block.
  private var starts: [Int] = []
  package private(set) var endIndex = 0

  package init(_ blocks: [Block] = []) {
    for block in blocks { append(block) }
  }

  /// Adds what a binding or statement gives.
  package mutating func append(_ block: Block) {
    blocks.append(block)
    starts.append(endIndex)
    endIndex += block.count
  }

  package var startIndex: Int { 0 }

  package subscript(number: Int) -> StandingGrant {
    let block = blocks[self.block(of: number)]
    let rest = number - starts[self.block(of: number)]
    let resources = block.resources.count
    let permissions = block.permissions.count
    return StandingGrant(
      place: block.place, principal: block.principals[rest / resources / permissions],
      permission: block.permissions[rest / resources % permissions],
      resource: block.resources[rest % resources], condition: block.condition)
  }

  /// The number of the grant that the parts of a block with these positions make.
  package func number(block: Int, principal: Int, permission: Int, resource: Int) -> Int {
    let parts = blocks[block]
    return starts[block]
      + (principal * parts.permissions.count + permission) * parts.resources.count + resource
  }

  /// The position in `blocks` of the binding or statement that has the grant.
  package func block(of number: Int) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= number { low = middle } else { high = middle }
    }
    return low
  }
}
