#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What preprocessing does to recognition in noise, and what it costs (shared/data: English recordings and noises).

WAY_SNRdb_wer_percent: word error rate of the embedded recogniser on recordings with noise under them, at 60 dB (as
    good as clean) to 0 dB, with a way of preprocessing: plain (none), high_pass, noise_low and noise_high
    (suppression), gain, and all_low (the three together).
WAY_core_percent_per_stream: processor time of a live stream, in percent of one core.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from report import ROOT, SHARED_DATA, report  # noqa: E402

PROGRAM = Path(os.environ.get("PREPROCESS_BENCH", ROOT / "build/release/bin/preprocess_bench"))
EVERY = int(os.environ.get("PREPROCESS_EVERY", "4"))  # recordings
WAYS = ("plain", "high_pass", "noise_low", "noise_high", "gain", "all_low")


def sounds():
    folder = SHARED_DATA / "speech-recognition"
    with open(folder / "manifest.tsv", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        speech = [row for row in rows if row["lang"] == "en" and row["file"].endswith(("flac", "wav"))]
    yield from (f"speech\t{folder / row['file']}\t{row['text']}\n" for row in speech[::EVERY])
    yield from (f"noise\t{path}\n" for path in sorted((folder / "augment").glob("noise*.wav")))


def main():
    if not (SHARED_DATA / "speech-recognition/manifest.tsv").exists():
        sys.exit(f"bench preprocess: no recordings at {SHARED_DATA}/speech-recognition")
    if "PREPROCESS_BENCH" not in os.environ:
        subprocess.run(["cmake", "--build", ROOT / "build/release", "--target", "preprocess_bench"], check=True,
                       stdout=subprocess.DEVNULL)
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        file.writelines(sounds())
        file.flush()
        run = subprocess.run([PROGRAM, file.name], stdout=subprocess.PIPE, text=True, check=True)
    metrics = json.loads(run.stdout)
    print(f"\nword errors, %  {'60 dB':>8}{'20 dB':>8}{'10 dB':>8}{'0 dB':>8}")
    for way in WAYS:
        print(f"{way:<14}" + "".join(f"{metrics[f'{way}_{snr}db_wer_percent']:8.1f}" for snr in (60, 20, 10, 0)))
    report("preprocess", metrics)


if __name__ == "__main__":
    main()
