"""Decides recorded checks by generated policies of Cedar, with Cedar's own engine.

    cedar_policies.py POLICIES.cedar SCHEMA.cedarschema EVENTS.jsonl...
        The policies must validate against the schema. Each (principal, permission, resource) that
        was allowed at least once must be allowed, each that was only denied must be denied.
    cedar_policies.py --requests POLICIES.cedar REQUESTS.json
        Prints the decisions about a list of [type, id] triples of principal, action and resource.

JSON on standard output. Exit 1 on any violation, 2 for input that cannot be used, 77 when cedarpy or
PyYAML is missing.
"""
import json
import sys

try:
    import cedarpy
except ImportError:
    print("skipped: cedarpy is not installed", file=sys.stderr)
    sys.exit(77)


def decisions(policies, triples):
    requests = [
        dict(zip(("principal", "action", "resource"), ({"type": t, "id": i} for t, i in triple)),
             context={})
        for triple in triples]
    return [result.allowed for result in cedarpy.is_authorized_batch(requests, policies, [])]


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def main():
    if sys.argv[1] == "--requests":
        policies = cedarpy.PolicySet.from_str(read(sys.argv[2]))
        print(json.dumps(decisions(policies, json.loads(read(sys.argv[3])))))
        return 0
    import emulator_engine

    text, schema = read(sys.argv[1]), read(sys.argv[2])
    validation = cedarpy.validate_policies(text, schema)
    counts = dict.fromkeys(["lines", "checks", "authz_errors", "other", "unparseable"], 0)
    decided = {}
    for check in emulator_engine.read_checks(sys.argv[3:], counts):
        decided[check.key] = decided.get(check.key, False) or check.allowed
    keys = sorted(key for key, allowed in decided.items() if key[0] or not allowed)
    types = ("Principal", "Action", "Resource")
    answers = decisions(cedarpy.PolicySet.from_str(text), [tuple(zip(types, key)) for key in keys])
    wrong = [(key, answer) for key, answer in zip(keys, answers) if answer != decided[key]]
    print(json.dumps({
        "checks": counts["checks"], "valid": validation.validation_passed,
        "allowed_keys": sum(decided[key] for key in keys),
        "denied_keys": sum(not decided[key] for key in keys),
        "allowed_but_refused_by_policy": [list(key) for key, answer in wrong if not answer],
        "denied_but_allowed_by_policy": [list(key) for key, answer in wrong if answer]}))
    return int(bool(wrong) or not validation.validation_passed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        print(f"cedar_policies: {error!r}", file=sys.stderr)
        sys.exit(2)
