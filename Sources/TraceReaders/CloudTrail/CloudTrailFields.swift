import TraceModel
import WireFormats

/// The fields of a CloudTrail event.
enum CloudTrailField: Int {
  case eventVersion, eventTime, eventSource, eventName, eventType, eventCategory
  case eventID, requestID, sharedEventID, region, sourceIP, userAgent, apiVersion
  case readOnly, managementEvent, recipientAccount, errorCode, errorMessage
  case requestParameters, responseElements, additionalEventData, serviceEventDetails, resources
  case vpcEndpoint, vpcEndpointAccount, sessionFromConsole, tlsDetails, addendum, eventContext
  case edgeDevice, insight
  case identity, identityType, principalID, arn, account, accessKey, userName, invokedBy
  case identityProvider, credentialID, inScopeOf
  case onBehalfOf, onBehalfOfUser, identityStore
  case session, sessionAttributes, sessionCreated, sessionMFA, webIdentity, sourceIdentity
  case roleDelivery, assumedRoot
  case issuer, issuerType, issuerPrincipalID, issuerARN, issuerAccount, issuerUserName
  /// The whole event as the text of a string, in what `LookupEvents` returns.
  case embeddedEvent
  case summaryID, summaryName, summaryReadOnly, summaryAccessKey, summaryTime, summarySource
  case summaryUser, summaryResources
}

/// The fields of an element of `resources`.
enum CloudTrailResourceField: Int {
  case arn, account, type, prefix
}

extension CloudTrailReader {
  static let outline = Outline.records(
    signs: [
      "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "eventID",
      "awsRegion", "requestID", "CloudTrailEvent", "EventId",
    ],
    lists: ["Records", "Events"], envelopes: ["detail"],
    others: [
      "version", "id", "detail-type", "source", "account", "time", "region", "resources",
      "replay-name", "NextToken",
    ])

  static let table = FieldTable(fields)

  private static let fields: [Field] =
    [
      .value("eventVersion", CloudTrailField.eventVersion),
      .object("userIdentity", CloudTrailField.identity, identityFields),
      .value("eventTime", CloudTrailField.eventTime),
      .value("eventSource", CloudTrailField.eventSource),
      .value("eventName", CloudTrailField.eventName),
      .value("awsRegion", CloudTrailField.region),
      .value("sourceIPAddress", CloudTrailField.sourceIP),
      .value("userAgent", CloudTrailField.userAgent),
      .value("errorCode", CloudTrailField.errorCode),
      .value("errorMessage", CloudTrailField.errorMessage),
      .handed("requestParameters", CloudTrailField.requestParameters),
      .ignored("responseElements", CloudTrailField.responseElements),
      .value("additionalEventData", CloudTrailField.additionalEventData),
      .value("requestID", CloudTrailField.requestID),
      .value("eventID", CloudTrailField.eventID),
      .value("readOnly", CloudTrailField.readOnly),
      .handed("resources", CloudTrailField.resources),
      .value("eventType", CloudTrailField.eventType),
      .value("apiVersion", CloudTrailField.apiVersion),
      .value("managementEvent", CloudTrailField.managementEvent),
      .value("recipientAccountId", CloudTrailField.recipientAccount),
      .value("serviceEventDetails", CloudTrailField.serviceEventDetails),
      .value("sharedEventID", CloudTrailField.sharedEventID),
      .value("vpcEndpointId", CloudTrailField.vpcEndpoint),
      .value("vpcEndpointAccountId", CloudTrailField.vpcEndpointAccount),
      .value("eventCategory", CloudTrailField.eventCategory),
      .value("sessionCredentialFromConsole", CloudTrailField.sessionFromConsole),
      .value("addendum", CloudTrailField.addendum),
      .value("eventContext", CloudTrailField.eventContext),
      .value("edgeDeviceDetails", CloudTrailField.edgeDevice),
      .value("insightDetails", CloudTrailField.insight),
      .ignored("tlsDetails", CloudTrailField.tlsDetails),
      .value("CloudTrailEvent", CloudTrailField.embeddedEvent),
    ] + lookupFields

  /// `LookupEvents` repeats a few fields of the event beside it.
  private static let lookupFields: [Field] = [
    .ignored("EventId", CloudTrailField.summaryID),
    .ignored("EventName", CloudTrailField.summaryName),
    .ignored("ReadOnly", CloudTrailField.summaryReadOnly),
    .ignored("AccessKeyId", CloudTrailField.summaryAccessKey),
    .ignored("EventTime", CloudTrailField.summaryTime),
    .ignored("EventSource", CloudTrailField.summarySource),
    .ignored("Username", CloudTrailField.summaryUser),
    .ignored("Resources", CloudTrailField.summaryResources),
  ]

  private static let identityFields: [Field] = [
    .value("type", CloudTrailField.identityType),
    .value("principalId", CloudTrailField.principalID),
    .value("arn", CloudTrailField.arn),
    .value("accountId", CloudTrailField.account),
    .value("accessKeyId", CloudTrailField.accessKey),
    .value("userName", CloudTrailField.userName),
    .object("sessionContext", CloudTrailField.session, sessionFields),
    .value("invokedBy", CloudTrailField.invokedBy),
    .value("identityProvider", CloudTrailField.identityProvider),
    .value("credentialId", CloudTrailField.credentialID),
    .object(
      "onBehalfOf", CloudTrailField.onBehalfOf,
      [
        .value("userId", CloudTrailField.onBehalfOfUser),
        .value("identityStoreArn", CloudTrailField.identityStore),
      ]),
    .value("inScopeOf", CloudTrailField.inScopeOf),
  ]

  private static let sessionFields: [Field] = [
    .object(
      "sessionIssuer", CloudTrailField.issuer,
      [
        .value("type", CloudTrailField.issuerType),
        .value("principalId", CloudTrailField.issuerPrincipalID),
        .value("arn", CloudTrailField.issuerARN),
        .value("accountId", CloudTrailField.issuerAccount),
        .value("userName", CloudTrailField.issuerUserName),
      ]),
    .value("webIdFederationData", CloudTrailField.webIdentity),
    .object(
      "attributes", CloudTrailField.sessionAttributes,
      [
        .value("creationDate", CloudTrailField.sessionCreated),
        .value("mfaAuthenticated", CloudTrailField.sessionMFA),
      ]),
    .value("ec2RoleDelivery", CloudTrailField.roleDelivery),
    .value("sourceIdentity", CloudTrailField.sourceIdentity),
    .value("assumedRoot", CloudTrailField.assumedRoot),
  ]

  static let resourceTable = FieldTable(
    [
      .value("ARN", CloudTrailResourceField.arn),
      .value("accountId", CloudTrailResourceField.account),
      .value("type", CloudTrailResourceField.type),
      .value("ARNPrefix", CloudTrailResourceField.prefix),
    ], prefix: "resources.")

  /// The fields that become attributes of scope `authz`, with the attributes' names.
  static let attributes: [(field: CloudTrailField, name: String)] = [
    (.eventSource, "event_source"), (.eventName, "event_name"), (.eventType, "event_type"),
    (.eventCategory, "event_category"), (.requestID, "request_id"), (.eventID, "event_id"),
    (.sharedEventID, "shared_event_id"), (.region, "region"),
    (.recipientAccount, "recipient_account"), (.sourceIP, "source_ip"),
    (.userAgent, "user_agent"), (.apiVersion, "api_version"), (.readOnly, "read_only"),
    (.managementEvent, "management_event"), (.identityType, "principal_type"),
    (.principalID, "principal_id"), (.arn, "identity.arn"), (.account, "identity.account"),
    (.accessKey, "access_key"), (.userName, "identity.user_name"), (.invokedBy, "invoked_by"),
    (.identityProvider, "identity_provider"), (.credentialID, "credential_id"),
    (.inScopeOf, "in_scope_of"), (.onBehalfOfUser, "on_behalf_of"),
    (.identityStore, "identity_store"), (.issuerType, "issuer.type"), (.issuerARN, "issuer.arn"),
    (.issuerAccount, "issuer.account"), (.sessionMFA, "session.mfa"),
    (.sessionCreated, "session.created"), (.webIdentity, "session.web_identity"),
    (.sourceIdentity, "session.source_identity"), (.assumedRoot, "session.assumed_root"),
    (.sessionFromConsole, "session.from_console"), (.vpcEndpoint, "vpc_endpoint"),
    (.vpcEndpointAccount, "vpc_endpoint_account"),
    (.additionalEventData, "additional_event_data"),
    (.serviceEventDetails, "service_event_details"), (.addendum, "addendum"),
    (.eventContext, "event_context"), (.edgeDevice, "edge_device"),
    (.insight, "insight_details"),
  ]

  /// The fields of an element of `resources` that become attributes; the item is its ordinal.
  static let resourceAttributes: [(field: CloudTrailResourceField, name: String)] = [
    (.arn, "resource"), (.type, "resource_type"), (.account, "resource_account"),
    (.prefix, "resource_prefix"),
  ]
}
