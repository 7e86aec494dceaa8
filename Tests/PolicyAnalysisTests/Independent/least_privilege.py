"""Looks for what generated policies allow beyond what their statements declare, exhaustively.

    least_privilege.py < CASES.json

A case is a dialect, a document as printed, and the statements it was made for. The universe is small
and closed: all names of the statements, names beside, above and below them that no statement has, and
a fresh one of each kind. Every combination is decided by the rules in the programs beside this one,
or here, and each that is allowed must be declared: by a statement, or by what the platform reaches
beyond one. Every statement must be allowed. Ends with 1 when one is not so, with 77 without PyYAML.
Without cedarpy the cases of Cedar are left out, and counted.
"""
import itertools
import json
import re
import sys
import tempfile

try:
    import yaml
except ImportError:
    sys.exit(77)
try:
    import cedarpy
except ImportError:
    cedarpy = None

import emulator_engine
import google_allow_policies
import kubernetes_rbac

FRESH = "fresh-name"


# How each platform decides.

def emulator(text):
    roles = {}
    engine = emulator_engine.Engine(yaml.safe_load(text), roles)
    return lambda who, what, where, _: engine.allows(who, what, where, 0)


def google(text):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        _, roles, policies = google_allow_policies.read(file.name)
    return lambda who, what, where, _: google_allow_policies.allows(
        roles, policies, who, what, where)


def pattern(text, flags=0):
    """A regular expression for a pattern of AWS."""
    parts = re.findall(r"\$\{[*?$]\}|.", text, re.DOTALL)
    signs = {"*": ".*", "?": "."}
    return re.compile("".join(
        signs.get(part, re.escape(part[2] if len(part) > 1 else part)) for part in parts),
        re.DOTALL | flags)


def listed(value):
    return value if isinstance(value, list) else [value]


def aws(text):
    rules = {}
    for policy in json.loads(text)["policies"]:
        for statement in policy["document"]["Statement"]:
            if statement["Effect"] != "Allow" or not {"Action", "Resource"} <= set(statement):
                raise ValueError(statement)
            conditions = []
            for operator, keys in statement.get("Condition", {}).items():
                if operator not in ("StringEquals", "ForAnyValue:StringEquals"):
                    raise ValueError(operator)
                conditions += [(key, listed(values)) for key, values in keys.items()]
            rules.setdefault(policy["principal"], []).append((
                [pattern(text, re.IGNORECASE) for text in listed(statement["Action"])],
                [pattern(text) for text in listed(statement["Resource"])], conditions))

    def decide(who, what, where, context):
        return any(
            any(action.fullmatch(what) for action in actions)
            and any(resource.fullmatch(where) for resource in resources)
            and all(any([key, value] in context for value in values) for key, values in conditions)
            for actions, resources, conditions in rules.get(who, []))
    return decide


def request(what, where):
    """What the API server is asked; None for what is no request."""
    verb, _, kind = what.partition(":")
    if kind == "nonResourceURLs":
        return {"verb": verb, "path": where} if where.startswith("/") else None
    kind, _, subresource = kind.partition("/")
    resource, _, group = kind.partition(".")
    parts, namespace = where.split("/"), None
    if parts[0] == "namespaces" and len(parts) > 2 and resource != "namespaces":
        namespace, parts = parts[1], parts[2:]
    if not verb or not resource or parts[0] != resource:
        return None
    return {"verb": verb, "group": group, "resource": resource, "subresource": subresource,
            "namespace": namespace, "name": "/".join(parts[1:])}


def kubernetes(text):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        policy = kubernetes_rbac.read(file.name)

    def decide(who, what, where, _):
        asked = request(what, where)
        return asked is not None and kubernetes_rbac.allows(policy, who, [], asked)
    return decide


def cedar(text):
    def decide_all(keys):
        requests = [{"principal": {"type": "Principal", "id": who},
                     "action": {"type": "Action", "id": what},
                     "resource": {"type": "Resource", "id": where}, "context": {}}
                    for who, what, where, _ in keys]
        return [answer.allowed for answer in cedarpy.is_authorized_batch(requests, text, [])]
    return decide_all


def one_by_one(decider):
    def prepared(text):
        decide = decider(text)
        return lambda keys: [decide(*key) for key in keys]
    return prepared


# What is declared: exactly the statement, or what its platform adds to it.

def below(where, above):
    return where == above or where.startswith(above + "/")


def declares(dialect, statement, who, what, where, context):
    resource = statement["resource"]
    if dialect == "aws":
        return (who == statement["principal"]
                and what.lower() == statement["permission"].lower()
                and pattern(resource).fullmatch(where) is not None
                and all(entry in context for entry in statement["conditions"]))
    if what != statement["permission"]:
        return False
    if dialect == "emulator" and who == "":
        return below(where, resource)
    if who != statement["principal"]:
        return False
    if dialect == "emulator":
        return below(where, resource)
    if dialect == "gcp":
        stem, _, version = resource.rpartition("/versions/")
        is_alias = stem and not version.isdigit()
        is_version = re.fullmatch(re.escape(stem) + r"/versions/[^/]+", where)
        if stem and not is_alias and below(where, stem) and where.endswith("/versions/" + version):
            return True
        return below(where, resource) or bool(is_alias and is_version)
    if dialect == "kubernetes" and where != resource:
        asked, given = request(what, where), request(what, resource)
        return (asked is not None and "path" not in given
                and given["namespace"] in (None, asked["namespace"])
                and given["name"] in ("", asked["name"]))
    return where == resource


# The universe.

def literal(dialect, resource):
    """A name that a statement's resource matches."""
    return re.sub(r"\$\{([*?$])\}", r"\1", resource) if dialect == "aws" else resource


def names(dialect, statements):
    whos, whats, wheres = ({s[part] for s in statements}
                           for part in ("principal", "permission", "resource"))
    for what in list(whats):
        stem, sign, _ = what.rpartition("." if "." in what else ":")
        whats |= {stem + sign + FRESH, what + "x"}
        if dialect == "aws":
            whats |= {what.upper(), stem + sign + "*"}
        if dialect == "kubernetes":
            whats |= {what + "/" + FRESH, FRESH + ":" + what.partition(":")[2]}
    for where in list(wheres):
        parts = where.split("/")
        wheres |= {where + "/" + FRESH, where + "x", "x" + where}
        wheres |= {"/".join(parts[:n]) for n in range(1, len(parts))}
        wheres |= {"/".join(parts[:n] + [FRESH] + parts[n + 1:]) for n in range(len(parts))}
        wheres |= {"/".join(parts[:n] + [FRESH] + parts[n:]) for n in range(len(parts))}
        if dialect == "aws":
            wheres |= {literal(dialect, where), where.replace("*", FRESH), where.replace("?", "y"), where.upper()}
    contexts = [[]] + [s["conditions"] for s in statements if s["conditions"]]
    contexts += [[[key, FRESH]] for context in contexts for key, _ in context]
    contexts = [json.loads(text) for text in sorted({json.dumps(c) for c in contexts})]
    return (sorted(whos | {"", FRESH}), sorted(whats | {FRESH}), sorted(wheres | {FRESH}), contexts)


DECIDERS = {"emulator": one_by_one(emulator), "gcp": one_by_one(google), "aws": one_by_one(aws),
            "kubernetes": one_by_one(kubernetes), "cedar": cedar}


def main():
    counts = {name: {"cases": 0, "pairs": 0, "allowed": 0} for name in DECIDERS}
    undeclared, refused, skipped = [], [], 0
    for number, case in enumerate(json.load(sys.stdin)):
        dialect, statements = case["dialect"], case["statements"]
        if dialect == "cedar" and cedarpy is None:
            skipped += 1
            continue
        decide, count = DECIDERS[dialect](case["document"]), counts[dialect]
        count["cases"] += 1
        needed = [(s["principal"], s["permission"], literal(dialect, s["resource"]), s["conditions"])
                  for s in statements]
        refused += [[number, *key] for key, answer in zip(needed, decide(needed)) if not answer]
        keys = list(itertools.product(*names(dialect, statements)))
        for key, answer in zip(keys, decide(keys)):
            count["pairs"] += 1
            if answer:
                count["allowed"] += 1
                if not any(declares(dialect, s, *key) for s in statements):
                    undeclared.append([number, *key])
    print(json.dumps(counts | {
        "cedar_left_out": skipped, "undeclared": undeclared[:20], "refused": refused[:20]}))
    return int(bool(undeclared or refused))


if __name__ == "__main__":
    sys.exit(main())
