/// Policies of Cedar: what they are about, and when they apply.
package struct CedarPolicySet: Sendable, Equatable {
  package var policies: [CedarPolicy]

  package init(policies: [CedarPolicy] = []) { self.policies = policies }
}

/// Something with a type and an id: `Action::"get"`.
package struct CedarEntity: Hashable, Sendable {
  package let type: Name
  package let id: Name

  package init(type: Name, id: Name) {
    self.type = type
    self.id = id
  }
}

/// One `permit` or `forbid`.
package struct CedarPolicy: Sendable, Equatable {
  package enum Effect: String, Sendable { case permit, forbid }

  /// What a part of the head asks of the request.
  package enum Scope: Sendable, Equatable {
    case any
    case equals(CedarEntity)
    /// One of these. Entities have no parents here, so each is only in itself.
    case isIn(Set<CedarEntity>)
  }

  /// A `when`, or an `unless`.
  package struct Condition: Sendable, Equatable {
    package var isUnless: Bool
    package var expression: CedarExpression

    package init(isUnless: Bool, expression: CedarExpression) {
      self.isUnless = isUnless
      self.expression = expression
    }
  }

  /// The text of the annotation `@id`; empty without one.
  package var id: Name
  package var effect: Effect
  package var principal: Scope
  package var action: Scope
  package var resource: Scope
  package var conditions: [Condition] = []
  /// Numbers of the statements that the policy was made for, ascending; empty in one read from a file.
  package var statements: [Int] = []

  package init(
    id: Name = "", effect: Effect = .permit, principal: Scope = .any, action: Scope = .any,
    resource: Scope = .any, conditions: [Condition] = [], statements: [Int] = []
  ) {
    self.id = id
    self.effect = effect
    self.principal = principal
    self.action = action
    self.resource = resource
    self.conditions = conditions
    self.statements = statements
  }
}

/// What a condition says.
package indirect enum CedarExpression: Sendable, Equatable {
  package enum Variable: String, Sendable, CaseIterable { case principal, action, resource }

  case boolean(Bool)
  case variable(Variable)
  case entity(CedarEntity)
  case entities(Set<CedarEntity>)
  case equal(CedarExpression, CedarExpression)
  case isIn(CedarExpression, CedarExpression)
  case not(CedarExpression)
  case and(CedarExpression, CedarExpression)
  case or(CedarExpression, CedarExpression)
}

/// What is asked of Cedar.
package struct CedarRequest: Hashable, Sendable {
  package var principal: CedarEntity
  package var action: CedarEntity
  package var resource: CedarEntity

  package init(principal: CedarEntity, action: CedarEntity, resource: CedarEntity) {
    self.principal = principal
    self.action = action
    self.resource = resource
  }
}
