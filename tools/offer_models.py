#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Offers to fetch the recommended models that are not here yet.

    offer_models.py PARLEY [ARGUMENT...]

PARLEY is the program; of the arguments, those of `parley serve`, --data and --config say where models are kept. Asks
only at a terminal and only when the servers of the models answer within three seconds; who types nothing within
twenty seconds is taken to have said no, and who says no is not asked again (build/models-declined). In all other
cases one line says how to fetch them later. Nothing that happens here keeps Parley from starting: the status is 0.
"""
import concurrent.futures
import json
import os
import platform
import select
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DECLINED = ROOT / "build/models-declined"
REACH_SECONDS = 3
ASK_SECONDS = 20
ENGINE = "sherpa-onnx-linux-x64"


def places(arguments):
    """--data and --config, with their values, out of the arguments of `parley serve`."""
    kept = []
    for i, argument in enumerate(arguments):
        if argument in ("--data", "--config"):
            kept += arguments[i: i + 2]
        elif argument.startswith(("--data=", "--config=")):
            kept.append(argument)
    return kept


def missing_models(parley, arguments):
    """The recommended models that are not here and that this machine can use, as `models list --json` tells them."""
    run = subprocess.run([parley, "models", "list", "--json", *places(arguments)], capture_output=True, text=True)
    models = [json.loads(line) for line in run.stdout.splitlines()] if run.returncode == 0 else []
    return [model for model in models if model["recommended"] and not model["present"] and
            (model["engine_ready"] or platform.machine() == "x86_64")]


def answers(url):
    """Whether the server of an address says anything, through a proxy if the environment names one."""
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=REACH_SECONDS).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True


def all_reachable(models):
    hosts = {model["home"].split("/")[2]: model["home"] for model in models}
    pool = concurrent.futures.ThreadPoolExecutor(len(hosts))
    tries = [pool.submit(answers, url) for url in hosts.values()]
    done, late = concurrent.futures.wait(tries, timeout=REACH_SECONDS + 1)
    pool.shutdown(wait=False, cancel_futures=True)
    return not late and all(one.result() for one in done)


def ask(question, source, seconds):
    """Yes or an empty line is yes; anything else, silence and the end of input are no."""
    print(question, end=" ", flush=True)
    ready, _, _ = select.select([source], [], [], seconds)
    answer = os.read(source, 1000).decode(errors="replace") if ready else ""
    if not answer.endswith("\n"):
        print()
    return answer.strip().lower() in ("", "y", "yes") and answer != ""


def engine_command():
    """The command that installs the engine for all users, and whether this user may run it."""
    version = json.loads((ROOT / "tests/models/package.json").read_text())["devDependencies"][ENGINE]
    command = ["npm", "install", "--global", "--no-audit", "--no-fund", f"{ENGINE}@{version}"]
    try:
        root = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return command, False
    folder = next(path for path in [Path(root), *Path(root).parents] if path.exists())
    return command, os.access(folder, os.W_OK)


def fetch(parley, arguments, models):
    for model in models:
        subprocess.run([parley, "models", "pull", model["name"], *places(arguments)])
    if all(model["engine_ready"] for model in models):
        return
    command, allowed = engine_command()
    if not allowed or subprocess.run(command).returncode != 0:
        print("The engine of these models is installed, as root, by: " + " ".join(command))


def offer(parley, arguments, terminal, reachable=all_reachable, answer=ask):
    models = missing_models(parley, arguments)
    if not models:
        return
    names = " ".join(model["name"] for model in models)
    later = f"Parley hears better with models of its own: {parley} models pull {names}"
    if not terminal or DECLINED.exists():
        print(later)
    elif not reachable(models):
        print(f"{later} (their servers do not answer now)")
    else:
        megabytes = sum(model["size"] for model in models) / 1e6
        for model in models:
            print(f"  {model['name']}: {model['purpose']}; licence {model['licence']}")
        question = f"Fetch these {len(models)} models, {megabytes:.0f} MB? [Y/n, no in {ASK_SECONDS} s]"
        if answer(question, sys.stdin.fileno(), ASK_SECONDS):
            fetch(parley, arguments, models)
        else:
            DECLINED.parent.mkdir(exist_ok=True)
            DECLINED.touch()
            print(later)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        offer(sys.argv[1], sys.argv[2:], sys.stdin.isatty() and sys.stdout.isatty())
    except KeyboardInterrupt:
        print()
    except Exception as error:  # whatever it is, Parley starts
        print(f"offer_models: {error}", file=sys.stderr)
    # Threads that still wait for a server are not waited for.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
