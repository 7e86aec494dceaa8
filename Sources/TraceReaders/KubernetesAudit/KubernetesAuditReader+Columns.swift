import TraceModel
import WireFormats

/// The annotations of an audit event; what is said of the authorization is told from the rest.
struct AuditAnnotations: Sendable {
  private(set) var decision = FieldValue.absent
  private(set) var reason = FieldValue.absent
  /// In the order of the event.
  private(set) var others: [(name: FieldValue, value: FieldValue)] = []
  /// Not an object of strings, or one of the two that matter is there twice.
  private(set) var isAmbiguous = false

  mutating func read(_ annotations: FieldValue, in bytes: RawSpan) {
    (decision, reason, isAmbiguous) = (.absent, .absent, false)
    others.removeAll(keepingCapacity: true)
    if annotations.isMissing { return }
    var tokens = JSONTokens(annotations.range)
    guard case .beginObject = tokens.next(in: bytes) else { return isAmbiguous = true }
    while case .key(let name) = tokens.next(in: bytes) {
      let token = tokens.next(in: bytes)
      guard case .scalar(let value) = token, value.isString else {
        tokens.pass(behind: token, in: bytes)
        isAmbiguous = true
        continue
      }
      if name.isText("authorization.k8s.io/decision", in: bytes) {
        isAmbiguous = isAmbiguous || !decision.isMissing
        decision = value
      } else if name.isText("authorization.k8s.io/reason", in: bytes) {
        isAmbiguous = isAmbiguous || !reason.isMissing
        reason = value
      } else {
        others.append((name, value))
      }
    }
  }
}

extension KubernetesAuditReader {
  /// Whether the request was made in another user's name; then that one was authorized.
  var isImpersonated: Bool { !event.value(KubernetesAuditField.impersonated).isMissing }

  mutating func fillColumns(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    if annotations.isAmbiguous { refuse(.invalidField, "annotations") }
    row.service = batch.strings.intern("kube-apiserver")
    row.principal =
      isImpersonated
      ? column(
        event.value(KubernetesAuditField.impersonatedName), "impersonatedUser.username", bytes,
        &batch)
      : column(event.value(KubernetesAuditField.userName), "user.username", bytes, &batch)
    row.message = column(
      event.value(KubernetesAuditField.message), "responseStatus.message", bytes, &batch)
    fillPermission(&row, bytes, &batch)
    fillOutcome(&row, bytes, &batch)
  }

  // MARK: Permission and target

  /// `verb:resource.group/subresource` on an object of the API, `verb:nonResourceURLs` on a path.
  private mutating func fillPermission(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let verb = requestPart(.verb, "verb", bytes)
    if verb.isEmpty { refuse(.missingField, "verb") }
    let resource = requestPart(.resource, "objectRef.resource", bytes)
    var permission = verb + ":"
    if resource.isEmpty {
      permission += "nonResourceURLs"
      let path = requestPart(.requestURI, "requestURI", bytes).prefix { $0 != "?" }
      if path.isEmpty { refuse(.missingField, "requestURI") }
      row.target = batch.strings.intern(String(path))
    } else {
      let group = requestPart(.apiGroup, "objectRef.apiGroup", bytes)
      let subresource = requestPart(.subresource, "objectRef.subresource", bytes)
      permission += resource
      if !group.isEmpty { permission += "." + group }
      if !subresource.isEmpty { permission += "/" + subresource }
      let target = target(verb, resource, subresource, bytes)
      row.target = batch.strings.intern(target)
    }
    row.permission = batch.strings.intern(permission)
    row.name = row.permission
  }

  /// `namespaces/shop/secrets/smtp`; a collection where the request names no object of it.
  private mutating func target(
    _ verb: String, _ resource: String, _ subresource: String, _ bytes: RawSpan
  ) -> String {
    let namespace = requestPart(.namespace, "objectRef.namespace", bytes)
    var name = requestPart(.name, "objectRef.name", bytes)
    // The name of what was created is known afterwards; it was no part of what was authorized.
    if verb == "deletecollection" || (verb == "create" && subresource.isEmpty) { name = "" }
    var target = resource
    if !namespace.isEmpty && resource != "namespaces" {
      target = "namespaces/\(namespace)/\(resource)"
    }
    return name.isEmpty ? target : target + "/" + name
  }

  private mutating func requestPart(
    _ field: KubernetesAuditField, _ path: String, _ bytes: RawSpan
  ) -> String {
    let value = event.value(field)
    if !value.isMissing && !value.isString { refuse(.invalidField, path) }
    return value.string(in: bytes)
  }

  // MARK: Outcome

  /// The annotation says what was decided; the status code only what became of the request.
  private mutating func fillOutcome(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let code = event.value(KubernetesAuditField.code)
    let status = number(code, "responseStatus.code", bytes)
    let decision = annotations.decision
    row.outcome = .unknown
    if decision.isMissing {
      if status == 401 { row.outcome = .unauthenticated }
      return
    }
    row.reason = intern(annotations.reason, bytes, &batch)
    if decision.isText("forbid", in: bytes) {
      row.outcome = .deny
    } else if decision.isText("allow", in: bytes) {
      if let status {
        row.outcome = status >= 400 ? .allowedThenFailed : .allow
      } else if code.isMissing {
        row.outcome = .allow
      }
    } else {
      replaced("annotations.authorization.k8s.io/decision", decision)
    }
    let isRBAC = batch.strings.string(row.reason).hasPrefix("RBAC: ")
    row.evaluator = batch.strings.intern(isRBAC ? "RBAC" : "kube-apiserver")
  }
}
