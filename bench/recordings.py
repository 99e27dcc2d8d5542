# SPDX-License-Identifier: Apache-2.0
"""Speech for benchmarks: recordings, where they are silent, and what Parley makes of them."""
import array
import json
import subprocess
import sys

from report import PARLEY, SHARED_DATA

RECORDINGS = SHARED_DATA / "speech-recognition"
RATE = 16000
FRAME_S = 0.01
FLOOR_DB = 35
PAUSE_S = 0.3


def synthesise(questions, folder):
    """Has each question spoken in its voice; `file` says where, `words` when each word is said, in seconds."""
    for question in questions:
        path = folder / f"{question['id']}.wav"
        run = subprocess.run([PARLEY, "say", question["text"], "-o", path, "--voice", question["voice"], "--json"],
                             check=True, stdout=subprocess.PIPE, text=True)
        question["file"] = str(path)
        question["words"] = json.loads(run.stdout)["words"]


def talk(files, docs):
    """One object per turn, in the order of the files."""
    run = subprocess.run([PARLEY, "talk", "--docs", docs, "--json", "--audio", *files], capture_output=True, text=True)
    if run.returncode != 0 and not run.stdout.strip():
        sys.exit(f"parley talk failed: {run.stderr.strip()}")
    return [json.loads(line) for line in run.stdout.splitlines() if line.strip()]


def decode(path):
    """The recording as mono PCM16 at 16 kHz."""
    run = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"],
                         check=True, stdout=subprocess.PIPE)
    return array.array("h", run.stdout)


def speech_frames(samples, rate=RATE):
    """For each 10 ms frame whether it is within 35 dB of the loudest."""
    size = int(rate * FRAME_S)
    energies = [sum(s * s for s in samples[i:i + size]) / size for i in range(0, len(samples) - size + 1, size)]
    floor = max(energies, default=0) * 10 ** (-FLOOR_DB / 10)
    return [energy > floor for energy in energies]


def inner_pause(frames):
    """The longest silence between speech, and the end of the last speech, in seconds."""
    spoken = [i for i, loud in enumerate(frames) if loud]
    longest = max((b - a - 1 for a, b in zip(spoken, spoken[1:])), default=0)
    return longest * FRAME_S, (spoken[-1] + 1) * FRAME_S if spoken else 0.0


def recordings_with_pauses():
    """Human recordings in English with an inner pause of 300 ms or more: path, longest pause, end of the speech."""
    found = []
    with open(RECORDINGS / "manifest.tsv", encoding="utf-8") as manifest:
        header = manifest.readline().rstrip("\n").split("\t")
        rows = [dict(zip(header, line.rstrip("\n").split("\t"))) for line in manifest]
    for row in rows:
        path = RECORDINGS / row["file"]
        if row["lang"] != "en" or path.suffix not in {".flac", ".wav"} or not path.exists():
            continue
        pause, end = inner_pause(speech_frames(decode(path)))
        if pause >= PAUSE_S:
            found.append((str(path), pause, end))
    return found
