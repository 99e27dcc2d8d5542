#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What voice activity detection costs, and how well the embedded detector and Silero VAD hear in rooms and noise
(shared/data: English recordings, room responses, noises; Silero's weights from there or from PARLEY_SILERO).

*_core_percent_per_stream: processor time of a live stream, in percent of one core; of the network alone for streams
    evaluated together in batches of 1, 6 and 30.
For speech at 20 to 0 dB over noise, four of five recordings in a room:
*_miss_percent, *_false_alarm_percent: frames of speech outside what was taken for speech, and the other way round.
*_unheard_percent: recordings in which nothing was heard. *_false_starts_per_minute: of time without speech.
*_stop_late_*_ms: from the last speech to the event that it ended (hangover 100 ms).
*_end_off_*_ms: how far the end that the event names is from the last speech.
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

PROGRAM = Path(os.environ.get("VAD_BENCH", ROOT / "build/release/bin/vad_bench"))
MODEL = Path(os.environ.get("PARLEY_SILERO", SHARED_DATA / "models/silero-vad/silero_vad.onnx"))
EVERY = 2  # recordings


def sounds():
    folder = SHARED_DATA / "speech-recognition"
    with open(folder / "manifest.tsv", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        speech = [folder / row["file"] for row in rows if row["lang"] == "en" and row["file"].endswith(("flac", "wav"))]
    yield from (("speech", path) for path in speech[::EVERY])
    yield from (("noise", path) for path in sorted((folder / "augment").glob("noise*.wav")))
    yield from (("room", path) for path in sorted((folder / "augment").glob("rir*.wav")))


def table(metrics):
    """Both curves side by side; the report lists the same numbers one below the other."""
    print(f"\n{'':>6}  {'miss %':^17}  {'false alarm %':^17}  {'stop late p50 ms':^17}  {'stop late p95 ms':^17}")
    print(f"{'SNR':>6}" + "  {:>8} {:>8}".format("embedded", "silero") * 4)
    for snr in (20, 15, 10, 5, 0):
        cells = [metrics.get(f"{engine}_{snr}db_{name}", float("nan"))
                 for name in ("miss_percent", "false_alarm_percent", "stop_late_p50_ms", "stop_late_p95_ms")
                 for engine in ("embedded", "silero")]
        print(f"{snr:>3} dB" + "".join(f"  {a:8.1f} {b:8.1f}" for a, b in zip(cells[::2], cells[1::2])))


def main():
    if not (SHARED_DATA / "speech-recognition/manifest.tsv").exists():
        sys.exit(f"bench vad: no recordings at {SHARED_DATA}/speech-recognition")
    if "VAD_BENCH" not in os.environ:
        subprocess.run(["cmake", "--build", ROOT / "build/release", "--target", "vad_bench"], check=True,
                       stdout=subprocess.DEVNULL)
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        file.writelines(f"{kind}\t{path}\n" for kind, path in sounds())
        file.flush()
        model = MODEL if MODEL.exists() else "-"
        run = subprocess.run([PROGRAM, str(model), file.name], stdout=subprocess.PIPE, text=True, check=True)
    metrics = json.loads(run.stdout)
    table(metrics)
    report("vad", metrics)


if __name__ == "__main__":
    main()
