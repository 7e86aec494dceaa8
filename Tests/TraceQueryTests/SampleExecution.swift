import TestSupport
import TraceIndex
import TraceModel

@testable import TraceQuery

/// The sample, built once: an index never changes.
let sample = Result { try sampleIndex() }

/// A checkout that fails because a secret is denied, a health check, and rows of no trace.
///
/// ```
/// trace 1   0 POST /checkout          gateway    0–412 ms   error   server
///           1   create order          orders     5–400 ms
///           2     GET /stock          inventory  10–60 ms   client  200
///           3     POST /charge        payments   70–390 ms  error   client  503, an exception
///           4       secretmanager.versions.access           deny, joined, 12 ms
/// trace 2   5 GET /health             gateway    1000–1001 ms   ok
///           6 late                    orders     1100–1110 ms   orphan
/// no trace  7 storage.objects.get     2000 ms    allow
///           8 storage.objects.delete  2100 ms    allowed-then-failed
///           9 cloudkms.keys.get       2200 ms    error
///          10 disk full               2300 ms    log
/// ```
private func sampleIndex() throws -> TraceIndex {
  var builder = TraceBuilder(artifact: "shop/orders.jsonl")
  builder.span(
    "POST /checkout", id: 1, at: 0, for: 412, service: "gateway", kind: .server, status: .error,
    attributes: ["http.method": "POST", "tags": "[\"slow\",\"new \\\"x\\\"\",7]"])
  builder.batch.attributes[1].type = .structure
  builder.batch.rows[0].resource = 0
  builder.span("create order", id: 2, parent: 1, at: 5, for: 395, service: "orders")
  builder.batch.rows[1].resource = 1
  builder.span(
    "GET /stock", id: 3, parent: 2, at: 10, for: 50, service: "inventory", kind: .client,
    attributes: ["http.status_code": "200", "ratio": "0.5", "http.method": "GET"])
  builder.span(
    "POST /charge", id: 4, parent: 2, at: 70, for: 320, service: "payments", kind: .client,
    status: .error, message: "secret unavailable",
    attributes: ["http.status_code": "503", "ratio": "1e1"])
  builder.event("exception", at: 388)
  builder.decision(
    .deny, "serviceAccount:payments@shop", "secretmanager.versions.access",
    on: "projects/shop/secrets/prod-db", in: 1, span: 4, at: 100, latency: 12,
    reason: "no_matching_binding", service: "secrets",
    attributes: ["method": "CheckPermission", "principal_type": "robot"])
  builder.span("GET /health", in: 2, id: 9, at: 1_000, service: "gateway", status: .ok)
  builder.span("late", in: 2, id: 10, parent: 99, at: 1_100, for: 10, service: "orders")
  builder.decision(
    .allow, "user:ann@example.com", "storage.objects.get", on: "projects/shop/buckets/a",
    at: 2_000, reason: "binding_match",
    attributes: ["role": "roles/viewer", "method": "CheckPermission"])
  builder.decision(
    .allowedThenFailed, "user:bob@example.com", "storage.objects.delete",
    on: "projects/lab/buckets/a", at: 2_100, latency: 3)
  builder.decision(.error, "", "cloudkms.keys.get", on: "key", at: 2_200)
  addLog(to: &builder)
  addResources(to: &builder)
  return try builder.index(name: "baseline")
}

private func addLog(to builder: inout TraceBuilder) {
  var row = RecordRow()
  row.kind = .log
  row.start = TraceBuilder.epoch + 2_300_000_000
  row.name = builder.batch.strings.intern("Disk FULL")
  row.offset = 10_000_000
  row.artifact = 1
  builder.batch.artifacts.append(ArtifactRecord(path: "shop/log.jsonl"))
  builder.batch.rows.append(row)
}

private func addResources(to builder: inout TraceBuilder) {
  for host in ["alpha", "beta"] {
    let first = UInt32(builder.batch.resourceAttributes.count)
    let key = builder.batch.key(.resource, builder.batch.strings.intern("host.name"))
    builder.batch.resourceAttributes.append(
      RecordAttribute(key: key, value: builder.batch.strings.intern(host), type: .string))
    builder.batch.resources.append(RecordResource(firstAttribute: first, attributeCount: 1))
  }
}

/// The rows a query finds, in the order of the result.
func rows(
  _ text: String, in index: TraceIndex, context: QueryContext = QueryContext(),
  macros: [String: String] = [:]
) throws -> [Int] {
  let query = try Query(parsing: text, macros: macros, index: index)
  switch try evaluate(query, in: index, context: context) {
  case .rows(let rows): return Array(rows)
  case .ordered(let rows): return rows
  case .table(let table): return table.rows.compactMap(\.firstRow)
  }
}
