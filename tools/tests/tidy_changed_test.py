# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tidy_changed import changed_files  # noqa: E402


class ChangedFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.git("init", "-q", "-b", "main")

    def git(self, *words):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", *words],
                       cwd=self.root, check=True, capture_output=True)

    def commit(self, name):
        (self.root / name).write_text(name)
        self.git("add", name)
        self.git("commit", "-q", "-m", name)

    def test_the_first_commit_is_compared_with_nothing(self):
        self.commit("a.cpp")
        self.assertEqual({"a.cpp"}, changed_files(self.root, "origin/main")[0])

    def test_without_a_base_the_last_commit_and_the_work_tree_count(self):
        self.commit("a.cpp")
        self.commit("b.cpp")
        (self.root / "c.cpp").write_text("c")
        self.assertEqual({"b.cpp", "c.cpp"}, changed_files(self.root, "origin/main")[0])

    def test_a_branch_is_compared_with_where_it_left(self):
        self.commit("a.cpp")
        self.git("checkout", "-q", "-b", "work")
        self.commit("b.cpp")
        self.commit("c.cpp")
        self.assertEqual({"b.cpp", "c.cpp"}, changed_files(self.root, "main")[0])


if __name__ == "__main__":
    unittest.main()
