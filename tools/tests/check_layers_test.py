# SPDX-License-Identifier: Apache-2.0
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import check_layers  # noqa: E402

TABLE = """
[runtime]
plain = []
[storage]
plain = []
[text]
plain = []
[speech]
plain = ["text"]
edge = ["storage"]
"""


class CheckLayers(unittest.TestCase):
    def check(self, files, table=TABLE):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in {"architecture/layers.toml": table, **files}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return check_layers.check(root)[0]

    def assert_one(self, part, files, table=TABLE):
        problems = self.check(files, table)
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(part, problems[0])

    def test_allowed_includes_pass(self):
        self.assertEqual([], self.check({
            "src/runtime/task.hpp": "",
            "src/text/words.hpp": '#include "runtime/task.hpp"\n',
            "src/storage/database.hpp": "",
            "src/speech/store/voices.cpp": '#include "storage/database.hpp"\n',
            "src/speech/vad/detector.cpp": '#include "text/words.hpp"\n#include <vector>\n',
        }))

    def test_a_folder_outside_the_row_is_refused(self):
        self.assert_one("src/text/words.hpp:2: includes speech/types.hpp: text may not include speech", {
            "src/speech/types.hpp": "", "src/text/words.hpp": '\n#include "speech/types.hpp"\n'})

    def test_an_edge_layer_is_refused_outside_edge_folders(self):
        self.assert_one("only below", {
            "src/storage/database.hpp": "", "src/speech/module.cpp": '#include "storage/database.hpp"\n'})

    def test_inner_headers_of_another_domain_are_refused(self):
        self.assert_one("only the headers directly in its folder", {
            "src/text/rules/table.hpp": "", "src/speech/types.hpp": '#include "text/rules/table.hpp"\n'})

    def test_testing_folders_are_for_tests(self):
        fake = {"src/text/testing/fake.hpp": ""}
        self.assertEqual([], self.check({**fake, "src/speech/vad_test.cpp": '#include "text/testing/fake.hpp"\n'}))
        self.assertTrue(self.check({**fake, "src/speech/vad.cpp": '#include "text/testing/fake.hpp"\n'}))

    def test_missing_and_relative_includes_are_refused(self):
        self.assert_one("no such file", {"src/text/words.cpp": '#include "text/gone.hpp"\n'})
        self.assert_one("no such file", {"src/text/words.hpp": "", "src/text/words.cpp": '#include "words.hpp"\n'})

    def test_unknown_nameless_and_deep_folders_are_refused(self):
        self.assert_one("not in architecture/layers.toml", {"src/extra/a.hpp": ""})
        self.assert_one("named for what it holds", {"src/text/utils/a.hpp": ""})
        self.assert_one("three deep", {"src/text/a/b/c/d.hpp": ""})

    def test_circles_are_found(self):
        self.assert_one("headers include one another", {
            "src/text/a.hpp": '#include "text/b.hpp"\n', "src/text/b.hpp": '#include "text/a.hpp"\n'})
        self.assert_one("folders include one another: speech/asr -> speech/vad -> speech/asr", {
            "src/speech/asr/a.hpp": '#include "speech/vad/b.hpp"\n', "src/speech/asr/c.hpp": "",
            "src/speech/vad/b.hpp": "", "src/speech/vad/d.hpp": '#include "speech/asr/c.hpp"\n'})
        self.assert_one("a circle", {}, '[a]\nplain = ["b"]\n[b]\nplain = ["a"]\n')


if __name__ == "__main__":
    unittest.main()
