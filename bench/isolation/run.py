#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What it costs that neural engines have processes of their own: the small trained recogniser of tests/models/digits
here and in a process of its own, the same audio in blocks of 100 ms.

here_..., own_...: in the same process, in a process of its own.
..._load_ms: from nothing to a model that can hear.
..._block_p50_us, ..._block_p95_us: a block of 100 ms, as a session sends them.
..._final_p50_us, ..._final_p95_us: the final of an utterance of 2 s.
own_resident_mb: what the process keeps in memory, of which own_resident_own_mb is shared with no other.

It needs the library sherpa-onnx: tools/npm_ci.sh tests/models
"""
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from report import ROOT, report  # noqa: E402


def main():
    subprocess.run(["cmake", "--build", ROOT / "build/release", "--target", "bench_isolation", "parley"], check=True,
                   stdout=subprocess.DEVNULL)
    library = ROOT / "tests/models/node_modules/sherpa-onnx-linux-x64/libsherpa-onnx-c-api.so"
    run = subprocess.run([ROOT / "build/release/bin/bench_isolation", ROOT / "build/release/parley", library,
                          ROOT / "tests/models/digits/streaming"], stdout=subprocess.PIPE, text=True, check=True)
    report("isolation", json.loads(run.stdout))


if __name__ == "__main__":
    main()
