import TraceModel
import WireFormats

/// The fields of an AuthzEvent 1.0.
enum AuthzField: Int {
  case schemaVersion, eventType, timestamp
  case trace, traceID, spanID, parentSpanID, requestID
  case actor, principal, principalType, groups, source, sourceChannel, sourceName
  case target, resource, resourceType, project, location, targetService
  case action, permission, method, api, apiProtocol, apiOperation
  case decision, outcome, reason, evaluatedBy, latency
  case policy, policyHash, matchedBindings
  case environment, mode, component, cluster, ci, ciProvider, ciRunID, ciJob
  case error, errorKind, errorMessage, errorRetryable
}

/// The fields of one matched binding.
enum BindingField: Int {
  case scope, scopeID, role, member, condition, conditionTitle, conditionExpression
  case conditionResult
}

extension AuthzEventReader {
  static let table = FieldTable(fields)
  static let bindingTable = FieldTable(bindingFields, prefix: "policy.matched_bindings.")

  private static let fields: [Field] = [
    .value("schema_version", AuthzField.schemaVersion),
    .value("event_type", AuthzField.eventType),
    .value("timestamp", AuthzField.timestamp),
    .object(
      "trace", AuthzField.trace,
      [
        .value("trace_id", AuthzField.traceID),
        .value("span_id", AuthzField.spanID),
        .value("parent_span_id", AuthzField.parentSpanID),
        .value("request_id", AuthzField.requestID),
      ]),
    .object(
      "actor", AuthzField.actor,
      [
        .value("principal", AuthzField.principal),
        .value("principal_type", AuthzField.principalType),
        .handed("groups", AuthzField.groups),
        .object(
          "source", AuthzField.source,
          [
            .value("channel", AuthzField.sourceChannel),
            .value("name", AuthzField.sourceName),
          ]),
      ]),
    .object(
      "target", AuthzField.target,
      [
        .value("resource", AuthzField.resource),
        .value("resource_type", AuthzField.resourceType),
        .value("project", AuthzField.project),
        .value("location", AuthzField.location),
        .value("service", AuthzField.targetService),
      ]),
    .object(
      "action", AuthzField.action,
      [
        .value("permission", AuthzField.permission),
        .value("method", AuthzField.method),
        .object(
          "api", AuthzField.api,
          [
            .value("protocol", AuthzField.apiProtocol),
            .value("operation", AuthzField.apiOperation),
          ]),
      ]),
    .object(
      "decision", AuthzField.decision,
      [
        .value("outcome", AuthzField.outcome),
        .value("reason", AuthzField.reason),
        .value("evaluated_by", AuthzField.evaluatedBy),
        .value("latency_ms", AuthzField.latency),
      ]),
    .object(
      "policy", AuthzField.policy,
      [
        .value("policy_hash", AuthzField.policyHash),
        .handed("matched_bindings", AuthzField.matchedBindings),
      ]),
    .object(
      "environment", AuthzField.environment,
      [
        .value("mode", AuthzField.mode),
        .value("component", AuthzField.component),
        .value("cluster", AuthzField.cluster),
        .object(
          "ci", AuthzField.ci,
          [
            .value("provider", AuthzField.ciProvider),
            .value("run_id", AuthzField.ciRunID),
            .value("job", AuthzField.ciJob),
          ]),
      ]),
    .object(
      "error", AuthzField.error,
      [
        .value("kind", AuthzField.errorKind),
        .value("message", AuthzField.errorMessage),
        .value("retryable", AuthzField.errorRetryable),
      ]),
  ]

  private static let bindingFields: [Field] = [
    .value("scope", BindingField.scope),
    .value("scope_id", BindingField.scopeID),
    .value("role", BindingField.role),
    .value("member", BindingField.member),
    .object(
      "condition", BindingField.condition,
      [
        .value("title", BindingField.conditionTitle),
        .value("expression", BindingField.conditionExpression),
        .value("result", BindingField.conditionResult),
      ]),
  ]

  /// The fields that become attributes of scope `authz`, with the attributes' names.
  static let attributes: [(field: AuthzField, name: String)] = [
    (.method, "method"), (.mode, "mode"), (.component, "component"),
    (.principalType, "principal_type"), (.sourceChannel, "source.channel"),
    (.sourceName, "source.name"), (.resourceType, "resource_type"), (.project, "project"),
    (.location, "location"), (.targetService, "target.service"),
    (.apiProtocol, "api.protocol"), (.apiOperation, "api.operation"),
    (.policyHash, "policy_hash"), (.cluster, "cluster"), (.ciProvider, "ci.provider"),
    (.ciRunID, "ci.run_id"), (.ciJob, "ci.job"), (.requestID, "request_id"),
    (.errorKind, "error.kind"), (.errorRetryable, "error.retryable"),
  ]

  /// The fields of a matched binding that become attributes; the item is the binding's ordinal.
  static let bindingAttributes: [(field: BindingField, name: String)] = [
    (.role, "role"), (.member, "member"), (.scope, "scope"), (.scopeID, "scope_id"),
    (.conditionTitle, "condition.title"), (.conditionExpression, "condition.expression"),
    (.conditionResult, "condition.result"),
  ]
}
