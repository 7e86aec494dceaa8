import TraceModel
import WireFormats

/// The fields of a log entry with an audit log as its payload.
enum GoogleCloudAuditField: Int {
  case insertID, logName, severity, timestamp, receiveTimestamp, labels
  case trace, spanID, traceSampled, httpRequest, sourceLocation, split, errorGroups, appHub
  case textPayload, jsonPayload
  case resource, resourceType, resourceLabels
  case operation, operationID, operationProducer, operationFirst, operationLast
  case payload, payloadType, serviceName, methodName, resourceName, responseItems
  case resourceLocation, originalState, policyViolation
  case request, response, metadata, serviceData
  case status, code, message, details
  case authentication, email, authoritySelector, thirdParty, subject, keyName, delegation
  case oauth, loggableShortLivedCredential
  case checks
  case requestMetadata, callerIP, callerAgent, callerNetwork, requestAttributes
  case destinationAttributes
}

/// The fields of an element of `authorizationInfo`.
enum AuthorizationCheckField: Int {
  case resource, permission, granted, permissionType, redactions
  case attributes, attributeService, attributeName, attributeType, attributeLabels
  case attributeAnnotations, attributeUID, attributeDisplayName, attributeCreated
  case attributeUpdated, attributeDeleted, attributeETag, attributeLocation
}

extension GoogleCloudAuditReader {
  static let outline = Outline.records(
    signs: [
      "protoPayload", "insertId", "logName", "textPayload", "jsonPayload", "receiveTimestamp",
    ],
    lists: ["entries"], envelopes: ["data"],
    others: [
      "nextPageToken", "specversion", "id", "source", "type", "subject", "time",
      "datacontenttype", "dataschema", "serviceName", "methodName", "resourceName",
      "recordedTime",
    ])

  static let table = FieldTable([
    .object("protoPayload", GoogleCloudAuditField.payload, payloadFields),
    .value("insertId", GoogleCloudAuditField.insertID),
    .object(
      "resource", GoogleCloudAuditField.resource,
      [
        .value("type", GoogleCloudAuditField.resourceType),
        .value("labels", GoogleCloudAuditField.resourceLabels),
      ]),
    .value("timestamp", GoogleCloudAuditField.timestamp),
    .value("severity", GoogleCloudAuditField.severity),
    .value("labels", GoogleCloudAuditField.labels),
    .value("logName", GoogleCloudAuditField.logName),
    .object(
      "operation", GoogleCloudAuditField.operation,
      [
        .value("id", GoogleCloudAuditField.operationID),
        .value("producer", GoogleCloudAuditField.operationProducer),
        .value("first", GoogleCloudAuditField.operationFirst),
        .value("last", GoogleCloudAuditField.operationLast),
      ]),
    .value("receiveTimestamp", GoogleCloudAuditField.receiveTimestamp),
    .value("trace", GoogleCloudAuditField.trace),
    .value("spanId", GoogleCloudAuditField.spanID),
    .ignored("traceSampled", GoogleCloudAuditField.traceSampled),
    .ignored("httpRequest", GoogleCloudAuditField.httpRequest),
    .ignored("sourceLocation", GoogleCloudAuditField.sourceLocation),
    .ignored("split", GoogleCloudAuditField.split),
    .ignored("errorGroups", GoogleCloudAuditField.errorGroups),
    .ignored("apphub", GoogleCloudAuditField.appHub),
    .ignored("textPayload", GoogleCloudAuditField.textPayload),
    .ignored("jsonPayload", GoogleCloudAuditField.jsonPayload),
  ])

  private static let payloadFields: [Field] = [
    .value("@type", GoogleCloudAuditField.payloadType),
    .object(
      "status", GoogleCloudAuditField.status,
      [
        .value("code", GoogleCloudAuditField.code),
        .value("message", GoogleCloudAuditField.message),
        .value("details", GoogleCloudAuditField.details),
      ]),
    .object(
      "authenticationInfo", GoogleCloudAuditField.authentication,
      [
        .value("principalEmail", GoogleCloudAuditField.email),
        .value("authoritySelector", GoogleCloudAuditField.authoritySelector),
        .value("thirdPartyPrincipal", GoogleCloudAuditField.thirdParty),
        .value("principalSubject", GoogleCloudAuditField.subject),
        .value("serviceAccountKeyName", GoogleCloudAuditField.keyName),
        .value("serviceAccountDelegationInfo", GoogleCloudAuditField.delegation),
        .value("oauthInfo", GoogleCloudAuditField.oauth),
        .value(
          "loggableShortLivedCredential", GoogleCloudAuditField.loggableShortLivedCredential),
      ]),
    .object(
      "requestMetadata", GoogleCloudAuditField.requestMetadata,
      [
        .value("callerIp", GoogleCloudAuditField.callerIP),
        .value("callerSuppliedUserAgent", GoogleCloudAuditField.callerAgent),
        .value("callerNetwork", GoogleCloudAuditField.callerNetwork),
        .value("requestAttributes", GoogleCloudAuditField.requestAttributes),
        .ignored("destinationAttributes", GoogleCloudAuditField.destinationAttributes),
      ]),
    .value("serviceName", GoogleCloudAuditField.serviceName),
    .value("methodName", GoogleCloudAuditField.methodName),
    .handed("authorizationInfo", GoogleCloudAuditField.checks),
    .value("resourceName", GoogleCloudAuditField.resourceName),
    .value("numResponseItems", GoogleCloudAuditField.responseItems),
    .value("resourceLocation", GoogleCloudAuditField.resourceLocation),
    .ignored("resourceOriginalState", GoogleCloudAuditField.originalState),
    .value("policyViolationInfo", GoogleCloudAuditField.policyViolation),
    .ignored("request", GoogleCloudAuditField.request),
    .ignored("response", GoogleCloudAuditField.response),
    .ignored("metadata", GoogleCloudAuditField.metadata),
    .ignored("serviceData", GoogleCloudAuditField.serviceData),
  ]

  static let checkTable = FieldTable(
    [
      .value("resource", AuthorizationCheckField.resource),
      .value("permission", AuthorizationCheckField.permission),
      .value("granted", AuthorizationCheckField.granted),
      .object(
        "resourceAttributes", AuthorizationCheckField.attributes,
        [
          .value("service", AuthorizationCheckField.attributeService),
          .value("name", AuthorizationCheckField.attributeName),
          .value("type", AuthorizationCheckField.attributeType),
          .ignored("labels", AuthorizationCheckField.attributeLabels),
          .ignored("annotations", AuthorizationCheckField.attributeAnnotations),
          .ignored("uid", AuthorizationCheckField.attributeUID),
          .ignored("displayName", AuthorizationCheckField.attributeDisplayName),
          .ignored("createTime", AuthorizationCheckField.attributeCreated),
          .ignored("updateTime", AuthorizationCheckField.attributeUpdated),
          .ignored("deleteTime", AuthorizationCheckField.attributeDeleted),
          .ignored("etag", AuthorizationCheckField.attributeETag),
          .ignored("location", AuthorizationCheckField.attributeLocation),
        ]),
      .value("permissionType", AuthorizationCheckField.permissionType),
      .ignored("redactions", AuthorizationCheckField.redactions),
    ], prefix: "protoPayload.authorizationInfo.")

  /// The fields that become attributes of scope `authz` of each of the entry's decisions.
  static let attributes: [(field: GoogleCloudAuditField, name: String)] = [
    (.methodName, "method"), (.insertID, "insert_id"), (.logName, "log_name"),
    (.severity, "severity"), (.trace, "trace"), (.resourceName, "resource_name"),
    (.resourceType, "monitored_resource"), (.resourceLabels, "monitored_resource_labels"),
    (.resourceLocation, "location"), (.labels, "labels"), (.operationID, "operation.id"),
    (.operationProducer, "operation.producer"), (.operationFirst, "operation.first"),
    (.operationLast, "operation.last"), (.email, "principal_email"),
    (.authoritySelector, "authority_selector"), (.thirdParty, "third_party_principal"),
    (.keyName, "service_account_key"), (.delegation, "delegation"), (.oauth, "oauth"),
    (.loggableShortLivedCredential, "short_lived_credential"), (.callerIP, "source_ip"),
    (.callerAgent, "user_agent"), (.callerNetwork, "source_network"),
    (.requestAttributes, "request_attributes"), (.responseItems, "response_items"),
    (.code, "status_code"), (.details, "status_details"),
    (.policyViolation, "policy_violation"),
  ]
}
