#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How well and how soon Parley hears, on the English recordings beside the checkout (shared/data).

wer_streaming_percent: word error rate over all recordings, streamed; both sides normalised (src/text/word_error_rate.hpp).
final_p50_ms, final_p95_ms, final_max_ms: from the end of the audio (350 ms after the end of speech) to the final
    transcript, every third recording at the speed of speech in blocks of 20 ms.
paced_same_text_percent: how many of those give the same text as when fed as fast as possible.
cpu_ms_per_audio_s: processor time of recognition for a second of audio.
vad_us_per_frame: processor time of the voice activity detector for a frame of 10 ms.

The peer is PocketSphinx's own live program, when the package `pocketsphinx` is there (HEARING_PEER=0 leaves it out).
"""
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import found  # noqa: E402
from report import ROOT, SHARED_DATA, report  # noqa: E402

PROGRAM = ROOT / "build/release/bin/hearing_bench"
PEER = "pocketsphinx_continuous"


def recordings():
    folder = SHARED_DATA / "speech-recognition"
    with open(folder / "manifest.tsv", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(folder / row["file"], row["text"]) for row in rows if row["lang"] == "en" and row["text"]]


def readable(path, folder):
    """Bare 16 kHz samples get a header; every other recording is taken as it is."""
    if path.suffix != ".raw16k":
        return path
    with wave.open(str(folder / f"{path.stem}.wav"), "wb") as out:
        out.setparams((1, 2, 16000, 0, "NONE", ""))
        out.writeframes(path.read_bytes())
    return folder / f"{path.stem}.wav"


def program(*arguments):
    run = subprocess.run([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(run.stdout)


def peer_word_error_rate(list_file, rows, folder):
    program("wav", list_file, folder)
    scored = folder / "scored.tsv"
    with open(scored, "w") as out:
        for index, (_, words) in enumerate(rows):
            run = subprocess.run([PEER, "-infile", folder / f"{index}.wav", "-logfn", "/dev/null"],
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            print(words, " ".join(run.stdout.split()), sep="\t", file=out)
    return program("score", scored)["wer_streaming_percent"]


def main():
    if not (SHARED_DATA / "speech-recognition/manifest.tsv").exists():
        sys.exit(f"bench hearing: no recordings at {SHARED_DATA}/speech-recognition")
    subprocess.run(["cmake", "--build", ROOT / "build/release", "--target", "hearing_bench"], check=True,
                   stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as name:
        folder = Path(name)
        rows = [(readable(path, folder), words) for path, words in recordings()]
        list_file = folder / "list.tsv"
        list_file.write_text("".join(f"{path}\t{words}\n" for path, words in rows))
        metrics = program("measure", list_file)
        peers = {}
        if shutil.which(PEER) and os.environ.get("HEARING_PEER") != "0":
            peers[PEER] = {"wer_streaming_percent": peer_word_error_rate(list_file, rows, folder)}
        metrics |= found.measure([(row[0], row[-1]) for row in rows])
    metrics["recordings"] = len(rows)
    report("hearing", metrics, peers)


if __name__ == "__main__":
    main()
