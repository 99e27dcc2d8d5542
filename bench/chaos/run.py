#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What 200 clients that keep to no rules (chaos.mjs: floods, garbage, slow readers, lost connections, on every protocol)
do to the server and to those who talk beside them.

p99_quiet_ms, p99_chaos_ms: of the answer to a small message on /stream, for 20 sessions that speak a little and listen
    (../realtime/load.cpp), alone and beside them; p99_ratio: the one to the other. Server and clients have a core each.
    Who measures goes before all others on its core, where that is allowed; how late it was itself is lag_p99_ms.
late_frames_percent: 20 ms of an answer to these 20 that had not come when the ones before had been played.
lost: those of the 20 whose connection ended.
sanitizer_reports: of a server that was built with --preset dev (AddressSanitizer, UndefinedBehaviorSanitizer) or tsan
    (ThreadSanitizer); its delays mean nothing.
growth_mb, descriptors_left, sessions_left: what the server holds more than before, once they are gone and it is idle.
exit_code: of the server, which is then told to stop.
"""
import argparse
import array
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import wave
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from report import PARLEY, ROOT, report  # noqa: E402

HERE = Path(__file__).resolve().parent
LOAD = ROOT / "build/release/bin/realtime_load"
SPEECH = "When is the shop open?"
SERVER_CORE, CLIENT_CORE = "0", "1"
SESSIONS, QUIET = 20, 30
REPORT = re.compile(r"^(?:SUMMARY: \w+Sanitizer.*|.*runtime error:.*)$", re.MULTILINE)
# As long as a client that was lost may come back, and a little.
SETTLED_AFTER = 60
# A server that nobody talks to gives its memory back after 5 s.
IDLE_AFTER = 7


def recording(folder):
    """10 s of PCM16 at 16 kHz: a question, then a quiet room."""
    spoken = folder / "speech.wav"
    subprocess.run([PARLEY, "say", SPEECH, "-o", spoken], check=True, stdout=subprocess.DEVNULL)
    with wave.open(str(spoken)) as file:
        rate, speech = file.getframerate(), array.array("h", file.readframes(file.getnframes()))
    rng = random.Random(1)
    samples = array.array("h", (rng.randint(-12, 12) for _ in range(160_000)))
    for i in range(len(speech) * 16_000 // rate - 1):
        samples[i] = speech[i * rate // 16_000]
    path = folder / "speech.pcm"
    path.write_bytes(samples.tobytes())
    return path


class Server:
    def __init__(self, binary, folder):
        self.log = folder / "server.log"
        options = f"log_path={folder / 'sanitizer'} exitcode=0"
        symbolizer = shutil.which("llvm-symbolizer-19") or ""
        environment = os.environ | {
            "ASAN_OPTIONS": f"{options} external_symbolizer_path={symbolizer}",
            "TSAN_OPTIONS": f"{options} external_symbolizer_path={symbolizer} "
                            f"suppressions={ROOT / 'tools/tsan_suppressions.txt'}"}
        self.folder = folder
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, binary, "serve", "--listen", "127.0.0.1:0", "--wyoming", "127.0.0.1:0",
             "--data", folder / "data", "--docs", ROOT / "demo"],
            stdout=subprocess.PIPE, stderr=self.log.open("w"), text=True, env=environment)
        self.port = self.wyoming = None
        for line in self.process.stdout:
            if match := re.search(r"Wyoming on tcp://[^\s,]*:(\d+)", line):
                self.wyoming = match.group(1)
            if match := re.search(r"ready on (http://\S+:(\d+))", line):
                self.url, self.port = match.group(1), match.group(2)
            if self.port and self.wyoming:
                return
        sys.exit(f"bench chaos: {binary} did not start; see {self.log}")

    def resident_mb(self):
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text()).group(1)) / 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def sessions(self):
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=30) as answer:
            return float(re.search(r"^parley_realtime_sessions (\S+)$", answer.read().decode(), re.MULTILINE).group(1))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def reports(self):
        """The lines that sum up what sanitizers found, in their files and in the log."""
        texts = [path.read_text(errors="replace") for path in [*self.folder.glob("sanitizer.*"), self.log]]
        return [line for text in texts for line in REPORT.findall(text)]


def ahead_of_all():
    """The prefix of a command that is to wait for no other on its core, which takes the privilege to do so."""
    first = ["chrt", "--fifo", "1"]
    return first if subprocess.run([*first, "true"], stderr=subprocess.DEVNULL).returncode == 0 else []


def talk(server, path, seconds, while_steady=lambda: None):
    """What 20 sessions see that behave, for so long."""
    clients = subprocess.Popen([*ahead_of_all(), "taskset", "-c", CLIENT_CORE, LOAD, "talk", "stream", server.port, path,
                                str(SESSIONS), str(seconds)], stdout=subprocess.PIPE, text=True)
    if clients.stdout.readline().strip() != "steady":
        sys.exit("bench chaos: the sessions could not be opened")
    while_steady()
    return json.loads(clients.communicate()[0].splitlines()[-1])


def chaos(server, path, options):
    return subprocess.Popen(["taskset", "-c", CLIENT_CORE, "nice", "-n", "15", "node", HERE / "chaos.mjs", server.port,
                             server.wyoming, path, str(options.clients), str(options.seconds), str(options.seed)],
                            stdout=subprocess.PIPE, text=True)


def settled(server, before):
    """Waits until the server is rid of its clients; the descriptors and sessions that are left."""
    patience = time.monotonic() + SETTLED_AFTER
    while True:
        sessions, descriptors = server.sessions(), max(0, server.descriptors() - before)
        if not sessions + descriptors or time.monotonic() > patience:
            return descriptors, sessions
        time.sleep(1)


def measure(options, folder):
    path = recording(folder)
    server = Server(PARLEY if options.preset == "release" else ROOT / "build" / options.preset / "parley", folder)
    talk(server, path, 5)
    quiet = talk(server, path, QUIET)
    time.sleep(IDLE_AFTER)
    resident, descriptors = server.resident_mb(), server.descriptors()
    crowd = []
    seen = talk(server, path, options.seconds, lambda: crowd.append(chaos(server, path, options)))
    did = json.loads(crowd[0].communicate()[0].splitlines()[-1])
    print(f"{options.clients} clients, {options.seconds} s: {sum(did['acts'].values())} acts ({did['failed']} ended by the "
          f"server): {', '.join(f'{name} {count}' for name, count in did['acts'].items())}", flush=True)
    metrics = {"p50_quiet_ms": quiet["delay_p50_ms"], "p99_quiet_ms": quiet["delay_p99_ms"],
               "p50_chaos_ms": seen["delay_p50_ms"], "p99_chaos_ms": seen["delay_p99_ms"],
               "p99_ratio": seen["delay_p99_ms"] / quiet["delay_p99_ms"], "lag_p99_ms": seen["lag_p99_ms"],
               "late_frames_percent": 100 * seen["late_frames"] / max(1, seen["frames"]), "lost": seen["lost"]}
    if server.process.poll() is None:
        left = settled(server, descriptors)
        time.sleep(IDLE_AFTER)
        metrics |= {"descriptors_left": left[0], "sessions_left": left[1], "growth_mb": server.resident_mb() - resident}
    metrics["exit_code"] = server.stop()
    if options.preset != "release":
        reports = server.reports()
        for line in sorted(set(reports)):
            print(f"{reports.count(line)} x {line}")
        metrics["sanitizer_reports"] = len(reports)
    return metrics


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--preset", choices=("release", "dev", "tsan"), default="release")
    arguments.add_argument("--seconds", type=int, default=300)
    arguments.add_argument("--clients", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--keep", type=Path, metavar="FOLDER", help="for what the server and the sanitizers write")
    options = arguments.parse_args()
    if os.cpu_count() < 2:
        sys.exit("bench chaos: needs two cores")
    subprocess.run(["cmake", "--build", ROOT / "build/release", "--target", "realtime_load"], check=True,
                   stdout=subprocess.DEVNULL)
    if options.preset != "release":
        subprocess.run([ROOT / "tools/build.sh", options.preset, "parley"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
        metrics = measure(options, options.keep or Path(folder))
    report("chaos" if options.preset == "release" else f"chaos_{options.preset}", metrics)


if __name__ == "__main__":
    main()
