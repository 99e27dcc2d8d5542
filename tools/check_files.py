#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what every file of the project has in common: a licence line, a size that is read in one go, and none
of the words that mark something unfinished or private to one machine."""
import argparse
import re
import subprocess
import sys
from pathlib import Path

LICENSED = {".cpp", ".hpp", ".h", ".ts", ".mjs", ".js", ".py", ".sh", ".cmake", ".css"}
LICENSED_NAMES = {"CMakeLists.txt", "Makefile"}
SIZED = LICENSED - {".css"}
MAX_LINES = 800
# The words stand in pieces so that this file passes its own check.
FORBIDDEN = [
    (re.compile(r"\b(" + "TO" + r"DO|FIX" + r"ME|X" + r"XX)\b"), "unfinished: do it, or open an issue"),
    (re.compile(r"(?<![\w.$}~])/(?:home|Users)/[a-z]\w*/"), "a path of one machine"),
    (re.compile(r"(?<![\w.$}~])/root/\w"), "a path of one machine"),
    (re.compile(r'"resolved"\s*:\s*"http'), "a registry's address in a lock file"),
]


def check_file(path, text):
    """Problems of one file as (line, message)."""
    problems = []
    lines = text.splitlines()
    if path.suffix in LICENSED or path.name in LICENSED_NAMES:
        head = lines[1:2] if lines and lines[0].startswith("#!") else lines[:1]
        if not head or "SPDX-License-Identifier: Apache-2.0" not in head[0]:
            problems.append((1, "the first line is SPDX-License-Identifier: Apache-2.0"))
    if path.suffix in SIZED and len(lines) > MAX_LINES:
        problems.append((MAX_LINES, f"{len(lines)} lines: past {MAX_LINES} a file is two things"))
    if path.suffix == ".hpp" and "#pragma once" not in text:
        problems.append((1, "a header has #pragma once"))
    for number, line in enumerate(lines, 1):
        for pattern, why in FORBIDDEN:
            if match := pattern.search(line):
                problems.append((number, f"'{match.group()}': {why}"))
    return problems


def project_files(root):
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=root, check=True, capture_output=True).stdout
    return sorted({root / name for name in listed.decode().split("\0") if name})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    count = problems = 0
    for path in project_files(root):
        # Saved fuzz inputs are whatever broke a parser once.
        if not path.is_file() or path.is_symlink() or "corpus" in path.parts:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        count += 1
        for line, message in check_file(path.relative_to(root), text):
            print(f"{path.relative_to(root)}:{line}: {message}", file=sys.stderr)
            problems += 1
    print(f"files: {count} files, {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
