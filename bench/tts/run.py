#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How soon the embedded voices speak, what they cost, how loud they are, and whether they can be understood.

tts_first_p50_ms, tts_first_p95_ms: from the request to the first chunk of audio, default engine, sentences of 2 to
    12 seconds, one at a time.
tts_kept_first_...: the same for sentences that were spoken before.
ENGINE_first_..., ENGINE_real_time_factor: the same for each engine; time taken over length of speech.
ENGINE_wer_percent: word error rate of Parley's own recogniser on what the voices say.
ENGINE_word_start_off_..., ENGINE_word_end_off_...: how far the times that the engine tells of words are from a forced
    alignment of what it said (PocketSphinx); ..._within_40ms_percent: how many of them by at most 40 ms;
    ..._median_ms: the middle difference, positive where the engine's time is later.
ENGINE_lufs_least, ENGINE_lufs_most: loudness of single sentences (ITU-R BS.1770).
"""
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from report import ROOT, report  # noqa: E402


def main():
    subprocess.run(["cmake", "--build", ROOT / "build/release", "--target", "bench_tts"], check=True,
                   stdout=subprocess.DEVNULL)
    rounds = os.environ.get("TTS_ROUNDS", "10")
    run = subprocess.run([ROOT / "build/release/bin/bench_tts", rounds], stdout=subprocess.PIPE, text=True, check=True)
    report("tts", json.loads(run.stdout))


if __name__ == "__main__":
    main()
