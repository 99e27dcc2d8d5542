#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long Parley takes to be ready, what it holds in memory then, and how long its help takes.

ready_ms: from starting the process to a 200 from /ready, warm (one start before is not counted), median.
resident_mb: VmRSS two seconds after it was ready, when every embedded engine is loaded, median.
help_ms: `parley --help` from start to exit, median.
"""
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from report import PARLEY, ROOT, report  # noqa: E402

STARTS = 7
HELPS = 21


def resident_mb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


def start_once(data):
    begun = time.perf_counter()
    process = subprocess.Popen([PARLEY, "serve", "--listen", "127.0.0.1:0", "--data", data],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        url = None
        for line in process.stdout:
            if match := re.search(r"ready on (http://\S+)", line):
                url = match.group(1).rstrip("/,")
                break
        if url is None:
            sys.exit("bench start: parley serve ended before it was ready")
        while True:
            try:
                with urllib.request.urlopen(f"{url}/ready", timeout=5):
                    break
            except urllib.error.URLError:
                time.sleep(0.002)
        ready_ms = (time.perf_counter() - begun) * 1000
        # Engines that load behind the readiness are loaded soon after; what they hold counts.
        time.sleep(2)
        return ready_ms, resident_mb(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def help_once():
    begun = time.perf_counter()
    subprocess.run([PARLEY, "--help"], check=True, capture_output=True)
    return (time.perf_counter() - begun) * 1000


def main():
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        data = f"{folder}/data"
        subprocess.run([PARLEY, "index", ROOT / "demo", "--data", data], check=True, stdout=subprocess.DEVNULL)
        start_once(data)
        starts = [start_once(data) for _ in range(STARTS)]
    help_once()
    report("start", {
        "ready_ms": statistics.median(ready for ready, _ in starts),
        "ready_max_ms": max(ready for ready, _ in starts),
        "resident_mb": statistics.median(resident for _, resident in starts),
        "help_ms": statistics.median(help_once() for _ in range(HELPS)),
    })


if __name__ == "__main__":
    main()
