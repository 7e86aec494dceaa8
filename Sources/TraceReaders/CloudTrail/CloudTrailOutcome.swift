import TraceModel

/// What an API call's error says about its authorization.
enum CloudTrailOutcome {
  /// - Parameters:
  ///   - code: the event's `errorCode`.
  ///   - message: the event's `errorMessage`.
  static func outcome(errorCode code: String, message: String) -> Outcome {
    if isDenial(code) || message.contains("not authorized to perform") { return .deny }
    if isUnauthenticated(code) { return .unauthenticated }
    return isLaterFailure(code) ? .allowedThenFailed : .unknown
  }

  private static func isDenial(_ code: String) -> Bool {
    code.contains("AccessDenied") || code.hasSuffix("UnauthorizedOperation")
      || code.hasPrefix("UnauthorizedAccess") || code.hasPrefix("NotAuthorized")
      || code.hasPrefix("UnauthorizedException") || code.hasPrefix("AuthorizationError")
  }

  /// The caller's identity could not be established.
  private static func isUnauthenticated(_ code: String) -> Bool {
    let codes = [
      "InvalidClientTokenId", "ExpiredToken", "SignatureDoesNotMatch", "AuthFailure",
      "UnrecognizedClient", "InvalidAccessKeyId", "MissingAuthenticationToken",
      "IncompleteSignature", "InvalidSignature",
    ]
    let bare = code.hasPrefix("Client.") ? code.dropFirst("Client.".count) : Substring(code)
    return codes.contains { bare.hasPrefix($0) }
  }

  /// The call got past authorization and failed because of what it found.
  private static func isLaterFailure(_ code: String) -> Bool {
    // EC2's name for throttling, which may come before authorization.
    if code.hasSuffix("RequestLimitExceeded") { return false }
    return code.hasPrefix("NoSuch") || code.contains("NotFound")
      || code.contains("AlreadyExists") || code.hasPrefix("ConditionalCheckFailed")
      || code.contains("LimitExceeded") || code.hasSuffix("DryRunOperation")
  }
}
