#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that what the documents tell a reader to type and to open is there.

In README.md, ARCHITECTURE.md, CONTRIBUTING.md, CHANGELOG.md, docs/ and the README of every folder:
- `make TARGET` names a target of the Makefile, `tools/x.sh` a file;
- `parley COMMAND --flag` is known to `parley COMMAND --help` (unless --without-binary);
- relative links, and code spans that look like a path of the project, lead to something.
"""
import argparse
import re
import shlex
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

SHELL_FENCES = {"", "sh", "bash", "shell", "console"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
PATH = re.compile(r"[\w.-]+(?:/[\w.*-]+)+/?|[A-Z]+\.md")
PROGRAM = re.compile(r"(?:\./)?(?:build/release/)?parley")


class Project:
    """What the documents may name."""

    def __init__(self, root, binary):
        self.root, self.binary = root, binary
        makefile = (root / "Makefile").read_text() if (root / "Makefile").exists() else ""
        self.targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
        self.variables = set(re.findall(r"\$\(([A-Z_]+)\)", makefile))
        self.folders = {p.name for p in root.iterdir() if p.is_dir()}

    @lru_cache(maxsize=None)
    def help_of(self, command):
        run = subprocess.run([self.binary, *command.split(), "--help"], capture_output=True, text=True, timeout=20)
        return run.stdout if run.returncode == 0 else None


def check_make(project, words):
    for word in words:
        name, is_variable, _ = word.partition("=")
        if is_variable:
            if name not in project.variables:
                yield f"make has no variable {name}"
        elif not word.startswith("-") and word not in project.targets:
            yield f"make has no target {word}"


def check_parley(project, words):
    if project.binary is None:
        return
    command = words[0] if words and not words[0].startswith("-") else ""
    known = project.help_of(command)
    if known is None:
        yield f"parley has no command {command}"
        return
    for word in words:
        flag = word.split("=")[0]
        if not re.fullmatch(r"--?[a-z][\w-]*", flag):
            continue
        listed = re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", known)
        if not listed and flag not in {"--help", "-h"}:
            yield f"parley {command} has no flag {flag}"


def check_command(project, line):
    """Problems of one line of shell."""
    line = re.sub(r"\s#\s.*", "", line.strip().removeprefix("$ "))
    for part in re.split(r"\|\||&&|[|;]", line):
        try:
            words = shlex.split(part)
        except ValueError:
            words = part.split()
        # Redirections, what stands before the program (`A=b sudo parley`), and what a document leaves open.
        words = [word for word in words if not re.fullmatch(r"[<>&\d]*[<>].*|…|\.\.\.|&", word)]
        while words and (re.fullmatch(r"\w+=.*", words[0]) or words[0] in {"sudo", "nice", "time", "env", "exec"}):
            words = words[1:]
        if not words:
            continue
        program, rest = words[0], words[1:]
        if program == "make":
            yield from check_make(project, rest)
        elif PROGRAM.fullmatch(program):
            yield from check_parley(project, rest)
        elif program.startswith(("tools/", "./tools/", ".ci/")) and not (project.root / program).exists():
            yield f"no such file: {program}"


def check_path(project, document, text):
    text = text.split("#")[0].rstrip("/")
    if not text or "*" in text or "<" in text or "NAME" in text:
        return None
    if (document.parent / text).exists() or (project.root / text).exists() or (project.root / "src" / text).exists():
        return None
    return f"no such file: {text}"


def check_span(project, document, span):
    words = span.split()
    if words[0] == "make" or (PROGRAM.fullmatch(words[0]) and len(words) > 1):
        # Prose shows placeholders; only whole words that are commands or flags count.
        plain = [re.sub(r"[\[\]…]", "", word) for word in words]
        yield from check_command(project, " ".join(word for word in plain if word and not re.fullmatch(r"[A-Z_|]+", word)))
    elif PATH.fullmatch(span) and (span.split("/")[0] in project.folders or span.endswith(".md")):
        generated = span.split("/")[0] == "build" or "node_modules" in span or span.startswith("web/dist")
        if not generated and (problem := check_path(project, document, span)):
            yield problem


def check_document(project, document):
    """Problems of one document as (line, message)."""
    fence = None
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
        if mark := re.match(r"\s*(```+|~~~+)\s*(\w*)", line):
            fence = mark.group(2) if fence is None else None
            continue
        if fence is not None:
            if fence in SHELL_FENCES:
                for problem in check_command(project, line):
                    yield number, problem
            continue
        for target in LINK.findall(line):
            if not re.match(r"[a-z]+:|#|/", target) and (problem := check_path(project, document, target)):
                yield number, problem
        for span in SPAN.findall(LINK.sub("", line)):
            for problem in check_span(project, document, span.strip() or " "):
                yield number, problem


def documents(root):
    skip = {"node_modules", "build", ".git", "demo", "corpus", "dist"}
    yield from (p for p in sorted(root.rglob("*.md")) if not skip & set(p.relative_to(root).parts[:-1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--without-binary", action="store_true", help="leave out the flags of parley")
    arguments = parser.parse_args()
    root = arguments.root
    binary = root / "build/release/parley"
    if arguments.without_binary:
        binary = None
    elif not binary.exists():
        print(f"documents: {binary} is not built; run `make build` first", file=sys.stderr)
        return 1
    project = Project(root, binary)
    count = problems = 0
    for document in documents(root):
        count += 1
        for line, message in check_document(project, document):
            print(f"{document.relative_to(root)}:{line}: {message}", file=sys.stderr)
            problems += 1
    print(f"documents: {count} documents, {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
