# SPDX-License-Identifier: Apache-2.0
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from check_files import check_file  # noqa: E402

LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"


class CheckFiles(unittest.TestCase):
    def messages(self, name, text):
        return [message for _, message in check_file(Path(name), text)]

    def test_a_plain_file_passes(self):
        self.assertEqual([], self.messages("src/a.hpp", LICENCE + "#pragma once\n"))
        self.assertEqual([], self.messages("tools/a.sh", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"))
        self.assertEqual([], self.messages("README.md", "The key is in ~/.local/share, see /home page.\n"))

    def test_a_missing_licence_line_is_found(self):
        self.assertIn("SPDX", self.messages("src/a.cpp", "int x;\n")[0])
        self.assertIn("SPDX", self.messages("src/CMakeLists.txt", "")[0])

    def test_a_header_without_pragma_once_is_found(self):
        self.assertIn("#pragma once", self.messages("src/a.hpp", LICENCE)[0])

    def test_a_long_file_is_found(self):
        self.assertEqual([], self.messages("src/a.cpp", LICENCE * 800))
        self.assertIn("801 lines", self.messages("src/a.cpp", LICENCE * 801)[0])

    def test_words_that_mark_something_unfinished_or_private_are_found(self):
        for text in ("// TO" + "DO later", 'f("/ho' + 'me/someone/x")', "cd /ro" + "ot/x", '"resol' + 'ved": "https://r/x"'):
            with self.subTest(text):
                self.assertEqual(1, len(self.messages("src/a.cpp", LICENCE + text + "\n")))


if __name__ == "__main__":
    unittest.main()
