/// Names shortened for lists; the detail always has them in full.
package enum ShortText {
  /// `payments` of `serviceAccount:payments@shop.iam.gserviceaccount.com`; other principals as they
  /// are, so that a user and a service account of one name are told apart.
  package static func principal(_ principal: String) -> String {
    let prefix = "serviceAccount:"
    guard principal.hasPrefix(prefix) else { return named(principal) }
    let rest = principal.dropFirst(prefix.count)
    return rest.isEmpty ? principal : String(rest.prefix { $0 != "@" })
  }

  /// A principal's exact name; words where it has none.
  package static func named(_ principal: String) -> String {
    principal.isEmpty ? "an unnamed principal" : principal
  }

  /// The end of a resource name, which is what tells it from others: the last `parts` segments.
  package static func resource(_ resource: String, parts: Int = 4) -> String {
    let segments = resource.split(separator: "/", omittingEmptySubsequences: false)
    guard segments.count > parts else { return resource }
    return "…/" + segments.suffix(parts).joined(separator: "/")
  }
}
