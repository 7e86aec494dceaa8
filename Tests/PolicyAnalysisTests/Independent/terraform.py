#!/usr/bin/env python3
"""Has python-hcl2, a reader of Terraform's language written by others, read files.

    terraform.py FILE...

Prints the resources: type, name, the arguments that are strings, lists of permissions, blocks of
conditions, and what `jsonencode` would make of a policy. It needs the package `python-hcl2`; exit 77
when that is missing, and nothing was read.
"""

import json
import re
import sys

try:
    import hcl2
except ImportError as missing:
    print(f"skipped: {missing}", file=sys.stderr)
    sys.exit(77)

ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def plain(text):
    """What a string of the language stands for; the reader leaves it as it is written."""
    if text.startswith('"') and text.endswith('"'):
        text = text[1:-1]

    def one(match):
        sign = match.group(0)
        if sign in ("$${", "%%{"):
            return sign[1:]
        if sign.startswith(("${", "%{")):
            raise ValueError(f"an expression in a string: {text}")
        if sign[1] in "uU":
            return chr(int(sign[2:], 16))
        return ESCAPES[sign[1]]

    return re.sub(
        r"\$\$\{|%%\{|\$\{|%\{|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\.", one, text, flags=re.S
    )


class Expression:
    """Objects, lists and strings, as the reader writes expressions back."""

    def __init__(self, text):
        self.text = text
        self.place = 0

    def space(self):
        while self.place < len(self.text) and self.text[self.place] in " \t\n,":
            self.place += 1

    def take(self, sign):
        self.space()
        if not self.text.startswith(sign, self.place):
            raise ValueError(f"{sign} expected at {self.text[self.place:][:40]}")
        self.place += len(sign)

    def at(self, sign):
        self.space()
        return self.text.startswith(sign, self.place)

    def string(self):
        match = re.compile(r'"(?:[^"\\]|\\.)*"', re.S).match(self.text, self.place)
        self.place = match.end()
        return plain(match.group(0))

    def value(self):
        if self.at("{"):
            return self.members()
        if self.at("["):
            self.take("[")
            values = []
            while not self.at("]"):
                values.append(self.value())
            self.take("]")
            return values
        return self.string()

    def members(self):
        self.take("{")
        result = {}
        while not self.at("}"):
            if self.at('"'):
                key = self.string()
            else:
                match = re.compile(r"\w+").match(self.text, self.place)
                self.place = match.end()
                key = match.group(0)
            self.take("=")
            result[key] = self.value()
        self.take("}")
        return result


def resource(kind, name, body):
    arguments = {
        key: plain(value)
        for key, value in body.items()
        if isinstance(value, str) and value.startswith('"')
    }
    arguments |= {
        key: value
        for key, value in body.items()
        if isinstance(value, str) and value.startswith("${") and key != "policy"
    }
    result = {"type": plain(kind), "name": plain(name), "arguments": arguments}
    if "policy" in body:
        call = re.fullmatch(r"\$\{jsonencode\((.*)\)\}", body["policy"], flags=re.S)
        result["policy"] = json.dumps(Expression(call.group(1)).value())
    if "permissions" in body:
        result["permissions"] = [plain(value) for value in body["permissions"]]
    if "condition" in body:
        (block,) = body["condition"]
        result["condition"] = {
            key: plain(value) for key, value in block.items() if isinstance(value, str)
        }
    return result


def main():
    resources = []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            tree = hcl2.load(file)
        for entry in tree.get("resource", []):
            for kind, named in entry.items():
                for name, body in named.items():
                    resources.append(resource(kind, name, body))
    json.dump({"resources": resources}, sys.stdout)


main()
