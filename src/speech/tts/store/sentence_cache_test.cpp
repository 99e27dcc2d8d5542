// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/store/sentence_cache.hpp"

#include "speech/tts/store/spoken_format.hpp"
#include "storage/testing/temporary_directory.hpp"

#include <chrono>
#include <fstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

SpokenAudio sentence(std::size_t samples = 1600, std::int16_t value = 7) {
  return {{{22050, 1}, std::vector<std::int16_t>(samples, value)},
          {{"Grüß", milliseconds(0), milliseconds(40)}, {"Gott.", milliseconds(40), milliseconds(70)}},
          {{"ɡ", milliseconds(0), milliseconds(10)}}};
}

void expect_same(const SpokenAudio& expected, const std::optional<SpokenAudio>& actual) {
  ASSERT_TRUE(actual);
  EXPECT_EQ(actual->pcm.format, expected.pcm.format);
  EXPECT_EQ(actual->pcm.samples, expected.pcm.samples);
  EXPECT_EQ(actual->words, expected.words);
  EXPECT_EQ(actual->phonemes, expected.phonemes);
}

SentenceKey key(std::string text) { return {.engine = "flite 2.2", .voice = "slt", .text = std::move(text)}; }

TEST(SpokenFormat, KeepsAudioWordsAndSounds) {
  expect_same(sentence(), unpack_spoken(pack_spoken(sentence())));
  expect_same({}, unpack_spoken(pack_spoken({})));
}

TEST(SpokenFormat, RefusesWhatIsDamaged) {
  const auto good = pack_spoken(sentence(20));
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] ^= 0x10;
    EXPECT_FALSE(unpack_spoken(bad)) << i;
    EXPECT_FALSE(unpack_spoken(std::span(good).first(i))) << i;
  }
  auto longer = good;
  longer.push_back(0);
  EXPECT_FALSE(unpack_spoken(longer));
}

TEST(SpokenFormat, RefusesLengthsThatAreNotThere) {
  const std::vector<std::uint8_t> many_words{0x80, 0x3E, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3};
  EXPECT_FALSE(unpack_body(many_words));
  const std::vector<std::uint8_t> no_rate{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_FALSE(unpack_body(no_rate));
}

class SentenceCacheTest : public ::testing::Test {
 protected:
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(folder_)) all.push_back(entry.path());
    return all;
  }

  parley::testing::TemporaryDirectory root_;
  const fs::path folder_ = root_.path() / "data" / "speech-cache";
  SentenceCache cache_{folder_, 1'000'000};
};

TEST_F(SentenceCacheTest, GivesBackWhatWasSaidInTheSameWay) {
  EXPECT_FALSE(cache_.find(key("Hello.")));
  cache_.keep(key("Hello."), sentence());
  expect_same(sentence(), cache_.find(key("Hello.")));
  expect_same(sentence(), cache_.find(key("  Hello.\n")));
  expect_same(sentence(), SentenceCache(folder_, 1'000'000).find(key("Hello.")));
}

TEST_F(SentenceCacheTest, TellsEverythingApartThatSoundsDifferent) {
  cache_.keep(key("Hello."), sentence());
  EXPECT_FALSE(cache_.find(key("Hello!")));
  EXPECT_FALSE(cache_.find(key("hello.")));
  for (auto change :
       {+[](SentenceKey& k) { k.engine = "flite 2.3"; }, +[](SentenceKey& k) { k.voice = "rms"; },
        +[](SentenceKey& k) { k.speed = 1.1; }, +[](SentenceKey& k) { k.pitch = 1.1; },
        +[](SentenceKey& k) { k.volume = 0.5; }, +[](SentenceKey& k) { k.loudness_lufs = -20; }}) {
    SentenceKey other = key("Hello.");
    change(other);
    EXPECT_FALSE(cache_.find(other));
  }
}

TEST_F(SentenceCacheTest, BelongsToTheUserAlone) {
  cache_.keep(key("My account number is 42."), sentence());
  EXPECT_EQ(fs::status(folder_).permissions() & fs::perms::mask, fs::perms::owner_all);
  for (const auto& file : files()) {
    EXPECT_EQ(fs::status(file).permissions() & fs::perms::mask,
              fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(file.filename().string().find("42"), std::string::npos);
  }
}

TEST_F(SentenceCacheTest, RemovesWhatIsDamaged) {
  cache_.keep(key("Hello."), sentence());
  ASSERT_EQ(files().size(), 1u);
  std::ofstream(files()[0], std::ios::binary | std::ios::in).seekp(100) << "?";
  EXPECT_FALSE(cache_.find(key("Hello.")));
  EXPECT_TRUE(files().empty());
  cache_.keep(key("Hello."), sentence());
  EXPECT_TRUE(cache_.find(key("Hello.")));
}

TEST_F(SentenceCacheTest, ForgetsWhatWasNotHeardForLongest) {
  SentenceCache small(folder_, 40'000);
  const auto texts = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  auto age = std::chrono::hours(20);
  for (const auto* text : texts) {
    small.keep(key(text), sentence(2000));  // 4 KB
    for (const auto& file : files()) {
      const auto heard = fs::last_write_time(file);
      if (fs::file_time_type::clock::now() - heard < std::chrono::minutes(10)) {
        fs::last_write_time(file, fs::file_time_type::clock::now() - age);
      }
    }
    age -= std::chrono::hours(1);
  }
  EXPECT_TRUE(small.find(key("one")));  // heard now
  small.keep(key("ten"), sentence(2000));
  std::uintmax_t used = 0;
  for (const auto& file : files()) used += fs::file_size(file);
  EXPECT_LE(used, 40'000u);
  EXPECT_FALSE(small.find(key("two")));
  EXPECT_FALSE(small.find(key("three")));
  EXPECT_TRUE(small.find(key("one")));
  EXPECT_TRUE(small.find(key("ten")));
}

TEST_F(SentenceCacheTest, KeepsNothingThatIsTooLargeOrEmpty) {
  SentenceCache small(folder_, 1000);
  small.keep(key("long"), sentence(16000));
  small.keep(key("empty"), sentence(0));
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(SentenceCacheTest, CleansUpAfterWritersThatDied) {
  cache_.keep(key("Hello."), sentence());
  const fs::path part = folder_ / "new_1.part";
  std::ofstream(part) << "half";
  fs::last_write_time(part, fs::file_time_type::clock::now() - std::chrono::hours(2));
  const fs::path fresh = folder_ / "new_2.part";
  std::ofstream(fresh) << "half";
  SentenceCache(folder_, 1'000'000).keep(key("Again."), sentence());
  EXPECT_FALSE(fs::exists(part));
  EXPECT_TRUE(fs::exists(fresh));
}

TEST_F(SentenceCacheTest, IsSharedByManyWriters) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      SentenceCache own(folder_, 60'000);
      for (int i = 0; i < 50; ++i) {
        const std::string text = std::to_string(i % 20);
        const auto value = static_cast<std::int16_t>(i % 20);
        const auto found = own.find(key(text));
        if (found) {
          EXPECT_EQ(found->pcm.samples, std::vector<std::int16_t>(2000, value));
        }
        own.keep(key(text), sentence(2000, value));
      }
    });
  }
}

TEST_F(SentenceCacheTest, DoesWithoutAFolderThatCannotBeMade) {
  std::ofstream(root_.path() / "file") << "in the way";
  SentenceCache nowhere(root_.path() / "file" / "speech-cache", 1'000'000);
  nowhere.keep(key("Hello."), sentence());
  EXPECT_FALSE(nowhere.find(key("Hello.")));
}

}  // namespace
}  // namespace parley::speech
