# SPDX-License-Identifier: Apache-2.0
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from check_coroutines import check_text  # noqa: E402

CONDITION = "in a condition"
LOGIC = "beside"
LAMBDA = "a lambda with captures"
TEMPORARY = "a temporary in braces"

WRONG = [
    (CONDITION, "Task<> f() { if (co_await a()) b(); }"),
    (CONDITION, "Task<> f() { if constexpr (co_await a()) b(); }"),
    (CONDITION, "Task<> f() { while (!(co_await a()).ok()) b(); }"),
    (CONDITION, "Task<> f() { do { b(); } while (co_await a()); }"),
    (CONDITION, "Task<> f() { switch (co_await a()) {} }"),
    (CONDITION, "Task<> f() { for (int i = 0; i < co_await a(); ++i) b(); }"),
    (CONDITION, "Task<> f() { if (int x = 1; co_await a(x)) b(); }"),
    (CONDITION, "Task<> f() { if (c && co_await a()) b(); }"),
    (CONDITION, "Task<> f() { if (auto r = co_await a()) b(); }"),
    (LOGIC, "Task<> f() { bool x = c && co_await a(); }"),
    (LOGIC, "Task<> f() { co_return (co_await a()).ok() || c; }"),
    (LOGIC, "Task<> f() { co_return c or (co_await a()); }"),
    (LOGIC, "Task<> f() { bool x = c && g(1, co_await a()); }"),
    (LAMBDA, "void f() { spawn([x]() -> Task<> { co_await a(x); }); }"),
    (LAMBDA, "void f() { spawn([&] { if (x) { co_return; } }); }"),
    (LAMBDA, "auto g = [this]<class T>(T t) mutable noexcept -> Task<> { co_yield t; };"),
    (TEMPORARY, "Task<> f() { co_await a({}); }"),
    (TEMPORARY, "Task<> f() { const auto r = co_await a(1, {.x = 2}); }"),
    (TEMPORARY, "Task<> f() { r = co_await b.a(n::Context{}, 1); }"),
    (TEMPORARY, "Task<> f() { co_await pool.run(c, [x] { return x; }); }"),
]
RIGHT = [
    "Task<> f() { const bool r = co_await a(); if (r && c) b(); }",
    "Task<> f() { if (auto r = co_await a(); r) b(); }",
    "Task<> f() { for (auto x : co_await a()) b(x); }",
    "Task<> f() { for (auto x = co_await a(); x; ++x) b(x); }",
    "Task<> f() { auto&& r = co_await a(); }",
    "Task<> f() { co_return co_await a() ? 1 : 2; }",
    "Task<> f() { co_await (a() || b()); }",
    "Task<> f() { auto w = [x] { return g({x}); }; co_await pool.run(c, std::move(w)); }",
    "Task<> f() { co_await pool.run(c, [] {}); b({}); }",
    "Task<> f() { if (a) { co_await b(); } c(Type{}); }",
    "Task<> f() { for (auto x : co_await a()) { b({x}); } }",
    "Task<> f() { if (a) { co_await b(); } }",
    "Task<> f() { int c = x && y; co_await b(); }",
    "Task<> f() { g(x && y, co_await b()); }",
    "// if (co_await a())\nconst char* s = \"if (co_await a())\"; auto r = R\"(while (co_await a()))\";",
    "void f() { spawn([](int x) -> Task<> { co_await a(x); }(3)); }",
    "void f() { post([this] { spawn(g(x_)); }); }",
    "void f() { post([this] { spawn([](int x) -> Task<> { co_await a(x); }(x_)); }); }",
    "Task<> f() { x[i] = 3; v[g[0]](y); co_await a(); }",
    "[[nodiscard]] Task<> f() { co_await a(); }",
    "Task<> f() { int n = 1'000'000; char c = '\\''; co_await a(); }",
]


class CheckCoroutines(unittest.TestCase):
    def test_finds_what_is_wrong(self):
        for message, text in WRONG:
            with self.subTest(text):
                found = check_text(text)
                self.assertEqual(len(found), 1, found)
                self.assertIn(message, found[0][1])

    def test_leaves_alone_what_is_right(self):
        for text in RIGHT:
            with self.subTest(text):
                self.assertEqual([], check_text(text))

    def test_names_the_line(self):
        self.assertEqual(3, check_text("Task<> f() {\n\n  if (co_await a()) b();\n}\n")[0][0])


if __name__ == "__main__":
    unittest.main()
