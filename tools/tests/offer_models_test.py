# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import offer_models  # noqa: E402


def model(name, **changes):
    return {"name": name, "purpose": "testing", "licence": "CC0", "size": 2_000_000, "home": "https://example.org/x",
            "recommended": True, "present": False, "engine_ready": True, **changes}


class OfferTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        patch = mock.patch.object(offer_models, "DECLINED", self.folder / "build/declined")
        patch.start()
        self.addCleanup(patch.stop)

    def program(self, models, fails=False):
        """A program that lists these models and notes how it was called."""
        (self.folder / "list").write_text("".join(json.dumps(each) + "\n" for each in models))
        path = self.folder / "parley"
        path.write_text(f"#!/bin/sh\necho \"$@\" >> {self.folder}/calls\n"
                        f"[ \"$2\" = list ] && cat {self.folder}/list\nexit {1 if fails else 0}\n")
        path.chmod(0o755)
        return str(path)

    def calls(self):
        return (self.folder / "calls").read_text().splitlines()

    def offered(self, models, arguments=(), terminal=True, reachable=True, answer=True):
        questions = []

        def answered(question, _source, _seconds):
            questions.append(question)
            return answer
        said = io.StringIO()
        parley = self.program(models)
        with contextlib.redirect_stdout(said), mock.patch.object(sys, "stdin", mock.Mock(fileno=lambda: 0)):
            offer_models.offer(parley, list(arguments), terminal, lambda _: reachable, answered)
        return questions, said.getvalue()

    def test_fetches_what_is_missing_where_the_server_will_look_for_it(self):
        questions, _ = self.offered([model("a"), model("b", present=True), model("c", recommended=False), model("d")],
                                    ["--listen", ":1", "--data", "/d", "--config=/c"])
        self.assertIn("2 models, 4 MB", questions[0])
        self.assertEqual(self.calls(), ["models list --json --data /d --config=/c",
                                        "models pull a --data /d --config=/c", "models pull d --data /d --config=/c"])

    def test_says_nothing_when_nothing_is_missing(self):
        self.assertEqual(self.offered([model("a", present=True)]), ([], ""))

    def test_asks_nobody_without_a_terminal_or_a_server_that_answers(self):
        for how in ({"terminal": False}, {"reachable": False}):
            questions, said = self.offered([model("a")], **how)
            self.assertEqual(questions, [])
            self.assertIn("models pull a", said)

    def test_a_no_is_taken_for_good(self):
        questions, said = self.offered([model("a")], answer=False)
        self.assertEqual(len(questions), 1)
        self.assertIn("models pull a", said)
        questions, said = self.offered([model("a")])
        self.assertEqual(questions, [])
        self.assertIn("models pull a", said)

    def test_a_program_that_fails_is_no_matter(self):
        offer_models.offer(self.program([model("a")], fails=True), [], True)

    def test_tells_how_to_install_an_engine_that_it_may_not_install(self):
        with mock.patch.object(offer_models, "engine_command", lambda: (["npm", "install", "it"], False)):
            _, said = self.offered([model("a", engine_ready=False)])
        self.assertIn("npm install it", said)


class AskTest(unittest.TestCase):
    def test_knows_yes_no_and_silence(self):
        for typed, expected in (("\n", True), ("y\n", True), ("Yes\n", True), ("n\n", False), ("what\n", False),
                                (None, False)):
            source, typing = os.pipe()
            with self.subTest(typed=typed), contextlib.redirect_stdout(io.StringIO()):
                if typed:
                    os.write(typing, typed.encode())
                self.assertEqual(offer_models.ask("?", source, 0), expected)
            os.close(typing)
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertFalse(offer_models.ask("?", source, 0))
            os.close(source)


if __name__ == "__main__":
    unittest.main()
