#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turn-taking: what Parley makes of speech while its answer plays.

Over an answer to a typed question, a client's microphone in a quiet room gets one item each:
backchannels: eleven that listeners say, in three Flite voices;
noises: coughs and knocks, made of shaped noise here;
interruptions: ten phrases in three Flite voices, and the first four seconds of human recordings
    (shared/data/speech-recognition; left out where there is none);
held-out backchannels and interruptions: phrases to which nothing is tuned (overlaps_heldout.json), in a voice each.

duck_p95_ms: onset of an interruption (its first 10 ms within 20 dB of the loudest, A-weighted) to the order to play
    quieter. The microphone gives 20 ms at a time, when it has heard them.
stop_p95_ms: to the order to pause, or, to a client that cannot, that the user speaks.
decided_p50_ms: until the answer is given up.
missed_interruptions_percent: interruptions after which the answer went on.
backchannel_stop_percent, noise_stop_percent: of the others, those that ended the answer.
missed_heldout_interruptions_percent, heldout_backchannel_stop_percent: the same of what was held out.
false_pause_percent: those that paused it for a while; false_resume_p95_ms: from their end until it went on.
context_error_words_p50: words of an interrupted answer that the conversation remembers, against those whose middle its
    player had played. When they are spoken comes from recognising the answer's own sound.

Over an open speaker, whose echo (10 dB below what is played, 20 to 250 ms late, in the rooms of
shared/data/speech-recognition/augment) the client does not cancel:
self_interruptions: in ten minutes of answers to somebody who only listens; self_pauses, self_ducks: how often they
    were paused and lowered for nothing.
missed_interruptions_over_echo_percent, backchannel_stop_over_echo_percent, noise_stop_over_echo_percent: of the same
    items, each in two rooms.
echo_us_per_frame, echo_first_us_per_frame, no_echo_us_per_frame: processor time for 10 ms while an answer plays: with
    an echo, after and in its first two seconds, and without.

In silence, before any answer (endpoints.py):
eot_complete_p50_ms: from the end of a complete question (its last 10 ms within 35 dB of the loudest) to the end of the
    turn.
cutoff_percent: of utterances with a pause inside, those whose turn was ended before they were; cutoff_complete_percent
    is that of the complete questions, whose delay then counts in nothing; cutoff_human_percent and
    cutoff_hesitation_percent are parts of it, cutoff_fixed_500_percent is what a fixed silence of 500 ms would do.
    cutoff_heldout_hesitation_percent is not: of sentences to which nothing is tuned.

Beside that, clients of /stream ask a question aloud and hear its answer, while their connections are cut at random, in
speech, in the answer and between, and they come back at once:
reconnect_p95_ms: from connecting again to the first event that is new to the client.
drop_lost, drop_doubled: messages in both directions and samples of the answer, against a client that is never cut off.

--keep FOLDER keeps the sounds; --only endpoints or --only overlaps (what is said over answers) measures that part alone;
--seconds says how long the listeners before open speakers listen in all.
"""
import argparse
import array
import csv
import difflib
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import wave
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from endpoints import measure_endpoints  # noqa: E402
from recordings import RATE, decode  # noqa: E402
from report import PARLEY, ROOT, SHARED_DATA, percentile, report  # noqa: E402

ECHO_COST = Path(os.environ.get("ECHO_COST", ROOT / "build/release/bin/echo_cost"))
VOICES = ("slt", "rms", "awb")
BACKCHANNELS = ("uh-huh", "aha", "yeah", "right", "okay", "I see", "sure", "yes", "oh really", "got it", "great")
INTERRUPTIONS = ("stop", "wait a moment", "no, not that one", "hold on", "what does it cost", "sorry, I meant another one",
                 "okay, but how long does it take", "can you say that again", "actually, tell me about the warranty",
                 "how much is it")
KINDS = ("interruption", "backchannel", "noise")
RECORDINGS = 12
RECORDING_SECONDS = 4
ECHO_DB = -10
LIKE_AN_ANSWER = "The battery does not have to be empty before you charge it again, and the warranty covers two years."
DELAYS_MS = (20, 60, 120, 180, 250)
ANOTHER_ROOM = 7  # places further among rooms and delays
LISTENERS = 6
LISTENED_SECONDS = 600
DROPS = 200


def write(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(array.array("h", [max(-32768, min(32767, round(sample))) for sample in samples]).tobytes())


def cough(seed):
    """Two or three bursts of noise that fade, each with a sharp beginning."""
    rng = random.Random(seed)
    samples = []
    for _ in range(rng.choice((2, 3))):
        length, fade, low = rng.randint(1600, 3200), rng.uniform(400, 900), 0.0
        for i in range(length):
            low += rng.uniform(0.2, 0.5) * (rng.gauss(0, 9000) - low)
            samples.append(low * min(1, i / 80) * math.exp(-i / fade))
        samples += [0] * rng.randint(600, 1600)
    return samples


def knock(seed):
    """Two or three strokes of a hollow wood."""
    rng = random.Random(seed)
    pitch = rng.uniform(180, 420)
    samples = []
    for _ in range(rng.choice((2, 3))):
        samples += [14000 * math.exp(-i / 500) * math.sin(2 * math.pi * pitch * i / RATE) + rng.gauss(0, 300) * math.exp(-i / 200)
                    for i in range(2400)]
        samples += [0] * 800
    return samples


def say(phrase, voice, kind, path):
    subprocess.run([PARLEY, "say", phrase, "-o", path, "--voice", voice], check=True, stdout=subprocess.DEVNULL)
    return {"id": f"{phrase} ({voice})", "kind": kind, "file": str(path)}


def spoken(phrases, kind, folder):
    for number, phrase in enumerate(phrases):
        for voice in VOICES:
            yield say(phrase, voice, kind, folder / f"{kind}-{number}-{voice}.wav")


def held_out(folder):
    phrases = json.loads((ROOT / "bench/turns/overlaps_heldout.json").read_text())
    for kind in ("interruption", "backchannel"):
        for number, phrase in enumerate(phrases[f"{kind}s"]):
            yield say(phrase, VOICES[number % len(VOICES)], heldout(kind), folder / f"heldout-{kind}-{number}.wav")


def recorded(folder):
    manifest = SHARED_DATA / "speech-recognition/manifest.tsv"
    if not manifest.exists():
        print(f"no recordings at {manifest.parent}: human interruptions are left out")
        return
    with open(manifest, newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["lang"] == "en"]
    for row in rows[::max(1, len(rows) // RECORDINGS)][:RECORDINGS]:
        path = folder / f"recorded-{Path(row['file']).stem}.wav"
        write(path, decode(manifest.parent / row["file"])[:RECORDING_SECONDS * RATE])
        yield {"id": row["file"], "kind": "interruption", "file": str(path)}


def noises(folder):
    for name, make in (("cough", cough), ("knock", knock)):
        for seed in range(6):
            path = folder / f"{name}-{seed}.wav"
            write(path, make(seed))
            yield {"id": f"{name} {seed}", "kind": "noise", "file": str(path)}


def echoes(speech):
    """Rooms and delays, in turn; `speech` is a file of what is played."""
    rooms = sorted((SHARED_DATA / "speech-recognition/augment").glob("rir*.wav"))
    return [{"room": str(rooms[i % len(rooms)]), "delay_ms": DELAYS_MS[i % len(DELAYS_MS)], "db": ECHO_DB, "speech": str(speech)}
            for i in range(len(rooms) * len(DELAYS_MS))]


def heldout(kind):
    return f"held-out {kind}"


def over(kind):
    return f"{kind} over echo"


def over_echo(items, seconds, folder):
    """The same, and listeners who say nothing, before open speakers."""
    speech = folder / "answer-like.wav"
    subprocess.run([PARLEY, "say", LIKE_AN_ANSWER, "-o", speech], check=True, stdout=subprocess.DEVNULL)
    found = echoes(speech)
    if not found:
        print("no room responses: open speakers are left out")
        return
    for kind in KINDS:
        for i, item in enumerate(item for item in items if item["kind"] == kind):
            for place in (i, i + ANOTHER_ROOM):
                yield {**item, "kind": over(kind), "echo": found[place % len(found)]}
    for i in range(LISTENERS):
        echo = found[i * len(found) // LISTENERS]
        yield {"id": f"{Path(echo['room']).stem}, {echo['delay_ms']} ms", "kind": "listening",
               "seconds": seconds / LISTENERS, "echo": echo}


def play(items, answer):
    run = subprocess.Popen(["node", ROOT / "bench/turns/overlaps.mjs", answer], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    run.stdin.writelines(json.dumps(item) + "\n" for item in items)
    run.stdin.close()
    results = []
    for line in run.stdout:
        result = json.loads(line)
        results.append(result)
        if result["kind"] == "listening":
            print(f"listening              {result['seconds']:.0f} s: {result['interruptions']} interruptions, "
                  f"{result['paused']} pauses, {result['ducked']} ducks  {result['id']}", flush=True)
            continue
        print(f"{result['kind']:<22} {'interrupted' if result['interrupted'] else 'played on':<12}"
              f" duck {result['duck_ms']!s:>5}  stop {result['stop_ms']!s:>5}  decided {result['decided_ms']!s:>5}"
              f"  resumed {result['resumed_ms']!s:>5}  {result['id']}", flush=True)
    if run.wait() != 0:
        sys.exit("bench turns: the client failed")
    return results


def middles(text, sound):
    """When the middle of each word of `text` is spoken in `sound`, in milliseconds, as it is recognised there; a word
    that is not lies between its neighbours."""
    run = subprocess.run([PARLEY, "transcribe", sound, "--json"], check=True, capture_output=True, text=True)
    heard = json.loads(run.stdout)["words"]
    words = re.sub(r"[^a-z0-9' ]", "", text.lower()).split()
    times = [None] * len(words)
    for block in difflib.SequenceMatcher(None, words, [word["text"].lower() for word in heard], False).get_matching_blocks():
        for i in range(block.size):
            word = heard[block.b + i]
            times[block.a + i] = 500 * (word["start"] + word["end"])
    known = [(-1, 0.0), *((i, at) for i, at in enumerate(times) if at is not None), (len(words), 1000 * heard[-1]["end"])]
    for (i, before), (j, after) in zip(known, known[1:]):
        for k in range(i + 1, j):
            times[k] = before + (after - before) * (k - i) / (j - i)
    return times


def context_errors(results, sound):
    """Of each interrupted answer: how many words more or fewer are remembered than were played."""
    results = [result for result in results if "remembered" in result]
    spoken = {text: middles(text, sound) for text in {result["answer"] for result in results}}
    return [abs(len(result["remembered"].split()) - sum(at <= result["played_ms"] for at in spoken[result["answer"]]))
            for result in results]


def echo_cost(sound):
    """Processor time of echo cancellation, as bench/turns/echo_cost.cpp says."""
    if "ECHO_COST" not in os.environ:
        subprocess.run(["cmake", "--build", ROOT / "build/release", "--target", "echo_cost"], check=True,
                       stdout=subprocess.DEVNULL)
    return json.loads(subprocess.run([ECHO_COST], input=decode(sound).tobytes(), check=True, capture_output=True).stdout)


def drops(question):
    """What is lost, and how long it takes to come back, when connections are cut at random."""
    run = subprocess.run(["node", ROOT / "bench/turns/drops.mjs", question, str(DROPS)], check=True, stdout=subprocess.PIPE, text=True)
    *losses, total = map(json.loads, run.stdout.splitlines())
    for kind in ("how", "state"):
        print(f"cut off, by {kind}:", dict(Counter(loss[kind] for loss in losses)))
    times = [loss["reconnect_ms"] for loss in losses]
    return {"reconnect_p50_ms": percentile(times, 0.5), "reconnect_p95_ms": percentile(times, 0.95),
            "drops": len(losses), "drop_lost": total["lost"], "drop_doubled": total["doubled"]}


def share(results, true):
    return 100 * sum(map(bool, map(true, results))) / len(results)


def of_overlaps(results):
    """The metrics of what was said over answers."""
    kinds = (*KINDS, *map(over, KINDS), *map(heldout, KINDS), "listening")
    of = {kind: [result for result in results if result["kind"] == kind] for kind in kinds}
    meant, others = of["interruption"], of["backchannel"] + of["noise"]

    def times(results, key):
        return [result[key] for result in results if result[key] is not None]

    metrics = {
        "duck_p95_ms": percentile(times(meant, "duck_ms"), 0.95),
        "stop_p50_ms": percentile(times(meant, "stop_ms"), 0.5),
        "stop_p95_ms": percentile(times(meant, "stop_ms"), 0.95),
        "decided_p50_ms": percentile(times(meant, "decided_ms"), 0.5),
        "missed_interruptions_percent": share(meant, lambda result: not result["interrupted"]),
        "backchannel_stop_percent": share(of["backchannel"], lambda result: result["interrupted"]),
        "noise_stop_percent": share(of["noise"], lambda result: result["interrupted"]),
        "missed_heldout_interruptions_percent": share(of[heldout("interruption")], lambda result: not result["interrupted"]),
        "heldout_backchannel_stop_percent": share(of[heldout("backchannel")], lambda result: result["interrupted"]),
        "false_pause_percent": share(others, lambda result: result["stop_ms"] is not None and not result["interrupted"]),
    }
    if resumed := times([result for result in others if result["stop_ms"] is not None], "resumed_ms"):
        metrics["false_resume_p95_ms"] = percentile(resumed, 0.95)
    if of["listening"]:
        metrics |= {
            "missed_interruptions_over_echo_percent": share(of[over("interruption")], lambda result: not result["interrupted"]),
            "backchannel_stop_over_echo_percent": share(of[over("backchannel")], lambda result: result["interrupted"]),
            "noise_stop_over_echo_percent": share(of[over("noise")], lambda result: result["interrupted"]),
            "self_interruptions": sum(result["interruptions"] for result in of["listening"]),
            "self_pauses": sum(result["paused"] for result in of["listening"]),
            "self_ducks": sum(result["ducked"] for result in of["listening"]),
            "open_speaker_minutes": sum(result["seconds"] for result in of["listening"]) / 60,
        }
    return metrics


def measure_overlaps(folder, seconds):
    """What is said over answers; leaves one of them in answer.wav."""
    subprocess.run([ROOT / "tools/npm_ci.sh", ROOT / "tests/functional"], check=True, stdout=subprocess.DEVNULL)
    items = [*spoken(BACKCHANNELS, "backchannel", folder), *noises(folder),
             *spoken(INTERRUPTIONS, "interruption", folder), *recorded(folder)]
    random.Random(1).shuffle(items)
    results = play([*items, *held_out(folder), *over_echo(items, seconds, folder)], folder / "answer.wav")
    errors = context_errors(results, folder / "answer.wav")
    return {
        **of_overlaps(results),
        "context_error_words_p50": percentile(errors, 0.5),
        "context_error_words_p95": percentile(errors, 0.95),
        "items": len(results),
    }


def measure_drops(folder):
    subprocess.run([PARLEY, "say", "When is the shop open?", "-o", folder / "question.wav"], check=True, stdout=subprocess.DEVNULL)
    return drops(folder / "question.wav")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", choices=["endpoints", "overlaps"])
    parser.add_argument("--seconds", type=float, default=LISTENED_SECONDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        if options.only == "endpoints":
            report("turns_endpoints", measure_endpoints(folder))
        elif options.only == "overlaps":
            report("turns_overlaps", measure_overlaps(folder, options.seconds))
        else:
            report("turns", {**measure_endpoints(folder), **measure_overlaps(folder, options.seconds),
                             **echo_cost(folder / "answer.wav"), **measure_drops(folder)})


if __name__ == "__main__":
    main()
