// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/expected_words.hpp"

#include "inference/testing/models.hpp"
#include "speech/bias.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

namespace fs = std::filesystem;
using inference::SherpaModel;
using inference::testing::Folder;
using inference::testing::read_file;
using inference::testing::write_file;

// A transducer as the checks describe it.
SherpaModel transducer(const fs::path& folder, const std::string& tokens) {
  write_file(folder / "tokens.txt", tokens);
  SherpaModel model{inference::SherpaFamily::kTransducer,
                    inference::SherpaTask::kRecognition,
                    "transducer",
                    {{"tokens", (folder / "tokens.txt").string()}},
                    {},
                    true};
  return model;
}

// A list of the letters, after a piece that begins a word.
std::string letters_after(const std::string& piece, char first) {
  std::string tokens = piece + " 1\n\xE2\x96\x81 2\n";
  for (int i = 0; i < 26; ++i) tokens += static_cast<char>(first + i) + (' ' + std::to_string(3 + i)) + '\n';
  return tokens;
}

std::shared_ptr<const Bias> expecting(std::vector<std::string> phrases) {
  return Bias::from({.phrases = std::move(phrases)});
}

TEST(ExpectedWords, MakesTheVocabularyOfTheListInItsOrder) {
  const Folder folder;
  const auto words = ExpectedWords::of(
      transducer(folder.path(), "<blk> 0\n<unk> 2\n\xE2\x96\x81the 4\ns 3\n<0x0A> 5\na 7\ns 8\n"));
  ASSERT_TRUE(words);
  const std::string pieces = "s\t-3\n\xE2\x96\x81the\t-4\na\t-7\n";
  EXPECT_EQ(words->vocabulary().substr(0, pieces.size()), pieces);
  EXPECT_EQ(words->vocabulary().find("\na\t", pieces.size() - 1), std::string::npos);
  EXPECT_NE(words->vocabulary().find("\nb\t-100000\n", pieces.size() - 1), std::string::npos);
}

TEST(ExpectedWords, WritesPhrasesInTheLettersOfTheModel) {
  const Folder folder;
  const auto bias = expecting({"Anna", "Zephyr Cargo"});
  const struct {
    std::string tokens;
    const char* written;
  } rows[] = {
      {letters_after("\xE2\x96\x81THE", 'A'), "ZEPHYR CARGO/ANNA"},
      {letters_after("\xE2\x96\x81the", 'a'), "zephyr cargo/anna"},
      {letters_after("\xE2\x96\x81The", 'a') + "A 30\n", "zephyr cargo/anna/Anna"},
      {"\xE2\x96\x81"
       "an 1\nna 2\n\xE2\x96\x81zephyr 3\n",
       "anna"},
  };
  for (const auto& row : rows) {
    const auto words = ExpectedWords::of(transducer(folder.path(), row.tokens));
    ASSERT_TRUE(words);
    EXPECT_EQ(words->written(bias->phrases()), row.written);
  }
}

TEST(ExpectedWords, NoMoreThanTheMost) {
  const Folder folder;
  std::vector<std::string> many;
  for (std::size_t i = 0; i < ExpectedWords::kMostPhrases + 50; ++i) {
    many.push_back(std::string("name") + static_cast<char>('a' + i / 26) + static_cast<char>('a' + i % 26));
  }
  const auto words = ExpectedWords::of(transducer(folder.path(), letters_after("\xE2\x96\x81the", 'a')));
  const std::string written = words->written(expecting(many)->phrases());
  EXPECT_EQ(static_cast<std::size_t>(std::count(written.begin(), written.end(), '/')),
            ExpectedWords::kMostPhrases - 1);
  EXPECT_EQ(words->written(Bias::from({.texts = {"the shop is open"}})->phrases()), "");
}

TEST(ExpectedWords, AreNotForOtherModels) {
  const Folder folder;
  EXPECT_FALSE(ExpectedWords::of(transducer(folder.path(), "\xE4\xBD\xA0 1\n")));
  EXPECT_FALSE(ExpectedWords::of(transducer(folder.path(), "a 1\nb 2\n"))) << "nothing begins a word";
  SherpaModel other = transducer(folder.path(), "\xE2\x96\x81the 1\n");
  other.expects_words = false;
  EXPECT_FALSE(ExpectedWords::of(other));
}

TEST(PieceFile, IsTheModelsOwnOrGoneAtTheEnd) {
  const Folder folder;
  SherpaModel model = transducer(folder.path(), "\xE2\x96\x81the 1\n");
  const auto words = ExpectedWords::of(model);
  ASSERT_TRUE(words);
  std::string made;
  {
    const PieceFile file(model, *words);
    ASSERT_NE(file.path(), nullptr);
    made = file.path();
    EXPECT_EQ(read_file(made), words->vocabulary());
  }
  EXPECT_FALSE(fs::exists(made));
  const fs::path own = folder.path() / "bpe.vocab";
  write_file(own, "\xE2\x96\x81the 0\n");
  model.files.emplace("bpe.vocab", own.string());
  {
    const PieceFile file(model, *words);
    EXPECT_EQ(file.path(), own.string());
  }
  EXPECT_TRUE(fs::exists(own));
}

}  // namespace
}  // namespace parley::speech
