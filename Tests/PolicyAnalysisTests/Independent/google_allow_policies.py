#!/usr/bin/env python3
"""An independent check of policies generated for Google Cloud.

    google_allow_policies.py POLICY.yaml EVENTS.jsonl...
        Each (principal, permission, resource) that was allowed at least once must be allowed unless
        the policy's header lists it as not expressible, each that was only denied must be denied.
        Exit 1 on any violation.

JSON on standard output. Exit 2: input that cannot be used. Exit 77: PyYAML is missing, skip.

It shares no code with the program; events are read by emulator_engine.py beside it. The rules are
those of the documentation of Google Cloud IAM, as far as generated policies use them: roles are
lists of permissions; bindings on a resource and on all above it add up; a condition tests
`resource.type` and `resource.name`, which for storage is `projects/_/buckets/...`. Conditions of
any other form are an error, and so is a document that gcloud would not take.
"""

import ast
import json
import re
import sys

import emulator_engine
import yaml

LITERAL = r'"(?:[^"\\]|\\.)*"'
TYPE = re.compile(rf"resource\.type == ({LITERAL})")
NAME = re.compile(rf"resource\.name(?: == ({LITERAL})|\.endsWith\(({LITERAL})\))")
TYPES = [
    (r"projects/[^/]+", "cloudresourcemanager.googleapis.com/Project"),
    (r"projects/[^/]+/(?:locations/[^/]+/)?secrets/[^/]+", "secretmanager.googleapis.com/Secret"),
    (r"projects/[^/]+/(?:locations/[^/]+/)?secrets/[^/]+/versions/[^/]+",
     "secretmanager.googleapis.com/SecretVersion"),
    (r"projects/[^/]+/locations/[^/]+", "cloud.googleapis.com/Location"),
    (r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+", "cloudkms.googleapis.com/KeyRing"),
    (r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+",
     "cloudkms.googleapis.com/CryptoKey"),
    (r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+/cryptoKeyVersions/[^/]+",
     "cloudkms.googleapis.com/CryptoKeyVersion"),
    (r"projects/[^/]+/buckets/[^/]+", "storage.googleapis.com/Bucket"),
    (r"projects/[^/]+/buckets/[^/]+/objects/.+", "storage.googleapis.com/Object")]


def type_of(resource):
    return next((kind for form, kind in TYPES if re.fullmatch(form, resource, re.DOTALL)), None)


def attribute_name(resource):
    if (type_of(resource) or "").startswith("storage."):
        return "projects/_/" + resource.split("/", 2)[2]
    return resource


def holds(expression, resource):
    """`T`, `N || ...`, `T && N` or `T && (N || ...)` with type tests T and name tests N."""
    place, kind = 0, TYPE.match(expression)
    if kind:
        if ast.literal_eval(kind[1]) != type_of(resource):
            return False
        place = kind.end()
        if place == len(expression):
            return True
        if not expression.startswith(" && ", place):
            raise ValueError(f"condition: {expression}")
        place += 4
    rest = expression[place:]
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    found, place = False, 0
    while True:
        test = NAME.match(rest, place)
        if not test:
            raise ValueError(f"condition: {expression}")
        name = attribute_name(resource)
        found |= (name == ast.literal_eval(test[1]) if test[1]
                  else name.endswith(ast.literal_eval(test[2])))
        if test.end() == len(rest):
            return found
        if not rest.startswith(" || ", test.end()):
            raise ValueError(f"condition: {expression}")
        place = test.end() + 4


def read(path):
    """Roles: name to permissions. Policies: resource to bindings."""
    with open(path, encoding="utf-8", newline="") as file:
        documents = re.split(r"^---\n", file.read(), flags=re.MULTILINE)
    roles, policies = {}, {}
    for text in documents[1:]:
        kind, name = re.match(r"# (role|allow policy of): (.*)\n", text).groups()
        name, content = yaml.safe_load(name), yaml.safe_load(text)
        if kind == "role":
            if set(content) != {"title", "description", "stage", "includedPermissions"}:
                raise ValueError(f"role {name}: {sorted(content)}")
            if not re.fullmatch(r"projects/[^/]+/roles/[a-zA-Z0-9_.]{3,64}", name):
                raise ValueError(f"role name {name}")
            table, value = roles, content["includedPermissions"]
        else:
            conditional = any("condition" in binding for binding in content["bindings"])
            if set(content) != {"version", "bindings"} or content["version"] != 1 + 2 * conditional:
                raise ValueError(f"policy of {name}")
            table, value = policies, content["bindings"]
        if name in table:
            raise ValueError(f"twice: {name}")
        table[name] = value
    return documents[0], roles, policies


def allows(roles, policies, principal, permission, resource):
    parts = resource.split("/")
    for length in range(len(parts), 0, -1):
        for binding in policies.get("/".join(parts[:length]), []):
            if (permission in roles[binding["role"]] and principal in binding["members"]
                    and ("condition" not in binding
                         or holds(binding["condition"]["expression"], resource))):
                return True
    return False


def main():
    counts = dict.fromkeys(["lines", "checks", "authz_errors", "other", "unparseable"], 0)
    try:
        header, roles, policies = read(sys.argv[1])
        decided = {}
        for check in emulator_engine.read_checks(sys.argv[2:], counts):
            decided[check.key] = decided.get(check.key, False) or check.allowed
        unsaid = len(re.findall(r"^#   statement \d+: ", header, re.MULTILINE))
        missing, excessive, unusable = [], [], 0
        for key, was_allowed in sorted(decided.items()):
            if key[0] == "" and was_allowed:
                unusable += 1
            elif allows(roles, policies, *key) != was_allowed:
                (missing if was_allowed else excessive).append(emulator_engine.described(key))
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        print(f"google_allow_policies: {error!r}", file=sys.stderr)
        return 2
    print(json.dumps(counts | {
        "roles": len(roles), "policies": len(policies),
        "allowed_keys": sum(decided.values()), "denied_keys": len(decided) - sum(decided.values()),
        "allowed_without_principal": unusable, "not_expressible": unsaid,
        "allowed_but_refused_by_policy": missing,
        "denied_but_allowed_by_policy": excessive}, ensure_ascii=False, indent=1))
    return int(bool(len(missing) != unsaid or excessive))


if __name__ == "__main__":
    sys.exit(main())
