#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How well and how soon Parley hears, on the English recordings beside the checkout (shared/data).

wer_percent: word error rate over all recordings, transcribed as files; both sides normalised
    (src/text/word_error_rate.hpp).
wer_streaming_percent: the same, each as a turn of somebody who has never been heard before.
wer_session_percent: each after what the same speaker said before, learnt from what was heard.
wer_biased_percent, biased_ratio: streamed, with a bias text that holds each sentence among 500 others, and its ratio to
    wer_streaming_percent.
wer_adapted_percent, wer_unadapted_percent, adapted_ratio: streamed, for speakers with ten or more recordings: the first
    five are read aloud to enrol, the others are scored.
wer_kept_percent, kept_ratio: the same by another engine, which was given what was kept of the voice.
calibration_error: mean distance of a word's confidence from how often such words are right, over ten bins.
discrimination: share of pairs of a right and a wrong word in which the right one is the more confident.
offered_percent: of the words heard in place of others, those whose alternatives hold the one that was said.
final_p50_ms, final_p95_ms, final_max_ms: from the end of the audio (350 ms after the end of speech) to the final
    transcript, every third recording at the speed of speech in blocks of 20 ms.
paced_same_text_percent: how many of those give the same text as when fed as fast as possible.
cpu_ms_per_audio_s: processor time of recognition for a second of audio.
vad_us_per_frame: processor time of the voice activity detector for a frame of 10 ms.

Every recording is heard in all these ways before the next, so that the ratios are of one and the same run.
The peer is PocketSphinx's own live program, when the package `pocketsphinx` is there (HEARING_PEER=0 leaves it out).
"""
import csv
import json
import os
import re
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
        return [(folder / row["file"], row["speaker"], row["text"]) for row in rows if row["lang"] == "en" and row["text"]]


def other_sentences(count):
    """Sentences about other things, from the encyclopedia articles of the retrieval data."""
    articles = json.loads((SHARED_DATA / "retrieval-qa/xquad/xquad.en.json").read_text())["data"]
    paragraphs = [paragraph["context"] for article in articles for paragraph in article["paragraphs"]]
    sentences = [part for text in paragraphs for part in re.split(r"(?<=[.?!])\s+", text) if len(part.split()) >= 5]
    # From all articles alike, not from the first few.
    return sentences[:: max(1, len(sentences) // count)][:count]


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
        for index, (_, _, words) in enumerate(rows):
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
        rows = [(readable(path, folder), speaker, words) for path, speaker, words in recordings()]
        list_file = folder / "list.tsv"
        list_file.write_text("".join(f"{path}\t{speaker}\t{words}\n" for path, speaker, words in rows))
        said = list(dict.fromkeys(words.rstrip(".,;?! ") for _, _, words in rows))
        expected = folder / "expected.txt"
        expected.write_text("\n\n".join([f"{words}." for words in said] + other_sentences(max(501 - len(said), 0))))
        metrics = program("measure", list_file, expected)
        peers = {}
        if shutil.which(PEER) and os.environ.get("HEARING_PEER") != "0":
            peers[PEER] = {"wer_streaming_percent": peer_word_error_rate(list_file, rows, folder)}
        metrics |= found.measure([(row[0], row[-1]) for row in rows])
    metrics["recordings"] = len(rows)
    report("hearing", metrics, peers)


if __name__ == "__main__":
    main()
