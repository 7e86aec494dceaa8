#!/usr/bin/env python3
"""Writes large artifacts for the benchmarks. The same arguments give the same bytes anywhere.

    generate.py authz SIZE_MB OUT     AuthzEvent 1.0 as the emulators write it, 490 bytes an event
    generate.py otlp SIZE_MB OUT      OTLP/JSON, a line for each export of 50 to 500 spans
    generate.py million OUT           as otlp, with exactly 1,000,000 spans (720 MB)

SIZE_MB is in 1,000,000 bytes. The file is at least that large, and larger by less than a record or,
for otlp, by the frames around the spans. README.md says what the files look like and why.
"""

import argparse
import sys

sys.dont_write_bytecode = True
from authz_events import write_authz  # noqa: E402  (found beside this script)
from emission import Output  # noqa: E402
from otlp_spans import write_otlp  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for command in ("authz", "otlp", "million"):
        arguments = commands.add_parser(command)
        if command != "million":
            arguments.add_argument("size_mb", type=int)
        arguments.add_argument("out")
    arguments = parser.parse_args()
    output = Output(arguments.out)
    if arguments.command == "authz":
        write_authz(arguments.size_mb * 1_000_000, output)
    elif arguments.command == "otlp":
        write_otlp(output, size=arguments.size_mb * 1_000_000)
    else:
        write_otlp(output, spans=1_000_000)
    output.close()
    print(f"{arguments.out}: {output.bytes:,} bytes, {output.lines:,} lines", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
