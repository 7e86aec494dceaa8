#!/usr/bin/env python3
"""Encodes OTLP/JSON Lines as OTLP protobuf, independently of Vestige; standard library only.

Usage: encode_otlp.py INPUT.jsonl OUTPUT.pb none|varint|four-bytes

Field numbers are those of opentelemetry-proto 1.x. Lines that are not JSON are left out. With `none`
all requests become one message, which is what protobuf makes of messages one after another.
"""

import base64
import json
import struct
import sys


def varint(number):
    number &= (1 << 64) - 1
    result = bytearray()
    while number > 0x7F:
        result.append(number & 0x7F | 0x80)
        number >>= 7
    result.append(number)
    return bytes(result)


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def text(number, value):
    return field(number, value.encode()) if value else b""


def integer(number, value):
    return varint(number << 3) + varint(int(value)) if value is not None and int(value) else b""


def fixed64(number, value):
    return varint(number << 3 | 1) + struct.pack("<Q", int(value)) if value else b""


def fixed32(number, value):
    return varint(number << 3 | 5) + struct.pack("<I", int(value)) if value else b""


def identifier(number, value):
    return field(number, bytes.fromhex(value)) if value else b""


def many(number, encode, values):
    return b"".join(field(number, encode(value)) for value in values or [])


def any_value(value):
    if "stringValue" in value:
        return field(1, value["stringValue"].encode())
    if "boolValue" in value:
        return varint(2 << 3) + varint(int(value["boolValue"]))
    if "intValue" in value:
        return varint(3 << 3) + varint(int(value["intValue"]))
    if "doubleValue" in value:
        return varint(4 << 3 | 1) + struct.pack("<d", float(value["doubleValue"]))
    if "arrayValue" in value:
        return field(5, many(1, any_value, value["arrayValue"].get("values")))
    if "kvlistValue" in value:
        return field(6, many(1, attribute, value["kvlistValue"].get("values")))
    if "bytesValue" in value:
        return field(7, base64.b64decode(value["bytesValue"]))
    return b""


def attribute(pair):
    value = field(2, any_value(pair["value"])) if "value" in pair else b""
    return text(1, pair.get("key")) + value


def resource(value):
    return many(1, attribute, value.get("attributes")) + integer(
        2, value.get("droppedAttributesCount"))


def scope(value):
    return (text(1, value.get("name")) + text(2, value.get("version"))
            + many(3, attribute, value.get("attributes"))
            + integer(4, value.get("droppedAttributesCount")))


def event(value):
    return (fixed64(1, value.get("timeUnixNano")) + text(2, value.get("name"))
            + many(3, attribute, value.get("attributes"))
            + integer(4, value.get("droppedAttributesCount")))


def link(value):
    return (identifier(1, value.get("traceId")) + identifier(2, value.get("spanId"))
            + text(3, value.get("traceState")) + many(4, attribute, value.get("attributes"))
            + integer(5, value.get("droppedAttributesCount")) + fixed32(6, value.get("flags")))


def status(value):
    return text(2, value.get("message")) + integer(3, value.get("code"))


def span(value):
    return (identifier(1, value.get("traceId")) + identifier(2, value.get("spanId"))
            + text(3, value.get("traceState")) + identifier(4, value.get("parentSpanId"))
            + text(5, value.get("name")) + integer(6, value.get("kind"))
            + fixed64(7, value.get("startTimeUnixNano")) + fixed64(8, value.get("endTimeUnixNano"))
            + many(9, attribute, value.get("attributes"))
            + integer(10, value.get("droppedAttributesCount"))
            + many(11, event, value.get("events")) + integer(12, value.get("droppedEventsCount"))
            + many(13, link, value.get("links")) + integer(14, value.get("droppedLinksCount"))
            + (field(15, status(value["status"])) if "status" in value else b"")
            + fixed32(16, value.get("flags")))


def log(value):
    return (fixed64(1, value.get("timeUnixNano")) + integer(2, value.get("severityNumber"))
            + text(3, value.get("severityText"))
            + (field(5, any_value(value["body"])) if "body" in value else b"")
            + many(6, attribute, value.get("attributes"))
            + integer(7, value.get("droppedAttributesCount")) + fixed32(8, value.get("flags"))
            + identifier(9, value.get("traceId")) + identifier(10, value.get("spanId"))
            + fixed64(11, value.get("observedTimeUnixNano")) + text(12, value.get("eventName")))


def metric(value):
    return text(1, value.get("name")) + field(5, b"")


SIGNALS = {"resourceSpans": ("scopeSpans", "spans", span),
           "resourceLogs": ("scopeLogs", "logRecords", log),
           "resourceMetrics": ("scopeMetrics", "metrics", metric)}


def request(value):
    result = b""
    for signal, elements in value.items():
        scopes, records, encode = SIGNALS[signal]
        for element in elements:
            content = field(1, resource(element["resource"])) if "resource" in element else b""
            for scoped in element.get(scopes, []):
                inner = field(1, scope(scoped["scope"])) if "scope" in scoped else b""
                inner += many(2, encode, scoped.get(records)) + text(3, scoped.get("schemaUrl"))
                content += field(2, inner)
            result += field(1, content + text(3, element.get("schemaUrl")))
    return result


def main():
    source, target, framing = sys.argv[1:]
    with open(source, encoding="utf-8") as lines, open(target, "wb") as output:
        for line in lines:
            try:
                message = request(json.loads(line))
            except json.JSONDecodeError:
                continue
            if framing == "varint":
                output.write(varint(len(message)))
            elif framing == "four-bytes":
                output.write(struct.pack(">I", len(message)))
            output.write(message)


if __name__ == "__main__":
    main()
