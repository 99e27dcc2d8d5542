# SPDX-License-Identifier: Apache-2.0
import stat
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from check_readme import Project, check_document  # noqa: E402

PROGRAM = """#!/bin/sh
case "$*" in
  --help) echo "usage: parley COMMAND; --version" ;;
  "serve --help") echo "--listen HOST:PORT  --tls auto" ;;
  *) exit 2 ;;
esac
"""


class CheckReadme(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "Makefile").write_text("run: ## it\n\ttools/run.sh $(ARGS)\n")
        (self.root / "src/net").mkdir(parents=True)
        (self.root / "src/net/server.hpp").write_text("")
        binary = self.root / "parley"
        binary.write_text(PROGRAM)
        binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
        self.project = Project(self.root, binary)

    def problems(self, text):
        document = self.root / "README.md"
        document.write_text(text)
        return [message for _, message in check_document(self.project, document)]

    def test_what_is_there_passes(self):
        self.assertEqual([], self.problems(
            "See [the server](src/net/server.hpp), `src/net/`, `net/server.hpp`, [web](https://example.org) and `a/b`.\n"
            "Run `make run ARGS=--tls`; `parley serve --tls auto`.\n"
            "```sh\n$ make run && build/release/parley serve --listen 127.0.0.1:0 | tail  # comment --flag\n```\n"
            "```cpp\nmake nothing;\n```\n"))

    def test_what_is_missing_is_named(self):
        for text, message in [
            ("`make dance`", "make has no target dance"),
            ("```\nmake run COLOUR=red\n```", "make has no variable COLOUR"),
            ("`parley sing FILE`", "parley has no command sing"),
            ("```bash\nPORT=1 ./parley serve --lisp\n```", "parley serve has no flag --lisp"),
            ("[x](docs/x.md)", "no such file: docs/x.md"),
            ("`src/net/client.hpp`", "no such file: src/net/client.hpp"),
            ("```sh\ntools/gone.sh\n```", "no such file: tools/gone.sh"),
        ]:
            with self.subTest(text):
                self.assertEqual([message], self.problems(text))


if __name__ == "__main__":
    unittest.main()
