// SPDX-License-Identifier: Apache-2.0
#include "knowledge/chunks.hpp"

#include "knowledge/extraction/formats.hpp"
#include "text/words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::knowledge {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

ExtractedText markdown(std::string_view source) {
  auto read = read_markdown(source);
  EXPECT_TRUE(read);
  ExtractedText text = *read;
  if (!text.headings.empty()) text.title = text.headings.front().title;
  return text;
}

std::vector<std::string> texts(const ExtractedText& document, const std::vector<Chunk>& chunks) {
  std::vector<std::string> out;
  for (const Chunk& chunk : chunks) out.push_back(document.text.substr(chunk.start, chunk.end - chunk.start));
  return out;
}

std::string sentence(int words) {
  std::string out = "Start";
  for (int i = 1; i < words; ++i) out += " word";
  return out + ". ";
}

TEST(Chunks, ASectionIsAChunkUnderItsPath) {
  const auto document =
      markdown("# Leave\nIntro here.\n\n## Holiday\nYou get 25 days.\n\n### Abroad\nAsk first.\n");
  const auto chunks = cut_chunks(document);
  EXPECT_THAT(texts(document, chunks), ElementsAre("Intro here.", "You get 25 days.", "Ask first."));
  EXPECT_EQ(chunks[0].heading, "");
  EXPECT_EQ(chunks[1].heading, "Holiday");
  EXPECT_EQ(chunks[2].heading, "Holiday > Abroad");
}

TEST(Chunks, LongSectionsAreCutBetweenSentencesIntoEqualParts) {
  std::string source = "# Title\n\n";
  for (int i = 0; i < 40; ++i) source += sentence(10);
  const auto document = markdown(source);
  const auto chunks = cut_chunks(document, {.target_words = 100, .max_words = 150});
  ASSERT_THAT(chunks, SizeIs(4));
  for (const std::string& text : texts(document, chunks)) {
    EXPECT_EQ(text::tokenize(text).size(), 100U);
    EXPECT_TRUE(text.starts_with("Start"));
    EXPECT_TRUE(text.ends_with("."));
  }
}

TEST(Chunks, SmallListsAndTablesStayWhole) {
  std::string source = "# Title\n\n" + sentence(70) + "\n\n";
  for (int i = 0; i < 12; ++i) source += "- item with five words here\n";
  source += "\n| a | b |\n|---|---|\n| one | two |\n| three | four |\n";
  const auto document = markdown(source);
  const auto chunks = cut_chunks(document, {.target_words = 60, .max_words = 90});
  const auto pieces = texts(document, chunks);
  ASSERT_THAT(pieces, SizeIs(2));
  EXPECT_TRUE(pieces[1].starts_with("- item"));
  EXPECT_TRUE(pieces[1].ends_with("three, four"));
}

TEST(Chunks, AnEndlessSentenceIsCutBetweenWords) {
  std::string source;
  for (int i = 0; i < 1000; ++i) source += "word ";
  const auto document = read_plain_text(source);
  const auto chunks = cut_chunks(document, {.target_words = 100, .max_words = 150});
  ASSERT_GE(chunks.size(), 7U);
  std::size_t words = 0;
  for (const std::string& text : texts(document, chunks)) {
    const std::size_t here = text::tokenize(text).size();
    EXPECT_LE(here, 150U);
    words += here;
  }
  EXPECT_EQ(words, 1000U);
}

TEST(Chunks, ALoneHeadingIsAChunkButAParentIsNot) {
  const auto document = markdown("# Title\n\n## Open on Sundays\n\n## Closed on Mondays\n");
  EXPECT_THAT(texts(document, cut_chunks(document)), ElementsAre("Open on Sundays", "Closed on Mondays"));
}

TEST(Chunks, NothingGivesNothing) { EXPECT_THAT(cut_chunks(ExtractedText{}), SizeIs(0)); }

}  // namespace
}  // namespace parley::knowledge
