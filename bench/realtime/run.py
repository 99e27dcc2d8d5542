#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a conversation costs without its models: Parley's protocols, sessions, voice activity detection (the embedded
detector) and turns on one core, in front of engines that take no time (server.cpp), with clients on another core
(load.cpp). Each client sends 100 ms of PCM16 at 16 kHz ten times a second: 4 s of speech, then 6 s in which it is
silent and three of which an answer plays.

sessions_per_core: the most sessions, in steps of 250, with added_p99_ms of at most 10 and nobody lost; a step that fails
    is tried once more.
added_p99_ms: at that many, the delay of the answer to a small message sent behind a chunk of audio, above that of a
    bare Beast server that sends every message back, at the same load in the same run.
cpu_vs_socketio_echo: processor time of a session on /stream against one of a Socket.IO server on Node that sends every
    event back; for comparison the same of the others. cpu_us: microseconds of processor time in a second of a session.
kib_per_session: resident memory, at 1,500 sessions in conversation.
growth_10k_mb: resident memory after 10,000 short sessions, from that after the first 1,000.
over_admitted: sessions beyond the limit of 100 when 500 clients come at once.
deadline_miss_percent: 20 ms of an answer that had not come when the ones before had been played; at 1,000 sessions.
openai_, socketio_sessions_per_core: what a core would hold at the processor time of 200 sessions.

It takes twelve minutes; --soak 600 talks for ten minutes instead of one where deadlines are counted. PARTS are some of
capacity, costs, growth, burst and soak.
"""
import argparse
import array
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from report import PARLEY, ROOT, report  # noqa: E402

BIN = ROOT / "build/release/bin"
PEERS = Path(__file__).resolve().parent / "peers"
SPEECH = "When does the shop in the old town open on Sundays, and how long does it take there by train?"
TICKS = os.sysconf("SC_CLK_TCK")
SERVER_CORE, CLIENT_CORE = "0", "1"
FIRST, STEP, WINDOW, COMPARED, ROUNDS = 1000, 250, 10, 200, 5
PARTS = ("capacity", "costs", "growth", "burst", "soak")


def recordings(folder):
    """10 s each, at 16 and at 24 kHz: 4 s of speech, then a quiet room."""
    spoken = folder / "speech.wav"
    subprocess.run([PARLEY, "say", SPEECH, "-o", spoken], check=True, stdout=subprocess.DEVNULL)
    with wave.open(str(spoken)) as file:
        rate, speech = file.getframerate(), array.array("h", file.readframes(file.getnframes()))
    rng = random.Random(1)
    paths = {}
    for wanted in (16000, 24000):
        samples = array.array("h", (rng.randint(-12, 12) for _ in range(10 * wanted)))
        for i in range(min(4 * wanted, (len(speech) - 1) * wanted // rate)):
            at, rest = divmod(i * rate, wanted)
            samples[i] = speech[at] + (speech[at + 1] - speech[at]) * rest // wanted
        paths[wanted] = folder / f"{wanted}.pcm"
        paths[wanted].write_bytes(samples.tobytes())
    return paths


class Server:
    """A server on its own core; it prints its port and ends with its input."""

    def __init__(self, *command):
        self.process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *map(str, command)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()
        if not self.port:
            sys.exit(f"bench realtime: {command[0]} did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def processor_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_kib(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])


def parley(most=100000):
    return Server(BIN / "realtime_server", most)


class Clients:
    def __init__(self, paths):
        self.paths = paths

    def start(self, what, protocol, server, sessions, amount):
        recording = self.paths[24000 if protocol == "openai" else 16000]
        return subprocess.Popen(["taskset", "-c", CLIENT_CORE, BIN / "realtime_load", what, protocol, server.port, recording,
                                 str(sessions), str(amount)], stdout=subprocess.PIPE, text=True)

    def run(self, *arguments):
        out, _ = self.start(*arguments).communicate()
        return json.loads(out.splitlines()[-1])

    def talk(self, protocol, server, sessions, seconds):
        """What the clients saw, with cpu (share of a core) and kib (resident memory a session)."""
        before = server.resident_kib()
        clients = self.start("talk", protocol, server, sessions, seconds)
        if clients.stdout.readline().strip() != "steady":
            sys.exit(f"bench realtime: {sessions} sessions of {protocol} could not be opened")
        spent = server.processor_seconds()
        seen = json.loads(clients.stdout.readline())
        seen["cpu"] = (server.processor_seconds() - spent) / seconds
        seen["kib"] = (server.resident_kib() - before) / sessions
        clients.wait()
        return seen


def load_of(clients, sessions):
    """What that many see on /stream, with the delay that is added to that of a bare Beast server."""
    with Server(BIN / "realtime_echo") as server:
        bare = clients.talk("echo", server, sessions, WINDOW)
    with parley() as server:
        seen = clients.talk("stream", server, sessions, WINDOW)
    seen["added_p99_ms"] = seen["delay_p99_ms"] - bare["delay_p99_ms"]
    print(f"{sessions:>6} sessions: {seen['cpu']:.0%} of a core, p99 {seen['delay_p99_ms']:.2f} ms (bare Beast "
          f"{bare['cpu']:.0%}, {bare['delay_p99_ms']:.2f}), {seen['kib']:.0f} KiB each, {seen['answers']} answers, "
          f"{seen['lost'] + seen['refused']} lost, lag of the clients {seen['lag_p99_ms']:.1f} ms", flush=True)
    return seen


def capacity(clients, most):
    """The largest load that is served in time, and what it added."""
    def served(seen):
        return seen["added_p99_ms"] <= 10 and not seen["lost"] and not seen["refused"]

    found = {}
    sessions = FIRST
    while 0 < sessions <= most:
        seen = load_of(clients, sessions)
        if sessions == 1500:
            found["kib_per_session"] = seen["kib"]
        if not served(seen):
            seen = load_of(clients, sessions)
        if served(seen):
            found |= {"sessions_per_core": sessions, "added_p99_ms": seen["added_p99_ms"]}
            sessions += STEP
        elif "sessions_per_core" in found:
            break
        else:
            sessions -= STEP
            most = sessions
    if "kib_per_session" not in found:
        with parley() as server:
            found["kib_per_session"] = clients.talk("stream", server, 1500, WINDOW)["kib"]
    return found


def costs(clients):
    """Microseconds of processor time in a second of a session: the medians of rounds, in which every server has a turn."""
    node = shutil.which("node")
    servers = {"stream": ("stream", [BIN / "realtime_server"]), "openai": ("openai", [BIN / "realtime_server"]),
               "socketio": ("socketio", [BIN / "realtime_server"]), "beast_echo": ("echo", [BIN / "realtime_echo"])}
    if node and subprocess.run([ROOT / "tools/npm_ci.sh", PEERS]).returncode == 0:
        servers["socketio_echo"] = ("socketio-echo", [node, PEERS / "socketio.mjs"])
        servers["ws_echo"] = ("echo", [node, PEERS / "ws.mjs"])
    else:
        print("the Node peers are left out: node or npm is not there")
    spent = {name: [] for name in servers}
    for _ in range(ROUNDS):
        for name, (protocol, command) in servers.items():
            with Server(*command) as server:
                spent[name].append(clients.talk(protocol, server, COMPARED, WINDOW)["cpu"])
        print(", ".join(f"{name} {values[-1] / COMPARED * 1e6:.0f}" for name, values in spent.items()), "us a session",
              flush=True)
    return {name: statistics.median(values) / COMPARED * 1e6 for name, values in spent.items()}


def processor_times(clients):
    spent = costs(clients)
    metrics = {f"{name}_cpu_us": spent[name] for name in ("stream", "openai", "socketio")}
    metrics |= {f"{name}_sessions_per_core": 1e6 // spent[name] for name in ("openai", "socketio")}
    if "socketio_echo" in spent:
        metrics["cpu_vs_socketio_echo"] = spent["stream"] / spent["socketio_echo"]
    peers = {name: {"stream_cpu_us": round(spent[name], 3)} for name in ("socketio_echo", "ws_echo", "beast_echo")
             if name in spent}
    return metrics, peers


def growth(clients):
    with parley() as server:
        clients.run("churn", "stream", server, 50, 1000)
        before = server.resident_kib()
        seen = clients.run("churn", "stream", server, 50, 10000)
        print(f"10,000 short sessions: {seen['refused']} refused, {seen['lost']} lost", flush=True)
        return {"growth_10k_mb": (server.resident_kib() - before) / 1024}


def burst(clients):
    with parley(100) as server:
        seen = clients.run("burst", "stream", server, 500, 0)
    print(f"500 at once at a limit of 100: {seen['present']} admitted, {seen['refused'] + seen['lost']} refused", flush=True)
    return {"over_admitted": max(0, seen["present"] - 100)}


def soak(clients, seconds):
    with parley() as server:
        seen = clients.talk("stream", server, 1000, seconds)
    print(f"{seconds} s of 1,000 sessions: {seen['answers']} answers, {seen['frames']} frames, {seen['late_frames']} late, "
          f"{seen['lost']} lost, {seen['kib']:.0f} KiB each", flush=True)
    return {"deadline_miss_percent": 100 * seen["late_frames"] / max(1, seen["frames"])}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("parts", nargs="*", metavar="PARTS")
    arguments.add_argument("--soak", type=int, default=60, metavar="SECONDS")
    arguments.add_argument("--most", type=int, default=4000, metavar="SESSIONS", help="that capacity tries")
    options = arguments.parse_args()
    parts = options.parts or PARTS
    if not set(parts) <= set(PARTS):
        arguments.error(f"expected some of {', '.join(PARTS)}")
    if os.cpu_count() < 2:
        sys.exit("bench realtime: needs two cores")
    subprocess.run(["cmake", "--build", ROOT / "build/release", "--target", "realtime_server", "realtime_echo",
                    "realtime_load"], check=True, stdout=subprocess.DEVNULL)
    metrics, peers = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        clients = Clients(recordings(Path(folder)))
        if "capacity" in parts:
            metrics |= capacity(clients, options.most)
        if "costs" in parts:
            measured, peers = processor_times(clients)
            metrics |= measured
        if "growth" in parts:
            metrics |= growth(clients)
        if "burst" in parts:
            metrics |= burst(clients)
        if "soak" in parts:
            metrics |= soak(clients, options.soak)
    report("realtime", metrics, peers)


if __name__ == "__main__":
    main()
