#!/usr/bin/env python3
"""Counts the records of AuthzEvent, OTLP/JSON, Jaeger and Zipkin artifacts, independently of Vestige.

Standard library only. Prints one JSON object: for each file given, what an importer must find:
spans, decisions, logs (log records that carry a trace id), refused and skipped records, by the
rules of docs/formats. "damaged" counts the values that are not JSON; behind one in a document
the records before the damage are not counted, so such a file is no yardstick.

Usage: count_records.py FILE...
"""

import base64
import binascii
import datetime
import json
import re
import sys


class Pairs(list):
    """An object as its list of (key, value), so that duplicate keys can be seen."""

    def get(self, *names):
        for key, value in self:
            if key in names and value is not None:
                return value
        return None

    def has_duplicates(self, *known):
        keys = [key for key, _ in self if key in known]
        return len(keys) != len(set(keys))


def refuse_constant(text):
    raise ValueError(text)


DECODER = json.JSONDecoder(object_pairs_hook=Pairs, parse_constant=refuse_constant, strict=True)
SPACE = " \t\r\n"


def values(data):
    """The JSON values of an artifact; None for each one that is damaged."""
    # Bytes that are not UTF-8 become lone surrogates, which no valid input decodes to.
    text = data.decode("utf-8", "surrogateescape")
    position = 1 if text.startswith("\ufeff") else 0
    lines = None  # None: undecided; True: one value a line
    previous_end = None
    previous_has_newline = False
    while True:
        start = position
        while start < len(text) and text[start] in SPACE:
            start += 1
        if start == len(text):
            return
        if lines is None and previous_end is not None:
            if previous_has_newline:
                lines = False
            elif "\n" in text[previous_end:start]:
                lines = True
        limit = len(text)
        if lines:
            limit = text.find("\n", start)
            limit = len(text) if limit < 0 else limit
        try:
            value, position = DECODER.raw_decode(text if not lines else text[:limit], start)
            source = text[start:position]
            if re.search("[\udc80-\udcff]", source):
                raise ValueError("not UTF-8")
        except (ValueError, RecursionError) as error:
            yield None
            previous_end = None
            at = getattr(error, "pos", start)
            position = next_start(text, start, at, lines)
            continue
        yield value
        previous_end, previous_has_newline = position, "\n" in source


def next_start(text, start, at, lines):
    """Where to go on behind damage at `at` in the value that began at `start`."""
    if lines:
        end = text.find("\n", start)
        return len(text) if end < 0 else end + 1
    if start < at < len(text) and text[at - 1] == "\n" and text[at] in "{[":
        return at
    match = re.compile(r"\n(?=[{\[])").search(text, at)
    return match.end() if match else len(text)


def count(data):
    counts = {"format": "", "spans": 0, "decisions": 0, "logs": 0, "refused": 0, "skipped": 0,
              "damaged": 0}
    if count_protobuf(data, counts):
        return counts
    found = list(values(data))
    records = []
    for value in found:
        top_array = isinstance(value, list) and not isinstance(value, Pairs)
        records.extend(value if top_array else [value])
    counts["format"] = format_of(records)
    for record in records:
        if record is None:
            counts["refused"] += 1
            counts["damaged"] += 1
        elif counts["format"] == "authz-event":
            counts[authz_fate(record)] += 1
        elif counts["format"] == "jaeger-json":
            count_jaeger(record, counts)
        elif counts["format"] == "zipkin-json":
            count_zipkin(record, counts)
        else:
            count_otlp(record, counts)
    return counts


def format_of(records):
    """By what the records have that no other format has; OTLP when there is nothing."""
    for record in flat(records, 1):
        if not isinstance(record, Pairs):
            continue
        if record.get("event_type"):
            return "authz-event"
        if record.get("traceId") and record.get("id"):
            return "zipkin-json"
        for trace in flat([record, record.get("data")], 1):
            if isinstance(trace, Pairs) and trace.get("traceID") and trace.get("spans"):
                return "jaeger-json"
    return "otlp-json"


def flat(values, levels):
    """The values, with those that are lists replaced by their elements, so many levels deep."""
    for value in values:
        if levels and isinstance(value, list) and not isinstance(value, Pairs):
            yield from flat(value, levels - 1)
        else:
            yield value


# AuthzEvent 1.0

KNOWN = {
    "": ["schema_version", "event_type", "timestamp", "trace", "actor", "target", "action",
         "decision", "policy", "environment", "error"],
    "trace": ["trace_id", "span_id", "parent_span_id", "request_id"],
    "actor": ["principal", "principal_type", "groups", "source"],
    "target": ["resource", "resource_type", "project", "location", "service"],
    "action": ["permission", "method", "api"],
    "decision": ["outcome", "reason", "evaluated_by", "latency_ms"],
    "policy": ["policy_hash", "matched_bindings"],
    "environment": ["mode", "component", "cluster", "ci"],
    "error": ["kind", "message", "retryable"],
}


def authz_fate(event):
    if not isinstance(event, Pairs) or event.get("event_type") is None:
        return "skipped"
    version = event.get("schema_version")
    if not isinstance(version, str) or not re.fullmatch(r"1\.[0-9]+", version):
        return "refused"
    if event.has_duplicates(*KNOWN[""]):
        return "refused"
    parts = {}
    for name in KNOWN:
        if name:
            part = event.get(name)
            if part is not None and not isinstance(part, Pairs):
                return "refused"
            parts[name] = part if part is not None else Pairs()
            if parts[name].has_duplicates(*KNOWN[name]):
                return "refused"
    if event.get("event_type") not in ("authz_check", "authz_error"):
        return "skipped"
    if not is_timestamp(event.get("timestamp")):
        return "refused"
    texts = [("actor", "principal"), ("target", "resource"), ("action", "permission"),
             ("decision", "reason"), ("decision", "evaluated_by"), ("environment", "component")]
    for part, name in texts:
        if not isinstance(parts[part].get(name), (str, type(None))):
            return "refused"
    if event.get("event_type") == "authz_error":
        return "decisions" if parts["error"].get("kind") else "refused"
    complete = (parts["actor"].get("principal") is not None and parts["target"].get("resource")
                and parts["action"].get("permission")
                and parts["decision"].get("outcome") in ("ALLOW", "DENY"))
    return "decisions" if complete else "refused"


def is_timestamp(text):
    if not isinstance(text, str):
        return False
    match = re.fullmatch(
        r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", text)
    if not match:
        return False
    try:
        datetime.datetime.strptime(match[1] + match[2], "%Y-%m-%d%H:%M:%S")
    except ValueError:
        return False
    return True


# OTLP/JSON

SPANS = ("resourceSpans", "resource_spans", "batches")
LOGS = ("resourceLogs", "resource_logs")
OTHERS = ("resourceMetrics", "resource_metrics", "resourceProfiles", "resource_profiles")
SCOPE_SPANS = ("scopeSpans", "scope_spans", "instrumentationLibrarySpans",
               "instrumentation_library_spans")
SCOPE_LOGS = ("scopeLogs", "scope_logs")


def count_otlp(request, counts):
    if not isinstance(request, Pairs):
        counts["skipped"] += 1
        return
    known = SPANS + LOGS + OTHERS + SCOPE_SPANS + SCOPE_LOGS
    if request and not any(
            key in known and value is not None or key == "resource" and isinstance(value, Pairs)
            for key, value in request):
        counts["skipped"] += 1
        return
    for key, value in request:
        if key in SPANS + LOGS:
            for element in elements(value, counts):
                count_element(element, counts)
        elif key in OTHERS:
            counts["skipped"] += len(value or [])
    count_element(request, counts)


def count_element(element, counts):
    if not isinstance(element, Pairs):
        counts["refused"] += 1
        return
    for key, value in element:
        if key in SCOPE_SPANS + SCOPE_LOGS:
            for scope in elements(value, counts):
                if not isinstance(scope, Pairs):
                    counts["refused"] += 1
                    continue
                for name, records in scope:
                    if name == "spans":
                        for span in elements(records, counts):
                            counts["spans" if isinstance(span, Pairs) else "refused"] += 1
                    elif name in ("logRecords", "log_records"):
                        for record in elements(records, counts):
                            count_log(record, counts)


def count_log(record, counts):
    if not isinstance(record, Pairs):
        counts["refused"] += 1
    elif has_trace(record.get("traceId", "trace_id")):
        counts["logs"] += 1
    else:
        counts["skipped"] += 1


def elements(value, counts):
    if value is None:
        return []
    if isinstance(value, Pairs) or not isinstance(value, list):
        counts["refused"] += 1
        return []
    return value


def has_trace(text):
    if not isinstance(text, str) or not text:
        return False
    if re.fullmatch(r"[0-9a-fA-F]{1,32}", text):
        return int(text, 16) != 0
    if len(text) == 24:
        try:
            return any(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            pass
    return True


# Jaeger

def count_jaeger(document, counts):
    if not isinstance(document, Pairs):
        counts["skipped"] += 1
        return
    known = ("data", "spans", "processes", "warnings", "errors")
    unread = ("total", "limit", "offset", "traceID", "services", "traceName", "duration",
              "startTime", "endTime")
    if not any(key in known and value is not None for key, value in document):
        counts["skipped"] += any(key not in known + unread for key, _ in document)
        return
    for key, value in document:
        if key == "data" and value is not None:
            for trace in flat([value], 1):
                if isinstance(trace, Pairs):
                    count_jaeger_trace(trace, counts)
                else:
                    counts["refused"] += 1
        elif key == "errors" and isinstance(value, list) and not isinstance(value, Pairs):
            counts["skipped"] += len(value)
    count_jaeger_trace(document, counts)


def count_jaeger_trace(trace, counts):
    for key, value in trace:
        if key == "spans":
            for span in elements(value, counts):
                counts["spans" if isinstance(span, Pairs) else "refused"] += 1
        elif key == "warnings" and isinstance(value, list) and not isinstance(value, Pairs):
            counts["skipped"] += len(value)


# Zipkin

def count_zipkin(value, counts):
    for span in flat([value], 1):
        is_span = isinstance(span, Pairs) and span.get("traceId", "id") is not None
        counts["spans" if is_span else "skipped"] += 1


# OTLP protobuf


def fields(data):
    """The (number, wire type, content) of each field; ValueError where data is no message."""
    position = 0

    def varint():
        nonlocal position
        number = shift = 0
        while True:
            if position >= len(data) or shift > 63:
                raise ValueError("varint")
            byte = data[position]
            position += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number

    while position < len(data):
        tag = varint()
        size = {1: 8, 5: 4}.get(tag & 7, 0)
        if tag & 7 == 0:
            yield tag >> 3, 0, varint()
            continue
        if tag & 7 == 2:
            size = varint()
        elif size == 0:
            raise ValueError("wire type")
        if position + size > len(data):
            raise ValueError("length")
        yield tag >> 3, tag & 7, data[position:position + size]
        position += size


def frames(data):
    """The requests of an artifact, by the first framing that all of its bytes agree with."""
    messages, position = [], 0
    while position + 4 <= len(data):
        size = int.from_bytes(data[position:position + 4], "big")
        messages.append(data[position + 4:position + 4 + size])
        position += 4 + size
    if position == len(data) and messages:
        return messages
    try:
        if all(number == 1 and wire == 2 for number, wire, _ in fields(data)):
            return [data]
    except ValueError:
        pass
    messages, position = [], 0
    while position < len(data):
        size = shift = 0
        while position < len(data):
            byte = data[position]
            position += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        messages.append(data[position:position + size])
        position += size
    return messages if position == len(data) else None


def count_protobuf(data, counts):
    """Counts the records when data is OTLP protobuf; returns whether it is."""
    if data[:1] in (b"", b"{", b"[", b"<", b" ", b"\n\n"):
        return False
    found = dict(counts, format="otlp-protobuf")
    try:
        for message in frames(data) or []:
            for _, _, element in fields(message):
                for number, _, scoped in fields(element):
                    for kind, _, record in fields(scoped) if number == 2 else ():
                        if kind == 2:
                            found[protobuf_kind(record)] += 1
    except (ValueError, TypeError):
        return False
    if found["spans"] + found["logs"] + found["skipped"] == 0:
        return False
    counts.update(found)
    return True


def protobuf_kind(record):
    wires = {number: (wire, content) for number, wire, content in fields(record)}
    if wires.get(7, (0,))[0] == 1 or wires.get(8, (0,))[0] == 1:
        return "spans"
    if wires.get(1, (0,))[0] == 1 or wires.get(11, (0,))[0] == 1:
        return "logs" if any(wires.get(9, (2, b""))[1]) else "skipped"
    # A metric begins with its name; a span without times still has its trace id, if anything.
    name = wires.get(1, (2, b""))[1]
    return "spans" if len(name) in (0, 16) else "skipped"


if __name__ == "__main__":
    result = {}
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            result[path] = count(file.read())
    print(json.dumps(result, indent=1))
