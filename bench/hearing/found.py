#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether what was said is found, on the English recordings beside the checkout (shared/data).

Every sentence that is read in the recordings is a document of its own. Each recording goes through `parley talk`
over all of them, at the speed of speech, with everything that the product does: recognition expects the documents,
retrieval forgives what was mis-heard.

found_percent: recordings whose own sentence is the first that is found. A recording with a long pause may be taken
    for several turns: then the first of them counts; without any turn, nothing is found.
found_plain_percent: the same of the same words as they were heard, searched as if they had been typed.
unheard_recordings: those without any turn. Recognition that cannot keep up with speech is one reason, so that more
    than one or two tell of a machine that had other work.
cited_percent: recordings whose own sentence is what the answer quotes.
corrected_words, corrected_right_percent: words that the transcript took from the documents in the place of what was
    heard, and how many of them stand in the sentence that was said.

--limit N takes every so-manieth recording, N in all. It needs a machine with nothing else to do: six minutes.
`make bench NAME=hearing` has these figures in its report.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from report import PARLEY, SHARED_DATA, report  # noqa: E402


def write_documents(sentences, folder):
    """A file for each sentence; the name of each sentence's file."""
    folder.mkdir()
    names = {}
    for sentence in sentences:
        name = names.setdefault(sentence, f"sentence-{len(names):04}.txt")
        (folder / name).write_text(sentence + "\n")
    return names


def talk(files, docs):
    """The turns of each file, in order."""
    # Two programs start at once, and the machine may be slow to prepare their recognisers.
    patient = {**os.environ, "PARLEY_ASR_WAIT": "30000"}
    run = subprocess.run([PARLEY, "talk", "--docs", docs, "--json", "--audio", *files], capture_output=True, text=True,
                         env=patient)
    turns = {}
    for line in run.stdout.splitlines():
        turn = json.loads(line)
        turns.setdefault(turn["file"], []).append(turn)
    if not turns:
        sys.exit(f"bench hearing: parley talk failed: {run.stderr.strip()}")
    return turns


class Server:
    """A server over the documents, to search as a client that types does."""

    def __init__(self, docs, data):
        subprocess.run([PARLEY, "index", docs, "--data", data], check=True, stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen([PARLEY, "serve", "--listen", "127.0.0.1:0", "--data", data],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = None
        for line in self.process.stdout:
            if match := re.search(r"ready on (http://\S+)", line):
                self.url = match.group(1).rstrip("/,")
                break
        if self.url is None:
            sys.exit("bench hearing: parley serve ended before it was ready")

    def first(self, words):
        """The file that is found first."""
        if not words.strip():
            return None
        body = json.dumps({"query": words, "limit": 1}).encode()
        request = urllib.request.Request(f"{self.url}/search", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as response:
            hits = json.load(response)["hits"]
        return hits[0]["filename"] if hits else None

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


def score(rows, names, turns, server):
    found, plain, cited, taken, right = [], [], [], 0, 0
    for path, sentence in rows:
        wanted = names[sentence]
        turn = turns.get(path, [{}])[0]
        found.append((turn.get("found") or [None])[0] == wanted)
        plain.append(server.first(turn.get("spoken", "")) == wanted)
        cited.append(any(citation["document"] == wanted for citation in turn.get("citations", [])[:1]))
        for correction in turn.get("corrections", []):
            taken += 1
            right += correction["word"] in sentence.lower().split()
        if not (found[-1] and plain[-1]):
            print(f"{'     ' if found[-1] else 'MISS '}{'      ' if plain[-1] else 'plain '} {sentence}"
                  f"\n{'':13}{turn.get('transcript', '(no turn)')}", flush=True)
    metrics = {f"{name}_percent": 100 * sum(hits) / len(rows)
               for name, hits in (("found", found), ("found_plain", plain), ("cited", cited))}
    unheard = sum(path not in turns for path, _ in rows)
    metrics |= {"corrected_words": taken, "found_recordings": len(rows), "unheard_recordings": unheard}
    if taken:
        metrics["corrected_right_percent"] = 100 * right / taken
    return metrics


def measure(recordings, limit=None):
    """Of pairs of a file and the sentence that is read in it."""
    everything = [(str(path), sentence) for path, sentence in recordings]
    rows = everything[::max(1, len(everything) // limit)][:limit] if limit else everything
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as name:
        docs = Path(name) / "sentences"
        names = write_documents([sentence for _, sentence in everything], docs)
        shares = [share for share in (rows[0::2], rows[1::2]) if share]
        with concurrent.futures.ThreadPoolExecutor(len(shares)) as pool:
            parts = pool.map(lambda share: talk([path for path, _ in share], docs), shares)
            turns = {path: heard for part in parts for path, heard in part.items()}
        server = Server(docs, Path(name) / "data")
        try:
            return score(rows, names, turns, server)
        finally:
            server.stop()


def main():
    # It calls measure() itself, hence not above.
    import run

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    if not (SHARED_DATA / "speech-recognition/manifest.tsv").exists():
        sys.exit(f"bench found: no recordings at {SHARED_DATA}/speech-recognition")
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as name:
        rows = [(run.readable(row[0], Path(name)), row[-1]) for row in run.recordings()]
        report("found", measure(rows, arguments.limit))


if __name__ == "__main__":
    main()
