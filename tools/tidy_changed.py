#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy on the sources that a change touches, directly or through a header.

The change is what differs from the merge base with --base (origin/main by default), and what is not
committed. Without a base, or on the base itself, the last commit counts. A source that passed once and whose
text, headers and flags are the same is not read again. Past --budget seconds no further source is begun; the
ones left out are named, never passed over in silence.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

TIDY = "clang-tidy-19"


def git(root, *words):
    run = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True)
    return run.stdout.strip() if run.returncode == 0 else ""


def changed_files(root, base):
    """Paths relative to the root that the change touches, and what it is compared with."""
    start = git(root, "merge-base", base, "HEAD")
    if not start or start == git(root, "rev-parse", "HEAD"):
        start = git(root, "rev-parse", "--verify", "HEAD~1")
    if not start:
        return set(git(root, "ls-files").splitlines()), "nothing"
    names = git(root, "diff", "--name-only", start) + "\n" + git(root, "ls-files", "--others", "--exclude-standard")
    return {name for name in names.splitlines() if name}, start[:10]


def read_dependencies(build, root):
    """{source: its headers below the root}, both relative, from the last build."""
    text = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True).stdout
    dependencies = {}
    for block in text.split("\n\n"):
        paths = []
        for line in block.splitlines()[1:]:
            path = os.path.normpath(build / line.strip())
            if path.startswith(f"{root}/") and not path.startswith(f"{build}/"):
                paths.append(os.path.relpath(path, root))
        if paths:
            dependencies[paths[0]] = set(paths[1:])
    return dependencies


class Passed:
    """Remembers, by the hash of all that clang-tidy reads, what passed before."""

    def __init__(self, root, folder):
        self.root, self.folder = root, folder
        folder.mkdir(parents=True, exist_ok=True)
        version = subprocess.run([TIDY, "--version"], capture_output=True).stdout
        self.common = version + (root / ".clang-tidy").read_bytes()

    def mark(self, source, headers, command):
        digest = hashlib.sha256(self.common)
        digest.update(command.replace(str(self.root), "").encode())
        for name in [source, *sorted(headers)]:
            path = self.root / name
            digest.update(name.encode() + (path.read_bytes() if path.exists() else b""))
        return self.folder / digest.hexdigest()


def tidy(root, build, source):
    run = subprocess.run([TIDY, "--quiet", "-p", str(build), str(root / source)], capture_output=True, text=True)
    # The count of suppressed warnings says nothing; what is left of stderr matters only after a failure.
    output = run.stdout + (run.stderr if run.returncode and not run.stdout.strip() else "")
    return run.returncode == 0 and not re.search(r"(?:warning|error):", run.stdout), output


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--base", default="origin/main")
    parser.add_argument("--preset", default="dev")
    parser.add_argument("--budget", type=float, default=float(os.environ.get("TIDY_BUDGET", 600)))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--all", action="store_true", help="every source, not only the changed ones")
    arguments = parser.parse_args()
    root, build = arguments.root.resolve(), arguments.root.resolve() / "build" / arguments.preset

    database = build / "compile_commands.json"
    if not database.exists():
        print(f"clang-tidy: {database} is missing; run `make test` first", file=sys.stderr)
        return 1
    commands = {os.path.relpath(entry["file"], root): entry["command"] for entry in json.loads(database.read_text())}
    commands = {source: command for source, command in commands.items() if source.startswith(("src/", "tests/", "bench/"))}
    dependencies = read_dependencies(build, root)
    changed, start = changed_files(root, arguments.base)
    if arguments.all or ".clang-tidy" in changed:
        sources = sorted(commands)
    else:
        sources = sorted(s for s in commands if s in changed or dependencies.get(s, set()) & changed)

    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "parley-tidy"
    passed = Passed(root, cache)
    marks = {s: passed.mark(s, dependencies.get(s, set()), commands[s]) for s in sources}
    # Sources changed themselves come before those that only include something changed.
    todo = sorted((s for s in sources if not marks[s].exists()), key=lambda s: (s not in changed, s))

    begun, failed, left = time.monotonic(), [], []

    def work(source):
        if time.monotonic() - begun > arguments.budget:
            left.append(source)
            return source, None, ""
        return source, *tidy(root, build, source)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for source, ok, output in pool.map(work, todo):
            if ok:
                marks[source].touch()
            elif ok is not None:
                failed.append(source)
                print(output.strip(), flush=True)
    if left:
        print(f"clang-tidy: not read within {arguments.budget:.0f} s: {' '.join(sorted(left))}")
    print(f"clang-tidy: since {start} {len(sources)} sources, {len(sources) - len(todo)} passed before, "
          f"{len(todo) - len(left)} read, {len(failed)} with findings ({time.monotonic() - begun:.0f} s)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
