# SPDX-License-Identifier: Apache-2.0
"""What every benchmark ends with: a table for people and build/bench/NAME.json for machines.

    {"name", "commit", "machine", "metrics": {name: number}, "peers": {peer: {name: number}}}

Units stand in the names (v2v_p50_ms, resident_mb). A metric that could not be measured is left out, never zero.
"""
import json
import math
import os
import platform
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Taken out of the environment: the program under test would refuse them as settings that it does not know.
PARLEY = Path(os.environ.pop("PARLEY_BINARY", ROOT / "build/release/parley"))
SHARED_DATA = Path(os.environ.pop("PARLEY_SHARED_DATA", ROOT.parent / "shared/data"))


def percentile(values, share):
    """The value below which `share` (0 to 1) of the values lie, between neighbours by a straight line."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def machine():
    model = platform.processor() or platform.machine()
    if match := re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE):
        model = match.group(1)
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text()).group(1)) / 2**20
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def commit():
    run = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    return run.stdout.strip() or "unknown"


def report(name, metrics, peers=None):
    """Prints the table and writes the file; gives the path of the file."""
    peers = peers or {}
    rounded = {key: round(value, 3) for key, value in metrics.items()}
    names = list(dict.fromkeys([*metrics, *(key for row in peers.values() for key in row)]))
    width = max([len(key) for key in names] + [6])
    print(f"\n{name:<{width}}  {'parley':>12}" + "".join(f"  {peer:>16}" for peer in peers))
    for key in names:
        cells = [rounded.get(key), *(row.get(key) for row in peers.values())]
        text = ["-" if cell is None else f"{cell:,.3f}".rstrip("0").rstrip(".") for cell in cells]
        print(f"{key:<{width}}  {text[0]:>12}" + "".join(f"  {cell:>16}" for cell in text[1:]))
    path = ROOT / "build/bench" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"name": name, "commit": commit(), "machine": machine(), "metrics": rounded, "peers": peers}
    path.write_text(json.dumps(content, indent=2) + "\n")
    print(f"\n{path.relative_to(ROOT)}")
    return path
