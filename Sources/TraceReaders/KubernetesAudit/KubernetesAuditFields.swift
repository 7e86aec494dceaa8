import TraceModel
import WireFormats

/// The fields of a Kubernetes audit event.
enum KubernetesAuditField: Int {
  case kind, apiVersion, metadata, level, timestamp, auditID, stage, requestURI, verb
  case user, userName, userUID, userGroups, userExtra
  case impersonated, impersonatedName, impersonatedUID, impersonatedGroups, impersonatedExtra
  case authentication, impersonationConstraint
  case sourceIPs, userAgent
  case object, resource, namespace, name, objectUID, apiGroup, objectVersion, resourceVersion
  case subresource
  case response, responseMetadata, status, message, reason, details, code
  case requestObject, responseObject, received, staged, annotations
}

extension KubernetesAuditReader {
  static let outline = Outline.records(
    signs: ["level", "auditID", "stage", "verb", "requestURI", "user", "objectRef", "request"],
    lists: ["items"], others: ["kind", "apiVersion", "metadata"])

  static let table = FieldTable([
    .value("kind", KubernetesAuditField.kind),
    .value("apiVersion", KubernetesAuditField.apiVersion),
    .ignored("metadata", KubernetesAuditField.metadata),
    .value("level", KubernetesAuditField.level),
    .value("timestamp", KubernetesAuditField.timestamp),
    .value("auditID", KubernetesAuditField.auditID),
    .value("stage", KubernetesAuditField.stage),
    .value("requestURI", KubernetesAuditField.requestURI),
    .value("verb", KubernetesAuditField.verb),
    .object(
      "user", KubernetesAuditField.user,
      [
        .value("username", KubernetesAuditField.userName),
        .value("uid", KubernetesAuditField.userUID),
        .handed("groups", KubernetesAuditField.userGroups),
        .value("extra", KubernetesAuditField.userExtra),
      ]),
    .object(
      "impersonatedUser", KubernetesAuditField.impersonated,
      [
        .value("username", KubernetesAuditField.impersonatedName),
        .value("uid", KubernetesAuditField.impersonatedUID),
        .handed("groups", KubernetesAuditField.impersonatedGroups),
        .value("extra", KubernetesAuditField.impersonatedExtra),
      ]),
    .object(
      "authenticationMetadata", KubernetesAuditField.authentication,
      [.value("impersonationConstraint", KubernetesAuditField.impersonationConstraint)]),
    .handed("sourceIPs", KubernetesAuditField.sourceIPs),
    .value("userAgent", KubernetesAuditField.userAgent),
    .object(
      "objectRef", KubernetesAuditField.object,
      [
        .value("resource", KubernetesAuditField.resource),
        .value("namespace", KubernetesAuditField.namespace),
        .value("name", KubernetesAuditField.name),
        .value("uid", KubernetesAuditField.objectUID),
        .value("apiGroup", KubernetesAuditField.apiGroup),
        .value("apiVersion", KubernetesAuditField.objectVersion),
        .value("resourceVersion", KubernetesAuditField.resourceVersion),
        .value("subresource", KubernetesAuditField.subresource),
      ]),
    .object(
      "responseStatus", KubernetesAuditField.response,
      [
        .ignored("metadata", KubernetesAuditField.responseMetadata),
        .value("status", KubernetesAuditField.status),
        .value("message", KubernetesAuditField.message),
        .value("reason", KubernetesAuditField.reason),
        .value("details", KubernetesAuditField.details),
        .value("code", KubernetesAuditField.code),
      ]),
    .ignored("requestObject", KubernetesAuditField.requestObject),
    .ignored("responseObject", KubernetesAuditField.responseObject),
    .value("requestReceivedTimestamp", KubernetesAuditField.received),
    .value("stageTimestamp", KubernetesAuditField.staged),
    .value("annotations", KubernetesAuditField.annotations),
  ])

  /// The fields that become attributes of scope `authz`, with the attributes' names.
  static let attributes: [(field: KubernetesAuditField, name: String)] = [
    (.auditID, "request_id"), (.level, "level"), (.verb, "verb"), (.requestURI, "request_uri"),
    (.apiGroup, "api_group"), (.objectVersion, "api_version"), (.resource, "resource"),
    (.subresource, "subresource"), (.namespace, "namespace"), (.name, "name"),
    (.objectUID, "object_uid"), (.resourceVersion, "resource_version"),
    (.code, "status_code"), (.reason, "status_reason"), (.details, "status_details"),
    (.userAgent, "user_agent"), (.impersonationConstraint, "impersonation_constraint"),
  ]
}
