#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Spoken questions over the demo handbook: how fast and how rightly Parley answers, and whether it lets people finish.

v2v_p50_ms, v2v_p95_ms: voice to voice as `parley talk` measures it, over all questions, one at a time.
right_percent: of the questions the handbook answers, those whose spoken answer holds every expected fact.
refused_percent: of the questions it does not answer, those that Parley declines in words, without a citation.
cutoff_percent: of human recordings with an inner pause of 300 ms or more, those in which Parley took the turn
before the end of the last speech, in the same configuration. `endpoint_at` (seconds into the file) of the first
turn tells; speech is found by energy: 10 ms frames less than 35 dB below the loudest.

--heldout asks the held-out questions instead; --only latency|cutoff measures one half.
"""
import argparse
import concurrent.futures
import json
import math
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from recordings import PAUSE_S, RECORDINGS, recordings_with_pauses, synthesise, talk  # noqa: E402
from report import ROOT, percentile, report  # noqa: E402


def plain(text):
    return " ".join(re.sub(r"[^\w%$.]+", " ", text.lower().replace(",", "")).split())


def holds(answer, expected):
    """Whether the answer holds, of each group of spellings, one."""
    words = f" {plain(answer)} ".replace(". ", " ")
    return all(any(f" {plain(spelling)} " in words for spelling in group) for group in expected)


def measure_answers(questions):
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as name:
        synthesise(questions, Path(name))
        turns = {}
        for turn in talk([question["file"] for question in questions], ROOT / "demo"):
            turns.setdefault(turn["file"], turn)
        latencies, right, refused = [], [], []
        print(f"{'':5} {'v2v ms':>7}  question / heard / answer")
        for question in questions:
            turn = turns.get(question["file"], {"answer": "", "transcript": "", "citations": [], "timings_ms": {}})
            v2v = turn["timings_ms"].get("voice_to_voice")
            if v2v is not None:
                latencies.append(v2v)
            if question.get("refuse"):
                ok = bool(turn["answer"]) and turn.get("refused", False) and not turn["citations"]
                refused.append(ok)
            else:
                ok = holds(turn["answer"], question["expected"])
                right.append(ok)
            print(f"{question['id']:5} {'-' if v2v is None else round(v2v):>7}  {'ok  ' if ok else 'MISS'} {question['text']}"
                  f"\n{'':20}{turn['transcript']}\n{'':20}{turn['answer']}", flush=True)
    print("\nstages, median ms:")
    stages = {}
    for turn in turns.values():
        for stage, value in turn["timings_ms"].items():
            stages.setdefault(stage, []).append(value)
    for stage, values in stages.items():
        print(f"  {stage:<20} {percentile(values, 0.5):8.1f}   p95 {percentile(values, 0.95):8.1f}")
    return {
        "v2v_p50_ms": percentile(latencies, 0.5),
        "v2v_p95_ms": percentile(latencies, 0.95),
        "questions_answered": len(latencies),
        "right_percent": 100 * sum(right) / len(right),
        "refused_percent": 100 * sum(refused) / len(refused),
    }


def measure_cutoffs():
    if not (RECORDINGS / "manifest.tsv").exists():
        print(f"\ncutoff_percent is left out: no recordings at {RECORDINGS}")
        return {}
    recordings = recordings_with_pauses()
    minutes = sum(end for _, _, end in recordings) / 60
    print(f"\n{len(recordings)} human recordings with an inner pause of {PAUSE_S * 1000:.0f} ms or more, {minutes:.1f} minutes")
    # Two at once: nothing here is a latency.
    shares = [recordings[0::2], recordings[1::2]]
    paths = [[path for path, _, _ in share] for share in shares if share]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        turns = [turn for part in pool.map(lambda files: talk(files, ROOT / "demo"), paths) for turn in part]
    endpoints = {}
    for turn in turns:
        if "endpoint_at" in turn:
            endpoints.setdefault(turn["file"], []).append(turn["endpoint_at"])
    cut = unheard = 0
    for path, pause, end in recordings:
        first = min(endpoints.get(path, [math.inf]))
        if first == math.inf:
            unheard += 1
            print(f"  no turn: {Path(path).name}")
        elif first < end:
            cut += 1
            print(f"  cut off at {first:.2f} s of {end:.2f} s (longest pause {pause:.2f} s): {Path(path).name}")
    if unheard:
        print(f"  {unheard} without any turn")
    return {"cutoff_percent": 100 * cut / len(recordings), "cutoff_recordings": len(recordings)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heldout", action="store_true")
    parser.add_argument("--only", choices=["latency", "cutoff"])
    arguments = parser.parse_args()
    name = "questions_heldout.json" if arguments.heldout else "questions.json"
    metrics = {}
    if arguments.only != "cutoff":
        metrics |= measure_answers(json.loads((Path(__file__).parent / name).read_text()))
    if arguments.only != "latency":
        metrics |= measure_cutoffs()
    report("voice_heldout" if arguments.heldout else "voice", metrics)


if __name__ == "__main__":
    main()
