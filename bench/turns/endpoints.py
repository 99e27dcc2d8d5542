# SPDX-License-Identifier: Apache-2.0
"""When Parley takes the turn: soon after what is complete, not inside what is not.

complete: the questions of bench/voice that the handbook of demo/ answers, as Flite's voices say them.
paused: human recordings with a silence of 300 ms or more inside (shared/data/speech-recognition), and sentences written
    for this (hesitations.json), which pause where more must come: questions, trailing clauses, numbers, addresses.
    Flite's voices say each as a whole, with a comma at the pause, so that it is spoken as something that goes on (at
    most 60 characters, else they would speak its parts by themselves); their own short pause there is lengthened by 0.4
    to 1.2 s.
held out: hesitations_heldout.json, more of the same, of more kinds, to which the judgement is not tuned; not in the
    figures of the others.
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

HELD_OUT = "heldout_hesitation"
FIXED_MS = (200, 300, 400, 500, 700, 1000, 1500)


def questions():
    found = []
    for name in ("questions.json", "questions_heldout.json"):
        found += [question for question in json.loads((ROOT / "bench/voice" / name).read_text()) if not question.get("refuse")]
    return found


def hesitations(name, folder):
    """Sentences with a silence of 0.4 to 1.2 s where more must come."""
    rng = random.Random(2)
    for number, sentence in enumerate(json.loads((Path(__file__).parent / f"{name}.json").read_text())):
        before, after = (part.strip().rstrip(",") for part in sentence["text"].split("|"))
        spoken = {"id": f"{name}-{number}", "voice": sentence["voice"], "text": f"{before}, {after}"}
        synthesise([spoken], folder)
        last, following = spoken["words"][len(before.split()) - 1:][:2]
        cut = round((last["end"] + following["start"]) / 2 * RATE)
        samples = decode(spoken["file"])
        samples[cut:cut] = array.array("h", [round(rng.gauss(0, 6)) for _ in range(int(rng.uniform(0.4, 1.2) * RATE))])
        with wave.open(spoken["file"], "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(samples.tobytes())
        yield spoken["file"], *inner_pause(speech_frames(samples))


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
    kinds = {"hesitation": list(hesitations("hesitations", folder)), HELD_OUT: list(hesitations("hesitations_heldout", folder))}
    if (RECORDINGS / "manifest.tsv").exists():
        kinds["human"] = recordings_with_pauses()
    paused = [(kind, *item) for kind, items in kinds.items() for item in items]
    endpoints = first_endpoints([path for path, *_ in complete] + [path for _, path, *_ in paused])

    cut_in_two = [path for path, _, end in complete if endpoints.get(path, math.inf) < end]
    for path in cut_in_two:
        print(f"cut off: {path.rsplit('/', 1)[-1]}")
    delays = sorted(1000 * (endpoints[path] - end) for path, _, end in complete if endpoints.get(path, -1) >= end)
    cut = {kind: [] for kind in kinds}
    for kind, path, pause, end in paused:
        at = endpoints.get(path, math.inf)
        cut[kind].append(at < end)
        if at < end:
            print(f"cut off at {at:.2f} s of {end:.2f} s, longest pause {pause:.2f} s: {path.rsplit('/', 1)[-1]}")

    def percent(flags):
        return 100 * sum(flags) / len(flags)

    every = [flag for kind, flags in cut.items() if kind != HELD_OUT for flag in flags]
    pauses = [pause for kind, _, pause, _ in paused if kind != HELD_OUT]
    print(f"\n{len(complete)} complete questions; {len(every)} utterances with pauses\n{'silence':<10}  {'delay ms':>8}  {'cut off %':>9}")
    for fixed in FIXED_MS:
        print(f"{f'{fixed} ms':<10}  {fixed:>8}  {percent([pause * 1000 >= fixed for pause in pauses]):>9.1f}")
    print(f"{'adaptive':<10}  {percentile(delays, 0.5):>8.0f}  {percent(every):>9.1f}")
    return {
        "eot_complete_p50_ms": percentile(delays, 0.5),
        "eot_complete_p95_ms": percentile(delays, 0.95),
        "cutoff_percent": percent(every),
        "cutoff_complete_percent": 100 * len(cut_in_two) / len(complete),
        **{f"cutoff_{kind}_percent": percent(flags) for kind, flags in cut.items()},
        "cutoff_fixed_500_percent": percent([pause >= 0.5 for pause in pauses]),
        "eot_items": len(complete) + len(paused),
    }
