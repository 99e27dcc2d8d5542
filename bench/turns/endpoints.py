# SPDX-License-Identifier: Apache-2.0
"""When Parley takes the turn: soon after what is complete, not inside what is not.

complete: the questions of bench/voice that the handbook of demo/ answers, as Flite's voices say them.
paused: human recordings with a silence of 300 ms or more inside (shared/data/speech-recognition), and hesitations.json,
    said by Flite's voices with a silence of 0.4 to 1.2 s where more must come: questions, trailing clauses, numbers.
"""
import array
import concurrent.futures
import json
import math
import random
import wave
from pathlib import Path

from recordings import RATE, RECORDINGS, decode, inner_pause, recordings_with_pauses, speech_frames, synthesise, talk
from report import ROOT, percentile

FIXED_MS = (200, 300, 400, 500, 700, 1000, 1500)


def questions():
    found = []
    for name in ("questions.json", "questions_heldout.json"):
        found += [question for question in json.loads((ROOT / "bench/voice" / name).read_text()) if not question.get("refuse")]
    return found


def hesitations(folder):
    """Utterances with a silence of 0.4 to 1.2 s where more must come, said in two parts."""
    rng = random.Random(2)
    for number, sentence in enumerate(json.loads((Path(__file__).parent / "hesitations.json").read_text())):
        parts = [{"id": f"hesitation-{number}-{i}", "voice": sentence["voice"], "text": part.strip()}
                 for i, part in enumerate(sentence["text"].split("|"))]
        synthesise(parts, folder)
        before, after = (decode(part["file"]) for part in parts)
        silence = array.array("h", [round(rng.gauss(0, 6)) for _ in range(int(rng.uniform(0.4, 1.2) * RATE))])
        samples = before + silence + after
        path = folder / f"hesitation-{number}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(samples.tobytes())
        yield str(path), *inner_pause(speech_frames(samples))


def first_endpoints(paths):
    """Where Parley took the turn first, by file."""
    # Two at once: times are those of the audio.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        turns = [turn for part in pool.map(lambda share: talk(share, ROOT / "demo"), (paths[0::2], paths[1::2])) for turn in part]
    endpoints = {}
    for turn in turns:
        if "endpoint_at" in turn:
            endpoints.setdefault(turn["file"], turn["endpoint_at"])
    return endpoints


def measure_endpoints(folder):
    spoken = questions()
    synthesise(spoken, folder)
    complete = [(question["file"], *inner_pause(speech_frames(decode(question["file"])))) for question in spoken]
    kinds = {"hesitation": list(hesitations(folder))}
    if (RECORDINGS / "manifest.tsv").exists():
        kinds["human"] = recordings_with_pauses()
    paused = [(kind, *item) for kind, items in kinds.items() for item in items]
    endpoints = first_endpoints([path for path, *_ in complete] + [path for _, path, *_ in paused])

    delays = sorted(1000 * (endpoints[path] - end) for path, _, end in complete if endpoints.get(path, -1) >= end)
    cut = {kind: [] for kind in kinds}
    for kind, path, pause, end in paused:
        at = endpoints.get(path, math.inf)
        cut[kind].append(at < end)
        if at < end:
            print(f"cut off at {at:.2f} s of {end:.2f} s, longest pause {pause:.2f} s: {path.rsplit('/', 1)[-1]}")

    def percent(flags):
        return 100 * sum(flags) / len(flags)

    every = [flag for flags in cut.values() for flag in flags]
    print(f"\n{len(complete)} complete questions; {len(paused)} utterances with pauses\n{'silence':<10}  {'delay ms':>8}  {'cut off %':>9}")
    for fixed in FIXED_MS:
        print(f"{f'{fixed} ms':<10}  {fixed:>8}  {percent([pause * 1000 >= fixed for _, _, pause, _ in paused]):>9.1f}")
    print(f"{'adaptive':<10}  {percentile(delays, 0.5):>8.0f}  {percent(every):>9.1f}")
    return {
        "eot_complete_p50_ms": percentile(delays, 0.5),
        "eot_complete_p95_ms": percentile(delays, 0.95),
        "cutoff_percent": percent(every),
        **{f"cutoff_{kind}_percent": percent(flags) for kind, flags in cut.items()},
        "cutoff_fixed_500_percent": percent([pause >= 0.5 for _, _, pause, _ in paused]),
        "eot_items": len(complete) + len(paused),
    }
