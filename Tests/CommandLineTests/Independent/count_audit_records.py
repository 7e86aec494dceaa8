#!/usr/bin/env python3
"""Counts the decisions of cloud and Kubernetes audit logs, independently of Vestige.

Standard library only. Prints one JSON object: for each file given, what an importer must find by
the rules of docs/formats: decisions, refused and skipped records, decisions by outcome, and the
number of different principals. "damaged" counts the values that are not JSON. A file without a
record of a known format has the format "".

Usage: count_audit_records.py FILE...
"""

import collections
import json
import re
import sys

from count_records import Pairs, is_timestamp, values

LISTS = ("Records", "Events", "items", "entries")
ENVELOPES = ("detail", "data")
SIGNS = ("eventName", "eventVersion", "CloudTrailEvent", "auditID", "stage", "protoPayload",
         "insertId", "logName")


class Refused(Exception):
    pass


def text(record, *path):
    """The string at a path; "" when it is absent."""
    for name in path:
        if record is None:
            return ""
        if not isinstance(record, Pairs):
            raise Refused(name)
        record = record.get(name)
    if record is None:
        return ""
    if not isinstance(record, str):
        raise Refused(path)
    return record


def part(record, name):
    value = record.get(name)
    if value is not None and not isinstance(value, Pairs):
        raise Refused(name)
    return value if value is not None else Pairs()


def records(value):
    """The records of a value at the top; None for each one that is damaged or misplaced."""
    if isinstance(value, list) and not isinstance(value, Pairs):
        for element in value:
            yield from records(element)
    elif isinstance(value, Pairs) and not any(value.get(sign) for sign in SIGNS):
        wrapped = [(k, v) for k, v in value if k in LISTS + ENVELOPES and v is not None]
        if not wrapped:
            yield value
        for key, inner in wrapped:
            if key in ENVELOPES:
                yield inner if isinstance(inner, Pairs) else None
            elif isinstance(inner, Pairs) or not isinstance(inner, list):
                yield None
            else:
                for element in inner:
                    yield element if isinstance(element, Pairs) else None
    else:
        yield value


def count(data):
    tally = {"format": "", "decisions": 0, "refused": 0, "skipped": 0, "damaged": 0, "read": 0}
    outcomes = collections.Counter()
    found = []
    for value in values(data):
        if value is None:
            tally["damaged"] += 1
            found.append(None)
        else:
            found.extend(records(value))
    reader = reader_of(found)
    if reader is None:
        return {**tally, "outcomes": {}, "principals": 0}
    tally["format"] = reader.name
    for record in found:
        if record is None:
            tally["refused"] += 1
        elif not isinstance(record, Pairs):
            tally["skipped"] += 1
        else:
            try:
                tally[reader.take(record)] += 1
            except Refused:
                tally["refused"] += 1
    tally["decisions"] = len(reader.rows)
    for outcome, _ in reader.rows:
        outcomes[outcome] += 1
    principals = len({principal for _, principal in reader.rows})
    return {**tally, "outcomes": dict(outcomes), "principals": principals}


def reader_of(found):
    for record in found:
        if isinstance(record, Pairs):
            if record.get("CloudTrailEvent") or record.get("eventName"):
                return CloudTrail()
            if record.get("auditID"):
                return Kubernetes()
            if record.get("protoPayload") or record.get("logName"):
                return GoogleCloud()
    return None


class CloudTrail:
    name = "cloudtrail"

    def __init__(self):
        self.rows = []

    def take(self, event):
        embedded = event.get("CloudTrailEvent")
        if isinstance(embedded, str):
            event = next(iter(values(embedded.encode())))
            if not isinstance(event, Pairs):
                raise Refused
        source, name = text(event, "eventSource"), text(event, "eventName")
        if not source and not name:
            return "skipped"
        if not source or not name:
            raise Refused
        self.rows.append((self.outcome(event, source, name), self.principal(event)))
        return "read"

    def outcome(self, event, source, name):
        code, message = text(event, "errorCode"), text(event, "errorMessage")
        kind = text(event, "eventType") or "AwsApiCall"
        if kind != "AwsApiCall":
            failed = kind == "AwsConsoleSignIn" and message
            return "unauthenticated" if failed else "unknown"
        free = source.startswith("signin.") or (
            source.startswith("sts.") and name in ("GetCallerIdentity", "GetSessionToken"))
        if not code and not message:
            return "unknown" if free else "allow"
        if re.search(r"AccessDenied|UnauthorizedOperation$|^UnauthorizedAccess|^NotAuthorized"
                     r"|^UnauthorizedException|^AuthorizationError", code):
            return "deny"
        if "not authorized to perform" in message:
            return "deny"
        if re.match(r"(Client\.)?(InvalidClientTokenId|ExpiredToken|SignatureDoesNotMatch"
                    r"|AuthFailure|UnrecognizedClient|InvalidAccessKeyId|IncompleteSignature"
                    r"|MissingAuthenticationToken|InvalidSignature)", code):
            return "unauthenticated"
        if code.endswith("RequestLimitExceeded") or free:
            return "unknown"
        later = re.search(r"^NoSuch|NotFound|AlreadyExists|^ConditionalCheckFailed"
                          r"|LimitExceeded|DryRunOperation$", code)
        return "allowed-then-failed" if later else "unknown"

    def principal(self, event):
        who = part(event, "userIdentity")
        issuer = part(part(who, "sessionContext"), "sessionIssuer")
        kind = text(who, "type")
        names = [text(who, "arn"), text(who, "principalId"),
                 text(part(who, "onBehalfOf"), "userId"), text(who, "userName")]
        if (kind == "AssumedRole" or (not kind and text(issuer, "type") == "Role")) \
                and text(issuer, "arn"):
            names.insert(0, text(issuer, "arn"))
        elif kind in ("", "AWSService"):
            names.insert(0, text(who, "invokedBy"))
        usable = [n for n in names if n and n != "HIDDEN_DUE_TO_SECURITY_REASONS"]
        return usable[0] if usable else ""


class Kubernetes:
    name = "kubernetes-audit"
    STAGES = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"]

    def __init__(self):
        self.rows = []
        self.requests = {}

    def take(self, event):
        kind = event.get("kind")
        if kind is not None and kind != "Event":
            return "skipped"
        if not any(event.get(name) for name in ("auditID", "stage", "verb", "requestURI")):
            return "skipped"
        stage, verb = text(event, "stage"), text(event, "verb")
        if stage not in self.STAGES or not verb or not text(event, "auditID"):
            raise Refused
        if text(event, "apiVersion") not in ("", "audit.k8s.io/v1", "audit.k8s.io/v1beta1"):
            raise Refused
        ref = part(event, "objectRef")
        what = (verb, text(ref, "resource"), text(ref, "apiGroup"), text(ref, "subresource"))
        if not what[1]:
            if not text(event, "requestURI"):
                raise Refused
            what = (verb,)
        times = [event.get(n) for n in ("requestReceivedTimestamp", "stageTimestamp", "timestamp")]
        start = next((t for t in times if is_timestamp(t)), None)
        row = (self.outcome(event), self.principal(event))
        known = self.requests.get(text(event, "auditID"))
        if known and known["start"] == start and known["what"] == what \
                and stage not in known["stages"]:
            if self.STAGES.index(stage) > max(map(self.STAGES.index, known["stages"])):
                self.rows[known["row"]] = row
            known["stages"].append(stage)
            return "skipped"
        self.requests[text(event, "auditID")] = {
            "start": start, "what": what, "stages": [stage], "row": len(self.rows)}
        self.rows.append(row)
        return "read"

    def outcome(self, event):
        code = part(event, "responseStatus").get("code")
        decision = text(part(event, "annotations"), "authorization.k8s.io/decision")
        if not decision:
            return "unauthenticated" if code == 401 else "unknown"
        if decision == "allow":
            return "allowed-then-failed" if code is not None and code >= 400 else "allow"
        return "deny" if decision == "forbid" else "unknown"

    def principal(self, event):
        impersonated = event.get("impersonatedUser")
        return text(event, "impersonatedUser" if impersonated else "user", "username")


class GoogleCloud:
    name = "gcp-audit"

    def __init__(self):
        self.rows = []

    def take(self, entry):
        payload = entry.get("protoPayload")
        if payload is None:
            return "skipped"
        kind = text(payload, "@type")
        if kind and kind != "type.googleapis.com/google.cloud.audit.AuditLog":
            return "skipped"
        code = part(payload, "status").get("code") or 0
        who = part(payload, "authenticationInfo")
        principal = text(who, "principalSubject")
        if not principal:
            email = text(who, "principalEmail")
            service = email.endswith(".gserviceaccount.com")
            prefix = "serviceAccount:" if service else "user:"
            principal = prefix + email if "@" in email else email
        checks = payload.get("authorizationInfo") or []
        if not checks:
            if not text(payload, "methodName"):
                raise Refused
            outcome = {7: "deny", 16: "unauthenticated"}.get(code, "unknown")
            self.rows.append((outcome, principal))
        for check in checks:
            granted = check.get("granted")
            if granted is True and code != 16:
                outcome = "allowed-then-failed" if code else "allow"
            elif granted is None or granted is False:
                outcome = "unauthenticated" if code == 16 else "deny"
            else:
                outcome = "unknown"
            self.rows.append((outcome, principal))
        return "read"


if __name__ == "__main__":
    result = {}
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            result[path] = count(file.read())
    print(json.dumps(result, indent=1))
