#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks every #include of src/ against architecture/layers.toml, and that folders do not sit in a cycle.

Rules:
- includes are written from src/ ("speech/vad/detector.hpp") and name a file that is there;
- a folder includes itself, runtime and what the table allows; `edge` layers only below an edge folder;
- others see only the headers that stand directly in a domain's folder;
- tests and their `testing/` folders see other `testing/` folders, and edge layers from anywhere;
- no two folders include one another, in the table or in the sources; no header includes itself in a circle.
"""
import argparse
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

EDGE_FOLDERS = {"models", "providers", "store", "remote", "service"}
NAMELESS_FOLDERS = {"utils", "util", "common", "core", "misc", "helpers"}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Layer:
    plain: frozenset
    edge: frozenset


@dataclass(frozen=True)
class Include:
    source: Path  # relative to src/
    line: int
    target: Path  # relative to src/


def read_layers(path):
    with open(path, "rb") as file:
        table = tomllib.load(file)
    return {
        name: Layer(frozenset(row.get("plain", [])), frozenset(row.get("edge", [])))
        for name, row in table.items()
    }


def find_cycle(graph):
    """One cycle of `graph` ({node: successors}) as a list of nodes, or None."""
    done, path, on_path = set(), [], set()

    def visit(node):
        path.append(node)
        on_path.add(node)
        for successor in sorted(graph.get(node, ())):
            if successor in on_path:
                return path[path.index(successor):] + [successor]
            if successor not in done and (cycle := visit(successor)):
                return cycle
        done.add(node)
        on_path.discard(path.pop())
        return None

    sys.setrecursionlimit(10_000)
    for node in sorted(graph):
        if node not in done and (cycle := visit(node)):
            return cycle
    return None


def is_test(path):
    return path.stem.endswith("_test") or path.stem.endswith("_bench") or "testing" in path.parts


def is_edge(path):
    return any(part in EDGE_FOLDERS for part in path.parts[1:-1])


def generated_headers(root):
    """Names that a CMakeLists.txt below src/ makes in the build folder."""
    text = "\n".join(file.read_text() for file in (root / "src").rglob("CMakeLists.txt"))
    return set(re.findall(r"([\w/]+\.(?:hpp|h))\b", text))


def read_includes(root):
    source_root = root / "src"
    found = []
    for path in sorted(source_root.rglob("*")):
        if path.suffix not in {".hpp", ".cpp", ".h"}:
            continue
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start(1)) + 1
            found.append(Include(path.relative_to(source_root), line, Path(match.group(1))))
    return found


def judge(include, layers):
    """What is wrong with one include of an existing file, or None."""
    source, target = include.source, include.target
    here, there = source.parts[0], target.parts[0]
    if "testing" in target.parts and not is_test(source):
        return f"includes {target}: testing/ folders are for tests"
    if here == there:
        return None
    if there not in layers:
        return f"includes {target}: {there} is not in the layer table"
    layer = layers[here]
    if there != "runtime" and there not in layer.plain:
        if there not in layer.edge:
            return f"includes {target}: {here} may not include {there}"
        if not is_edge(source) and not is_test(source):
            return f"includes {target}: {here} may include {there} only below {', '.join(sorted(EDGE_FOLDERS))}"
    inner = target.parts[1:-1]
    if inner and not (inner == ("testing",) and is_test(source)):
        return f"includes {target}: of {there}, others see only the headers directly in its folder"
    return None


def check_table(layers):
    problems = []
    for name, layer in sorted(layers.items()):
        for other in sorted((layer.plain | layer.edge) - layers.keys()):
            problems.append(f"architecture/layers.toml: {name} names {other}, which has no row")
    cycle = find_cycle({name: layer.plain | layer.edge for name, layer in layers.items()})
    if cycle:
        problems.append("architecture/layers.toml: a circle: " + " -> ".join(cycle))
    return problems


def check_folders(root, layers):
    problems = []
    for folder in sorted(path for path in (root / "src").rglob("*") if path.is_dir()):
        parts = folder.relative_to(root / "src").parts
        where = f"src/{'/'.join(parts)}"
        if parts[0] not in layers:
            problems.append(f"{where}: {parts[0]} is not in architecture/layers.toml")
        if parts[-1] in NAMELESS_FOLDERS:
            problems.append(f"{where}: a folder is named for what it holds, not {parts[-1]}")
        if len(parts) > 3:
            problems.append(f"{where}: folders are at most three deep")
    return problems


def check_circles(includes):
    problems = []
    files, folders = {}, {}
    for include in includes:
        files.setdefault(str(include.source), set()).add(str(include.target))
        # A test may use a fake of a folder that uses the folder under test; nothing is linked in a circle by it.
        if is_test(include.source):
            continue
        source, target = include.source.parent.parts, include.target.parent.parts
        # A domain's own folder and the folders in it work together; circles between siblings are what hurts.
        depth = next((i for i, (a, b) in enumerate(zip(source, target)) if a != b), None)
        if depth is not None:
            a, b = "/".join(source[:depth + 1]), "/".join(target[:depth + 1])
            folders.setdefault(a, set()).add(b)
    for kind, graph in (("headers", files), ("folders", folders)):
        if cycle := find_cycle(graph):
            problems.append(f"src: {kind} include one another: " + " -> ".join(cycle))
    return problems


def check(root):
    layers = read_layers(root / "architecture/layers.toml")
    problems = check_table(layers) + check_folders(root, layers)
    generated = generated_headers(root)
    includes = []
    for include in read_includes(root):
        where = f"src/{include.source}:{include.line}"
        if not (root / "src" / include.target).is_file() or len(include.target.parts) < 2:
            if include.target.name not in generated and str(include.target) not in generated:
                problems.append(f"{where}: no such file below src/: {include.target}")
            continue
        includes.append(include)
        if include.source.parts[0] in layers and (problem := judge(include, layers)):
            problems.append(f"{where}: {problem}")
    return problems + check_circles(includes), len(includes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    problems, count = check(parser.parse_args().root)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"layers: {count} includes, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
