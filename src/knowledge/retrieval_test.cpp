// SPDX-License-Identifier: Apache-2.0
// How well and how fast the right document is found: over the demo handbook, over published test collections
// where they are at hand, and over ten thousand chunks.
#include "knowledge/indexing.hpp"
#include "knowledge/testing/library_fixture.hpp"
#include "runtime/json.hpp"
#include "runtime/testing/shared_data.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::knowledge {
namespace {

using parley::testing::shared_data;
using parley::testing::TemporaryDirectory;
using runtime::Context;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Question {
  std::string id;
  std::string text;
  std::string document;  // empty: the handbook does not say
};

std::vector<Question> read_questions(const char* name) {
  std::vector<Question> questions;
  const auto file = std::filesystem::path(PARLEY_SOURCE_DIR) / "bench/voice" / name;
  const auto value = runtime::parse_json(read_file(file));
  if (!value) return questions;
  for (const auto& entry : value->as_array()) {
    const auto& object = entry.as_object();
    Question question{
        std::string(object.at("id").as_string()), std::string(object.at("text").as_string()), {}};
    const auto* document = object.if_contains("document");
    if (document != nullptr && document->is_string()) question.document = std::string(document->as_string());
    questions.push_back(question);
  }
  return questions;
}

class HandbookTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto demo = std::filesystem::path(PARLEY_SOURCE_DIR) / "demo";
    for (const auto& entry : std::filesystem::directory_iterator(demo)) {
      if (entry.path().extension() != ".md") continue;
      ASSERT_TRUE(runner.index(entry.path().filename().string(), read_file(entry.path())));
    }
  }

  // Percent of the questions with a document whose document is among the first `depth`.
  void measure(const std::string& name, const std::vector<Question>& questions) {
    int asked = 0;
    int first = 0;
    int among_three = 0;
    for (const Question& question : questions) {
      if (question.document.empty()) continue;
      ++asked;
      const auto hits = runner.search(question.text, 3).hits;
      const auto rank = std::ranges::find(hits, question.document, &Hit::filename) - hits.begin();
      first += rank == 0 && !hits.empty() ? 1 : 0;
      among_three += rank < static_cast<std::ptrdiff_t>(hits.size()) ? 1 : 0;
      if (rank != 0 && std::getenv("PARLEY_TEST_VERBOSE") != nullptr) {
        std::printf("    %s %s: wanted %s, got %s\n", question.id.c_str(), question.text.c_str(),
                    question.document.c_str(),
                    hits.empty() ? "nothing" : (hits[0].filename + " > " + hits[0].heading).c_str());
      }
    }
    ASSERT_GT(asked, 0);
    hit_at_1 = 100.0 * first / asked;
    hit_at_3 = 100.0 * among_three / asked;
    std::printf("  %s: %d questions, hit@1 %.1f %%, hit@3 %.1f %%\n", name.c_str(), asked, hit_at_1,
                hit_at_3);
  }

  TemporaryDirectory folder;
  testing::LibraryRunner runner{folder.path()};
  double hit_at_1 = 0;
  double hit_at_3 = 0;
};

TEST_F(HandbookTest, TypedQuestionsFindTheirDocument) {
  for (const char* name : {"questions.json", "questions_heldout.json"}) {
    const auto questions = read_questions(name);
    if (questions.empty()) GTEST_SKIP() << name << " is not there";
    measure(name, questions);
    EXPECT_GE(hit_at_1, 85) << name;
    EXPECT_GE(hit_at_3, 95) << name;
  }
}

}  // namespace
}  // namespace parley::knowledge
