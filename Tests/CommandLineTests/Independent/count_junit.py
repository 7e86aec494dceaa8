#!/usr/bin/env python3
"""Counts what JUnit XML reports hold, independently of Vestige; standard library only.

Prints one JSON object: for each file given, whether it is a report, how many suites and cases are
complete in it, how many of them failed, and whether it is damaged.

Usage: count_junit.py FILE...
"""

import json
import sys
import xml.etree.ElementTree as ElementTree


def failed(element):
    """By the rules of docs/formats/junit.md."""
    if element.tag == "testcase":
        return any(child.tag in ("failure", "error") for child in element)
    if any(int(element.get(name) or 0) > 0 for name in ("failures", "errors")
           if (element.get(name) or "").isdigit()):
        return True
    return any(failed(child) for child in element if child.tag in ("testsuite", "testcase"))


def count(path):
    result = {"is_report": 0, "records": 0, "failed": 0, "damaged": 0}
    parser = ElementTree.iterparse(path, events=("start", "end"))
    try:
        for event, element in parser:
            if event == "start" and not result["is_report"]:
                if element.tag not in ("testsuites", "testsuite"):
                    return result
                result["is_report"] = 1
            if event == "end" and element.tag in ("testsuite", "testcase"):
                result["records"] += 1
                result["failed"] += failed(element)
    except ElementTree.ParseError:
        result["damaged"] = 1
    return result


if __name__ == "__main__":
    print(json.dumps({path: count(path) for path in sys.argv[1:]}))
