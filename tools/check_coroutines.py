#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Finds coroutine shapes that go wrong without a warning.

- `co_await` in the condition of if, while, do, switch or for, or beside && and ||: g++ 12 miscompiles a
  coroutine that has it and no named local. Bind the result to a named local first. The init statement
  of an `if` or `switch` is fine.
- a lambda with captures that is a coroutine: the captures die with the lambda object, not with the coroutine.
- `co_await f({...})`, `co_await f(Type{...})` and `co_await f([x] { ... })`: g++ 12 copies such a temporary bit by
  bit into the coroutine and destroys it twice. Give it a name and pass that.
"""
import argparse
import re
import sys
from pathlib import Path

TOKEN = re.compile(
    r"""
      (?P<space>\s+|//[^\n]*|/\*.*?\*/)
    | (?P<text>(?:u8|[uUL])?R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"
             |(?:u8|[uUL])?"(?:\\.|[^"\\\n])*"
             |(?:u8|[uUL])?'(?:\\.|[^'\\\n])*')
    | (?P<number>\.?\d(?:[eEpP][+-]|'?[\w.])*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<mark>&&|\|\||\[\[|\]\]|->|::|.)
    """,
    re.VERBOSE | re.DOTALL,
)
CLOSER = {"(": ")", "[": "]", "{": "}", "[[": "]]"}
ALTERNATIVE = {"and": "&&", "or": "||"}


class Source:
    """The tokens of one file: (text, line), and for each bracket the index of its partner."""

    def __init__(self, text):
        self.tokens, self.partner, self.inside = [], {}, []
        line = 1
        for match in TOKEN.finditer(text):
            if match.lastgroup != "space" and match.group("space") is None:
                self.tokens.append((ALTERNATIVE.get(match.group(), match.group()), line))
            line += match.group().count("\n")
        self._split_square_pairs()
        stack = []
        for index, (token, _) in enumerate(self.tokens):
            self.inside.append(stack[-1] if stack else None)
            if token in CLOSER:
                stack.append(index)
            elif token in CLOSER.values() and stack:
                opener = stack.pop()
                self.partner[opener], self.partner[index] = index, opener
                self.inside[index] = stack[-1] if stack else None

    def _split_square_pairs(self):
        # `a[b[0]]` ends in ]] that closes no attribute; only an attribute opens with [[.
        depth, out = 0, []
        for token, line in self.tokens:
            if token == "[[":
                depth += 1
            elif token == "]]" and depth:
                depth -= 1
            elif token == "]]":
                out += [("]", line), ("]", line)]
                continue
            out.append((token, line))
        self.tokens = out

    def text(self, index):
        return self.tokens[index][0] if 0 <= index < len(self.tokens) else ""


def condition_of(source, opener):
    """The half-open range of tokens that is the condition of the statement whose `(` is at `opener`, or None."""
    keyword = source.text(opener - 1)
    if keyword == "constexpr":
        keyword = source.text(opener - 2)
    if keyword not in {"if", "while", "switch", "for"}:
        return None
    end = source.partner.get(opener)
    if end is None:
        return None
    stops = [i for i in range(opener + 1, end) if source.text(i) == ";" and source.inside[i] == opener]
    if keyword == "for":
        return (stops[0] + 1, stops[1]) if len(stops) == 2 else None
    return (stops[0] + 1 if stops else opener + 1, end)


def in_condition(source, index):
    opener = source.inside[index]
    while opener is not None:
        if source.text(opener) == "{":
            return False  # a lambda's body inside a condition is a function of its own
        if source.text(opener) == "(" and (span := condition_of(source, opener)) and span[0] <= index < span[1]:
            return True
        opener = source.inside[opener]
    return False


def beside_logic(source, index):
    """Whether && or || stands beside the co_await at `index`, on its level or on one around it."""
    level, here = source.inside[index], index
    while True:
        for step in (-1, 1):
            # On the levels further out, the right side begins behind the closing bracket.
            i = (source.partner.get(here, here) if step == 1 else here) + step
            while 0 <= i < len(source.tokens) and source.inside[i] == level:
                token = source.text(i)
                if token in {"&&", "||"}:
                    return not is_reference(source, i)
                if token in {";", ",", "=", "{", "}", "return", "co_return"} or i == level:
                    break
                jump = source.partner.get(i)
                if jump is not None and (jump - i) * step > 0:
                    i = jump
                i += step
        if level is None or source.text(level) == "{":
            return False
        here, level = level, source.inside[level]


def is_reference(source, index):
    """`auto&& name =` and `Type&& name` as a declaration: && followed by a name and then = , or )."""
    return source.text(index) == "&&" and re.fullmatch(r"\w+", source.text(index + 1) or "-") is not None and (
        source.text(index + 2) in {"=", ":"})


def lambda_body(source, opener):
    """For `[` at `opener`: (first, last) of the body's braces when it introduces a lambda with captures, or None."""
    before = source.text(opener - 1)
    if re.fullmatch(r"[\w\])]+|\"", before) and before not in {"return", "co_return", "co_await", "case"}:
        return None  # a subscript
    close = source.partner.get(opener)
    if close is None or close == opener + 1:
        return None
    i = close + 1
    if source.text(i) == "<":
        depth = 0
        while i < len(source.tokens):
            depth += {"<": 1, ">": -1}.get(source.text(i), 0)
            i += 1
            if depth == 0:
                break
    if source.text(i) == "(":
        i = source.partner.get(i, i) + 1
    while i < len(source.tokens) and source.text(i) not in {"{", ";", ")", ",", "}", "]"}:
        i = source.partner.get(i, i) + 1 if source.text(i) in {"(", "[["} else i + 1
    return (i, source.partner[i]) if source.text(i) == "{" and i in source.partner else None


def braced_temporary(source, index):
    """Whether an argument behind the co_await at `index` is made in braces or is a lambda with captures."""
    level = source.inside[index]
    i = index + 1
    while i < len(source.tokens) and i != source.partner.get(level):
        token, before = source.text(i), source.text(i - 1)
        if token == ";" and source.inside[i] == level:
            return False
        if token == "[" and lambda_body(source, i):
            return True
        if token == "{":
            typed = re.fullmatch(r"[A-Z]\w*", before) is not None and not returns_type(source, i - 1)
            if before in {"(", ","} or typed:
                return True
            i = source.partner.get(i, i)
        i += 1
    return False


def returns_type(source, index):
    """Whether the name at `index` ends the return type of a lambda: `-> a::B`."""
    while source.text(index - 1) == "::":
        index -= 2
    return source.text(index - 1) == "->"


def check_text(text):
    """Problems of one source text as (line, message)."""
    source, problems = Source(text), []
    bodies = []
    for index, (token, _) in enumerate(source.tokens):
        if token == "[" and (body := lambda_body(source, index)):
            bodies.append((body[0], body[1], True, index))
        elif token == "[" and source.partner.get(index) == index + 1:
            # A lambda without captures inside a capturing one keeps its awaits to itself.
            i = index + 2
            i = source.partner.get(i, i) + 1 if source.text(i) == "(" else i
            while i < len(source.tokens) and source.text(i) not in {"{", ";", ")", ",", "}"}:
                i += 1
            if source.text(i) == "{" and i in source.partner:
                bodies.append((i, source.partner[i], False, index))
    reported = set()
    for index, (token, line) in enumerate(source.tokens):
        if token == "co_await":
            if in_condition(source, index):
                problems.append((line, "co_await in a condition: bind it to a named local first"))
            elif beside_logic(source, index):
                problems.append((line, "co_await beside && or ||: bind it to a named local first"))
            elif braced_temporary(source, index):
                problems.append((line, "a temporary in braces or with captures is awaited on: give it a name first"))
        if token in {"co_await", "co_return", "co_yield"}:
            around = [body for body in bodies if body[0] < index < body[1]]
            if around and (inner := max(around))[2] and inner[3] not in reported:
                reported.add(inner[3])
                problems.append((source.tokens[inner[3]][1], "a lambda with captures is a coroutine: pass values to a function"))
    return sorted(problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    files = sorted(p for folder in ("src", "tests", "bench") for p in (root / folder).rglob("*")
                   if p.suffix in {".hpp", ".cpp"} and "node_modules" not in p.parts)
    problems = 0
    for path in files:
        text = path.read_text(encoding="utf-8")
        if "co_" not in text:
            continue
        for line, message in check_text(text):
            print(f"{path.relative_to(root)}:{line}: {message}", file=sys.stderr)
            problems += 1
    print(f"coroutines: {len(files)} files, {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
