#!/usr/bin/env python3
"""Measures the release build and prints Markdown tables; README.md says what and how.

    run.py [--quick] [--million] [--gigabyte] [--policies] [--vestige PATH]

Writes inputs that are missing to Benchmarks/data, builds the release unless PATH names a program,
and needs nothing but Python's standard library; programs to compare with are used where they are.
--quick takes 10 MB inputs and one run each. --million adds the index of a million rows (720 MB),
--gigabyte the peak memory of 1 GB against 100 MB, --policies those from ten million decisions
(4.9 GB).
"""

import argparse
import json
import os
import pty
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from fcntl import ioctl
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "Benchmarks" / "data"
PYTHON_JSON = "import json,sys\nfor line in open(sys.argv[1],'rb'): json.loads(line)"


def once(command, environment=None):
    """Seconds, peak memory in bytes and processor seconds of one run on the first core."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment,
        preexec_fn=lambda: os.sched_setaffinity(0, {0}))
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    # 1 is a finding, which a difference or a failed expectation is.
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{' '.join(command)}: {errors.decode(errors='replace')}")
    return seconds, usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime


def measure(command, runs, warm=True):
    """Median, smallest and largest seconds, peak memory, and the median of processor seconds, after
    a run that does not count."""
    if warm:
        once(command)
    results = [once(command) for _ in range(runs)]
    seconds = [result[0] for result in results]
    return (statistics.median(seconds), min(seconds), max(seconds), max(r[1] for r in results),
            statistics.median(result[2] for result in results))


def first_screen(command):
    """Seconds from the start of a program on an 80x24 terminal to its end."""
    begin = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.sched_setaffinity(0, {0})
        os.environ["TERM"] = "xterm-256color"
        os.execv(command[0], command)
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        pass  # The terminal hangs up when the program has ended.
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)}: exit status {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begin


def table(title, head, rows):
    print(f"\n### {title}\n\n| " + " | ".join(head) + " |")
    print("|---" + "|---:" * (len(head) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    sys.stdout.flush()


def milliseconds(result):
    median, least, most = result[:3]
    return f"{median * 1000:,.1f}", f"{least * 1000:,.1f}–{most * 1000:,.1f}"


def generated(arguments, name):
    """An input of generate.py, written when it is missing."""
    DATA.mkdir(exist_ok=True)
    path = DATA / name
    if not path.exists():
        partial = path.with_suffix(".partial")
        subprocess.run(
            [sys.executable, str(ROOT / "Benchmarks/generate.py"), *arguments, str(partial)],
            check=True)
        partial.rename(path)
    return path


def inputs(size, with_million):
    files = {"authz": DATA / f"authz-{size}.jsonl", "otlp": DATA / f"otlp-{size}.jsonl"}
    for kind, path in files.items():
        generated([kind, str(size)], path.name)
    if with_million:
        files["million"] = generated(["million"], "million.jsonl")
    # The same spans once more, in protobuf.
    files["otlp-protobuf"] = DATA / f"otlp-{size}.pb"
    if not files["otlp-protobuf"].exists():
        subprocess.run(
            [sys.executable, str(ROOT / "Tests/TraceReadersTests/Fixtures/encode_otlp.py"),
             str(files["otlp"]), str(files["otlp-protobuf"]), "four-bytes"], check=True)
    return files


def built(path):
    if path:
        return str(Path(path).resolve())
    flags = ["swift", "build", "-c", "release", "--static-swift-stdlib"]
    subprocess.run([*flags, "--product", "vestige"], check=True, cwd=ROOT, stdout=sys.stderr)
    where = subprocess.run(
        [*flags, "--show-bin-path"], check=True, cwd=ROOT, capture_output=True, text=True)
    return where.stdout.strip() + "/vestige"


def peers(path):
    """Programs that read the same file, as far as they are there, and what each leaves out."""
    found = [("cat, to nowhere: reading alone", ["cat", path]), ("wc -l", ["wc", "-l", path])]
    if shutil.which("jq"):
        found.append(("jq empty: parsing alone", ["jq", "empty", path]))
    found.append(("Python's json, a line at a time", [sys.executable, "-c", PYTHON_JSON, path]))
    return found


def rows_of(vestige, path, folder):
    output = subprocess.run(
        [vestige, "trace", "query", path, "| count()", "--format", "csv", "--index-dir", folder],
        check=True, capture_output=True, text=True).stdout
    return int(output.splitlines()[1].split(",")[-1])


def measure_indexing(vestige, files, folder, runs):
    rows = []
    records = {}
    for kind in ("authz", "otlp", "otlp-protobuf"):
        path = str(files[kind])
        megabytes = files[kind].stat().st_size / 1e6
        build = [vestige, "index", "build", path, "--rebuild", "--index-dir", folder]
        own = measure(build, runs)
        records[kind] = (rows_of(vestige, path, folder), own)
        all_programs = [("**vestige index build**", own)]
        for name, command in peers(path) if kind != "otlp-protobuf" else []:
            slow = command[0] not in ("cat", "wc")
            all_programs.append((name, measure(command, 1 if slow else runs, warm=not slow)))
        for name, result in all_programs:
            rows.append([
                f"{kind}: {name}", f"{megabytes / result[4]:,.0f}",
                f"{megabytes / result[0]:,.0f}", f"{result[0]:.3f}",
                f"{result[1]:.3f}–{result[2]:.3f}", f"{result[0] / own[0]:.2f}",
                f"{result[3] / 1e6:,.0f}"])
    table("Indexing, records", ["input", "records", "records a second"], [
        [kind, f"{count:,}", f"{count / own[0]:,.0f}"] for kind, (count, own) in records.items()])
    table("Indexing, one core", [
        "input", "MB a processor second", "MB/s", "seconds", "range", "of vestige", "peak MB"], rows)


def dictionary_of(vestige, path, folder):
    """Bytes of the string table while an index is made: texts, ends, and two slots of its hash table
    for each text, which is the least that it has."""
    output = subprocess.run(
        [vestige, "index", "inspect", path, "--format", "json", "--index-dir", folder],
        check=True, capture_output=True, text=True).stdout
    sizes = {section["section"]: section["size_bytes"]
             for section in json.loads(output)["sections"]}
    return sizes["string_bytes"] + 3 * sizes["string_end"]


def measure_memory(vestige, folder):
    """The peaks of 100 MB and 1 GB, whose difference should be no more than the dictionary."""
    rows = []
    for kind in ("authz", "otlp"):
        peaks = []
        for size in (100, 1000):
            path = str(generated([kind, str(size)], f"{kind}-{size}.jsonl"))
            build = [vestige, "index", "build", path, "--rebuild", "--index-dir", folder]
            seconds, peak, _ = once(build)
            dictionary = dictionary_of(vestige, path, folder)
            peaks.append(peak - dictionary)
            rows.append([f"{kind}, {size} MB", f"{seconds:.1f}", f"{peak / 1e6:,.0f}",
                         f"{dictionary / 1e6:,.1f}",
                         f"{peaks[-1] / peaks[0]:.2f}"])
    table("Peak memory of indexing", [
        "input", "seconds", "peak MB", "dictionary MB", "without it, of 100 MB"], rows)


def measure_start(vestige, places, folder, runs):
    rows = [["vestige --version", *milliseconds(measure([vestige, "--version"], runs * 4))]]
    for name, path in places:
        once([vestige, "index", "build", path, "--index-dir", folder])
        command = [vestige, "explore", path, "--index-dir", folder, "--first-screen-only"]
        first_screen(command)
        seconds = [first_screen(command) for _ in range(runs * 2)]
        rows.append([
            f"first screen of {name}, cached", f"{statistics.median(seconds) * 1000:.1f}",
            f"{min(seconds) * 1000:.1f}–{max(seconds) * 1000:.1f}"])
    table("Start", ["", "ms", "range"], rows)


def measure_questions(vestige, name, path, folder, runs):
    place = [str(path), "--index-dir", folder]
    once([vestige, "index", "build", *place])
    commands = [
        ("filter on a service", ["trace", "query", place[0], "service=orders | count()"]),
        ("three conditions", ["trace", "query", place[0],
                              "service=orders dur>10ms is:error | count()"]),
        ("text in names", ["trace", "query", place[0], "name=~ord.r | count()"]),
        ("groups with p95", ["trace", "query", place[0], "| by(service, name) | p95(dur)"]),
        ("ten slowest traces", ["trace", "list", place[0], "--sort", "duration", "--limit", "10"]),
        ("summary", ["trace", "summarize", place[0]]),
        ("policy", ["policy", "generate", place[0]]),
    ]
    rows = []
    for title, words in commands:
        if title == "policy" and name != "authz":
            continue
        rows.append([f"{name}: {title}",
                     *milliseconds(measure([vestige, *words, *place[1:]], runs))])
    table(f"Commands on the index of {name}, from start to end", ["", "ms", "range"], rows)


def measure_policies(vestige, folder, runs):
    """Policies from ten million decisions, beside counting the lines that they came from."""
    path = str(generated(["authz", "4901"], "authz-4901.jsonl"))
    place = [path, "--index-dir", folder]
    once([vestige, "index", "build", *place])
    counting = measure(["wc", "-l", path], runs)
    rows = [["wc -l, on the artifact of 4.9 GB", *milliseconds(counting), "1.00"]]
    for dialect in ("emulator", "gcp", "cedar", "aws", "kubernetes"):
        result = measure(
            [vestige, "policy", "generate", "--dialect", dialect, *place], runs)
        rows.append([dialect, *milliseconds(result), f"{result[0] / counting[0]:.2f}"])
    table("Policies from the index of ten million decisions", ["", "ms", "range", "ratio"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--gigabyte", action="store_true")
    parser.add_argument("--policies", action="store_true")
    parser.add_argument("--vestige")
    options = parser.parse_args()
    runs = 1 if options.quick else 5
    vestige = built(options.vestige)
    files = inputs(10 if options.quick else 100, options.million)
    folder = tempfile.mkdtemp(prefix="vestige-bench-")
    try:
        measure_indexing(vestige, files, folder, runs)
        if options.gigabyte:
            measure_memory(vestige, folder)
        if options.policies:
            measure_policies(vestige, folder, runs)
        places = [("samples", str(ROOT / "samples"))]
        places += [("a million rows", str(files["million"]))] if options.million else []
        measure_start(vestige, places, folder, runs)
        for name, path in files.items():
            if name != "otlp-protobuf":
                measure_questions(vestige, name, path, folder, runs)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
