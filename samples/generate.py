#!/usr/bin/env python3
"""Writes the two sample executions, samples/baseline and samples/incident, and README.md's figures.

    python3 samples/generate.py           write the files
    python3 samples/generate.py --check   exit 1 unless the files are as they would be written

The figures are counted from the written bytes, not taken from the simulation, and compared with
the ones that the story promises. README.md tells the story.
"""

import argparse
import datetime
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import shop  # noqa: E402  (found beside this script)

HERE = Path(__file__).resolve().parent
# How the collector cuts its batches.
BATCH_SPANS = 64
BATCH_TIME = 5 * shop.SECOND
FIGURES_BEGIN, FIGURES_END = "<!-- figures -->\n", "<!-- end of figures -->\n"

# What the story says. The command fails when the files say something else.
PROMISED = {
    "traces": (242, 240),
    "checkouts": (240, 238),
    "failed checkouts": (0, 61),
    "spans": (3130, 3401),
    "spans with status error": (0, 61 * 8),
    "decisions of the services": None,
    "decisions of the services allowed": None,
    "decisions denied": (0, 61),
    "… of which secretmanager.versions.access on prod-db-password": (0, 61),
    "failed checkouts with such a denial": (0, 61),
    "reads of prod-db-password allowed": (8, 0),
    "spans `GET /stock`": (720, 714),
    "p95 of `GET /stock`, ms": (41, 254),
    "spans `retry POST /charge`": (0, 122),
    "spans `PUT /receipt`": (240, 177),
    "receipts read by payments (distinct objects)": (117, 117),
    "checks in the audit log, all allowed": (480, None),
    "decisions that name a trace and a span": None,
    "… only a trace (audit log)": (240, 177),
    "… only a request id": (240, 177),
    "… none of these: polls": (60, 60),
    "… none of these: audit log": (240, 239),
    "first denial": ("–", None),
    "last denial": ("–", None),
}


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def attribute(key, value):
    if isinstance(value, bool):
        return {"key": key, "value": {"boolValue": value}}
    if isinstance(value, int):
        return {"key": key, "value": {"intValue": str(value)}}
    if isinstance(value, list):
        return {"key": key, "value": {"arrayValue": {"values": [{"stringValue": v} for v in value]}}}
    return {"key": key, "value": {"stringValue": value}}


def attributes(values):
    return [attribute(key, value) for key, value in values.items()]


def otlp_span(span):
    """The protobuf JSON mapping with hexadecimal ids, in the field order of the collector."""
    result = {
        "traceId": span["trace"], "spanId": span["id"], "parentSpanId": span["parent"],
        "name": span["name"], "kind": span["kind"],
        "startTimeUnixNano": str(span["start"]), "endTimeUnixNano": str(span["end"]),
    }
    if span["attributes"]:
        result["attributes"] = attributes(span["attributes"])
    if span["events"]:
        result["events"] = [
            {"timeUnixNano": str(time), "name": name, "attributes": attributes(values)}
            for time, name, values in span["events"]]
    if span["links"]:
        result["links"] = [{"traceId": to["trace"], "spanId": to["id"]} for to in span["links"]]
    result["status"] = {"message": span["error"], "code": 2} if span["error"] else {}
    return result


def otlp_request(service, spans):
    """One export: a resource for each host that has spans in the batch."""
    resources = []
    for host in sorted({span["host"] for span in spans}):
        resource = {
            "service.name": service, "service.version": shop.VERSIONS[service], "host.name": host}
        resources.append({
            "resource": {"attributes": attributes(resource)},
            "scopeSpans": [{
                "scope": {"name": "shop/tracing"},
                "spans": [otlp_span(span) for span in spans if span["host"] == host]}]})
    return compact({"resourceSpans": resources}) + "\n"


def otlp_file(service, spans):
    """Spans are exported in the order in which they end, so children come before parents."""
    lines, batch, deadline = [], [], 0
    for span in sorted(spans, key=lambda span: (span["end"], span["id"])):
        if batch and (len(batch) == BATCH_SPANS or span["end"] >= deadline):
            lines.append(otlp_request(service, batch))
            batch = []
        if not batch:
            deadline = span["end"] + BATCH_TIME
        batch.append(span)
    return "".join(lines + [otlp_request(service, batch)])


def audit_entry(number, check):
    """An entry of a Google Cloud audit log; it tells who by address alone."""
    time = shop.rfc3339(check["time"])
    log = "activity" if check["permission"].endswith("setIamPolicy") else "data_access"
    entry = {
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog", "status": {},
            "authenticationInfo": {"principalEmail": check["principal"].split(":", 1)[1]},
            "serviceName": check["service"], "methodName": check["permission"],
            "authorizationInfo": [{
                "resource": check["resource"], "permission": check["permission"], "granted": True}],
            "resourceName": check["resource"]},
        "insertId": f"shop{number:08x}",
        "resource": {"type": "audited_resource", "labels": {"project_id": "shop"}},
        "timestamp": time, "severity": "NOTICE" if log == "activity" else "INFO",
        "logName": f"projects/shop/logs/cloudaudit.googleapis.com%2F{log}"}
    if check["trace"]:
        entry["trace"] = f"projects/shop/traces/{check['trace']}"
    return entry | {"receiveTimestamp": time}


def execution_files(name, run, policy):
    files = {f"{name}/policy.yaml": policy}
    for service, spans in run.spans.items():
        files[f"{name}/{service}.otlp.jsonl"] = otlp_file(service, spans)
    for service, decisions in run.decisions.items():
        events = [event for _, event in sorted(decisions, key=lambda item: item[0])]
        files[f"{name}/{service}.authz.jsonl"] = "".join(compact(event) + "\n" for event in events)
    checks = sorted(run.audit, key=lambda check: check["time"])
    files[f"{name}/platform.audit.jsonl"] = "".join(
        compact(audit_entry(number, check)) + "\n" for number, check in enumerate(checks))
    return files


def read_spans(files, name):
    for path in sorted(files):
        if path.startswith(f"{name}/") and path.endswith(".otlp.jsonl"):
            for line in files[path].splitlines():
                for resource in json.loads(line)["resourceSpans"]:
                    for scope in resource["scopeSpans"]:
                        yield from scope["spans"]


def read_decisions(files, name):
    for path in sorted(files):
        if path.startswith(f"{name}/") and path.endswith(".authz.jsonl"):
            yield from map(json.loads, files[path].splitlines())


def read_audit(files, name):
    return [json.loads(line) for line in files[f"{name}/platform.audit.jsonl"].splitlines()]


def percentile95(spans):
    """Milliseconds; nearest rank."""
    durations = sorted(int(s["endTimeUnixNano"]) - int(s["startTimeUnixNano"]) for s in spans)
    return round(durations[-(-len(durations) * 95 // 100) - 1] / shop.MS)


def figures(files, name):
    spans = list(read_spans(files, name))
    decisions = list(read_decisions(files, name))
    named = lambda wanted: [span for span in spans if span["name"] == wanted]
    failed = {s["traceId"] for s in named("POST /checkout") if s["status"]}
    denied = [d for d in decisions if d["decision"]["outcome"] == "DENY"]
    password = [d for d in decisions if d["target"]["resource"].startswith(shop.DB_PASSWORD)]
    refused = [d for d in password if d in denied]
    times = sorted(d["timestamp"][11:19] for d in denied)
    receipts = {
        d["target"]["resource"] for d in decisions
        if d["action"]["permission"] == "storage.objects.get"}
    known = {(s["traceId"], s["spanId"]) for s in spans}
    joined = [d for d in decisions if "trace_id" in d.get("trace", {})]
    assert all((d["trace"]["trace_id"], d["trace"]["span_id"]) in known for d in joined)
    explained = failed & {d["trace"]["trace_id"] for d in refused}
    requests = [d["trace"]["request_id"] for d in decisions if "request_id" in d.get("trace", {})]
    headers = {
        request["stringValue"] for s in spans for a in s.get("attributes", [])
        if a["key"] == "http.request.header.x-request-id"
        for request in a["value"]["arrayValue"]["values"]}
    assert set(requests) == headers and len(requests) == len(headers)
    audit = read_audit(files, name)
    traced = [e["trace"].rsplit("/", 1)[1] for e in audit if "trace" in e]
    assert set(traced) <= {s["traceId"] for s in spans}
    return {
        "traces": len({s["traceId"] for s in spans}),
        "checkouts": len(named("POST /checkout")),
        "failed checkouts": len(failed),
        "spans": len(spans),
        "spans with status error": sum(bool(s["status"]) for s in spans),
        "decisions of the services": len(decisions),
        "decisions of the services allowed": len(decisions) - len(denied),
        "decisions denied": len(denied),
        "… of which secretmanager.versions.access on prod-db-password": len(refused),
        "failed checkouts with such a denial": len(explained),
        "reads of prod-db-password allowed": len(password) - len(refused),
        "spans `GET /stock`": len(named("GET /stock")),
        "p95 of `GET /stock`, ms": percentile95(named("GET /stock")),
        "spans `retry POST /charge`": len(named("retry POST /charge")),
        "spans `PUT /receipt`": len(named("PUT /receipt")),
        "receipts read by payments (distinct objects)": len(receipts),
        "checks in the audit log, all allowed": len(audit),
        "decisions that name a trace and a span": len(joined),
        "… only a trace (audit log)": len(traced),
        "… only a request id": len(requests),
        "… none of these: polls": len(decisions) - len(joined) - len(requests),
        "… none of these: audit log": len(audit) - len(traced),
        "first denial": times[0] if times else "–",
        "last denial": times[-1] if times else "–",
    }


def broken_promises(baseline, incident):
    for what, promised in PROMISED.items():
        for run, found, wanted in zip(("baseline", "incident"), (baseline[what], incident[what]),
                                      promised or (None, None)):
            if wanted is not None and found != wanted:
                yield f"{run}: {what} is {found}, the story needs {wanted}"


def readme_with(text, baseline, incident):
    before, rest = text.split(FIGURES_BEGIN)
    _, after = rest.split(FIGURES_END)
    show = lambda value: f"{value:,}" if isinstance(value, int) else value
    rows = [f"| {what} | {show(baseline[what])} | {show(incident[what])} |\n" for what in baseline]
    table = "| | baseline | incident |\n|---|---:|---:|\n" + "".join(rows)
    return before + FIGURES_BEGIN + table + FIGURES_END + after


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check = parser.parse_args().check

    files = {}
    for execution in shop.executions():
        files |= execution_files(*execution)
    baseline, incident = figures(files, "baseline"), figures(files, "incident")
    problems = list(broken_promises(baseline, incident))
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    files["README.md"] = readme_with(readme, baseline, incident)

    expected = {path: text.encode() for path, text in files.items()}
    if check:
        problems += [f"{path} differs" for path, data in sorted(expected.items())
                     if not (HERE / path).is_file() or (HERE / path).read_bytes() != data]
        problems += [f"{path.relative_to(HERE)} is not written by this command"
                     for run in ("baseline", "incident") for path in sorted((HERE / run).glob("*"))
                     if str(path.relative_to(HERE)) not in expected]
    else:
        for path, data in expected.items():
            (HERE / path).parent.mkdir(exist_ok=True)
            (HERE / path).write_bytes(data)
    for problem in problems:
        print(f"samples: {problem}", file=sys.stderr)
    print(f"{len(expected)} files, {sum(map(len, expected.values())):,} bytes")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
