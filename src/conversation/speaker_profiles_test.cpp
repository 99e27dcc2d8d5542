// SPDX-License-Identifier: Apache-2.0
#include "conversation/speaker_profiles.hpp"

#include "audio/wav.hpp"
#include "conversation/testing/scripted_engines.hpp"
#include "runtime/io_threads.hpp"
#include "runtime/testing/wait.hpp"
#include "storage/database.hpp"
#include "storage/testing/temporary_directory.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using runtime::Context;
using runtime::ErrorCode;
using runtime::Task;
using testing::ScriptedKeeper;
using testing::ScriptedVoice;

Context of(const std::string& principal, const std::string& tenant = "local") {
  Context context;
  context.principal = principal;
  context.tenant = tenant;
  return context;
}

std::string recording(std::chrono::seconds length = 1s) {
  audio::Pcm pcm{audio::kSpeechFormat,
                 std::vector<std::int16_t>(static_cast<std::size_t>(length.count()) * 16'000)};
  const auto wav = audio::encode_wav(pcm);
  return {reinterpret_cast<const char*>(wav->data()), wav->size()};
}

class SpeakerProfilesTest : public ::testing::Test {
 public:
  SpeakerProfilesTest() { open(); }
  ~SpeakerProfilesTest() override { close(); }

  void open(std::chrono::milliseconds between_saves = 1h) {
    database = *storage::Database::open({.file = folder.path() / "parley.db"});
    profiles = std::make_unique<SpeakerProfiles>(SpeakerProfiles::Parts{
        *database, *recognizer, pool, background, std::make_shared<runtime::SystemClock>(),
        runtime::Log::none(), io.executor(), between_saves});
  }
  void close() {
    io.run(profiles->stop());
    settle();
    profiles.reset();
    database.reset();
  }

  template <class T>
  T run(Task<T> task) {
    return runtime::testing::wait(io, std::move(task));
  }

  // What was handed to the background before is done.
  void settle() {
    ASSERT_TRUE(run(background.run({}, [] {})));
  }

  void agree(const Context& who = {}) { ASSERT_TRUE(run(profiles->agree(who, consent_wording().version))); }
  runtime::Result<Enrolled> enrol(const Context& who, const std::string& sentence,
                                  std::string bytes = recording()) {
    for (const auto& each : enrolment_sentences()) {
      if (each.id == sentence && recognizer->words.empty()) recognizer->words = each.text;
    }
    auto enrolled = run(profiles->enrol(who, sentence, std::move(bytes)));
    recognizer->words.clear();
    return enrolled;
  }
  std::shared_ptr<ScriptedVoice> begin(const Context& who = {}) {
    return std::dynamic_pointer_cast<ScriptedVoice>(run(profiles->open(who)));
  }
  void end(const std::shared_ptr<ScriptedVoice>& voice) {
    profiles->close(voice);
    settle();
  }
  SpeakerRecord kept(const Context& who = {}) { return run(profiles->find(who)).value(); }

  bool on_disk(const std::string& text) {
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(file), {});
      if (bytes.find(text) != std::string::npos) return true;
    }
    return false;
  }

  parley::testing::TemporaryDirectory folder;
  runtime::IoThreads io{1};
  runtime::ComputePool pool{{.name = "compute", .threads = 1}};
  runtime::ComputePool background{{.name = "background", .threads = 1}};
  std::shared_ptr<testing::ScriptedRecognizer> recognizer = [this] {
    auto made = std::make_shared<testing::ScriptedRecognizer>(io.executor());
    made->voice_keeper = std::make_shared<ScriptedKeeper>();
    made->words.clear();
    return made;
  }();
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<SpeakerProfiles> profiles;
};

TEST_F(SpeakerProfilesTest, KeepsNothingWithoutConsent) {
  EXPECT_EQ(enrol({}, "1").error().code, ErrorCode::kForbidden);
  EXPECT_EQ(begin(), nullptr);
  EXPECT_FALSE(kept().consent);
  EXPECT_TRUE(kept().kept.empty());
}

TEST_F(SpeakerProfilesTest, ConsentSaysToWhatAndWhen) {
  EXPECT_EQ(run(profiles->agree({}, consent_wording().version + 1)).error().code, ErrorCode::kConflict);
  EXPECT_FALSE(kept().consent);
  agree();
  const auto first = kept().consent;
  ASSERT_TRUE(first);
  EXPECT_EQ(first->wording, consent_wording().version);
  EXPECT_GT(first->given_at_ms, 0);
  agree();
  EXPECT_EQ(kept().consent->id, first->id);
  EXPECT_EQ(kept().consent->given_at_ms, first->given_at_ms);
}

TEST_F(SpeakerProfilesTest, AGuestHasNoLastingVoice) {
  EXPECT_EQ(run(profiles->agree(of("guest:7"), consent_wording().version)).error().code,
            ErrorCode::kForbidden);
  EXPECT_EQ(begin(of("guest:7")), nullptr);
}

TEST_F(SpeakerProfilesTest, EnrolmentIsThereInTheNextSession) {
  agree();
  const auto enrolled = enrol({}, "2");
  ASSERT_TRUE(enrolled) << to_string(enrolled.error());
  const std::string text(enrolment_sentences()[1].text);
  EXPECT_EQ(enrolled->heard, text);
  EXPECT_EQ(enrolled->seconds, static_cast<double>(text.size() + 1));
  ASSERT_TRUE(enrol({}, "3"));
  const auto record = kept();
  ASSERT_EQ(record.kept.size(), 1U);
  EXPECT_EQ(record.kept[0].engine, "scripted");
  EXPECT_GT(record.kept[0].seconds, enrolled->seconds);
  EXPECT_GE(record.kept[0].changed_ms, record.kept[0].since_ms);
  close();
  open();
  EXPECT_EQ(begin()->known(), text + ";" + std::string(enrolment_sentences()[2].text) + ";");
}

TEST_F(SpeakerProfilesTest, EnrolmentRefusesWhatIsNotTheSentence) {
  agree();
  recognizer->words = "when does the shop open tomorrow please tell me";
  EXPECT_EQ(enrol({}, "1").error().code, ErrorCode::kBadRequest);
  recognizer->words = " ";
  EXPECT_EQ(enrol({}, "1").error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(enrol({}, "99").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(enrol({}, "1", ""));
  EXPECT_FALSE(enrol({}, "1", "no recording"));
  EXPECT_EQ(enrol({}, "1", recording(31s)).error().code, ErrorCode::kPayloadTooLarge);
  EXPECT_TRUE(kept().kept.empty());
  recognizer->voice_keeper = nullptr;
  EXPECT_EQ(enrol({}, "1").error().code, ErrorCode::kModelRequired);
}

TEST_F(SpeakerProfilesTest, WhatASessionLearntIsAddedWhenItEnds) {
  agree();
  const auto first = begin();
  const auto second = begin();
  first->learn("one");
  second->learn("two");
  end(first);
  end(second);
  EXPECT_EQ(begin()->known(), "one;two;");
}

TEST_F(SpeakerProfilesTest, WhatASessionLearnsIsKeptNowAndThen) {
  agree();
  close();
  open(1ms);
  const auto voice = begin();
  voice->learn("one");
  const auto deadline = runtime::SystemClock().now() + 20s;
  while (kept().kept.empty() && runtime::SystemClock().now() < deadline) settle();
  ASSERT_EQ(kept().kept.size(), 1U);
  EXPECT_EQ(kept().kept[0].seconds, 4);
  end(voice);
  EXPECT_EQ(kept().kept[0].seconds, 4) << "it is not added twice";
}

TEST_F(SpeakerProfilesTest, NobodyGetsAnothersVoice) {
  agree(of("user:anna"));
  ASSERT_TRUE(enrol(of("user:anna"), "1"));
  EXPECT_EQ(begin(of("user:bert")), nullptr);
  EXPECT_EQ(begin(of("user:anna", "elsewhere")), nullptr);
  agree(of("user:bert"));
  EXPECT_EQ(begin(of("user:bert"))->known(), "");
  EXPECT_NE(begin(of("user:anna"))->known(), "");
  ASSERT_TRUE(run(profiles->forget(of("user:bert"))));
  EXPECT_EQ(kept(of("user:anna")).kept.size(), 1U);
}

TEST_F(SpeakerProfilesTest, ForgettingReachesSessionsUnderWay) {
  agree();
  const auto voice = begin();
  const auto other = begin();
  voice->learn("one");
  ASSERT_TRUE(run(profiles->forget({})));
  EXPECT_TRUE(voice->forgotten());
  EXPECT_TRUE(other->forgotten());
  end(voice);
  EXPECT_FALSE(kept().consent);
  EXPECT_EQ(begin(), nullptr);
}

TEST_F(SpeakerProfilesTest, WhatWasLearntUnderAnEarlierConsentIsNotKept) {
  agree();
  const auto earlier = begin();
  SpeakerProfileStore store(*database);
  const auto consent = kept().consent->id;
  ASSERT_TRUE(run(profiles->forget({})));
  agree();
  EXPECT_NE(kept().consent->id, consent);
  const auto late = store.change({}, consent, "scripted", 1, [](std::string_view) {
    return runtime::Result<speech::SpeakerProfile>(speech::SpeakerProfile{"late", 1});
  });
  EXPECT_EQ(late.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(kept().kept.empty());
}

TEST_F(SpeakerProfilesTest, NothingOfAForgottenVoiceIsLeftOnDisk) {
  agree();
  const auto voice = begin();
  voice->learn("a voice that nobody else has");
  end(voice);
  ASSERT_TRUE(on_disk("a voice that nobody else has"));
  ASSERT_TRUE(run(profiles->forget({})));
  EXPECT_FALSE(on_disk("a voice that nobody else has"));
}

TEST_F(SpeakerProfilesTest, WhatCannotBeReadIsLearntAnew) {
  agree();
  SpeakerProfileStore store(*database);
  ASSERT_TRUE(store.change({}, kept().consent->id, "scripted", 1, [](std::string_view) {
    return runtime::Result<speech::SpeakerProfile>(speech::SpeakerProfile{"damaged", 1000});
  }));
  const auto voice = begin();
  ASSERT_NE(voice, nullptr);
  EXPECT_EQ(voice->known(), "");
  voice->learn("one");
  end(voice);
  EXPECT_EQ(begin()->known(), "one;");
}

TEST_F(SpeakerProfilesTest, AProfileThatIsTooLargeIsNotWritten) {
  agree();
  SpeakerProfileStore store(*database);
  const auto written = store.change({}, kept().consent->id, "scripted", 1, [](std::string_view) {
    return runtime::Result<speech::SpeakerProfile>(
        speech::SpeakerProfile{std::string(speech::kMostProfileBytes + 1, 'x'), 1});
  });
  EXPECT_FALSE(written);
  EXPECT_TRUE(kept().kept.empty());
}

}  // namespace
}  // namespace parley::conversation
