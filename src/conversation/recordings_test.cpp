// SPDX-License-Identifier: Apache-2.0
#include "conversation/recordings.hpp"

#include "audio/level.hpp"
#include "audio/reader.hpp"
#include "conversation/testing/session_harness.hpp"
#include "runtime/testing/fake_clock.hpp"
#include "runtime/testing/wait.hpp"
#include "storage/testing/temporary_directory.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <future>
#include <initializer_list>
#include <numbers>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using runtime::Context;
using runtime::ErrorCode;
using runtime::Task;
using testing::Harness;
using Samples = std::vector<std::int16_t>;

Samples tone(double hertz, std::chrono::milliseconds length, int rate = 16'000) {
  Samples samples(static_cast<std::size_t>(length.count() * rate / 1000));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<std::int16_t>(
        8000 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
  }
  return samples;
}

// Both channels of a file, as another decoder reads them.
struct Sides {
  Samples user;
  Samples answer;
};

Sides sides_of(std::unique_ptr<audio::ByteSource> source) {
  Sides sides;
  auto reader = audio::open_audio(std::move(source));
  EXPECT_TRUE(reader);
  if (!reader) return sides;
  EXPECT_EQ((*reader)->format(), (audio::PcmFormat{48'000, 2}));
  for (;;) {
    const auto block = (*reader)->read();
    EXPECT_TRUE(block);
    if (!block || !*block) return sides;
    for (std::size_t i = 0; i + 1 < (*block)->samples.size(); i += 2) {
      sides.user.push_back((*block)->samples[i]);
      sides.answer.push_back((*block)->samples[i + 1]);
    }
  }
}

Sides sides_of(const fs::path& file) { return sides_of(*audio::open_file(file)); }

// Where sound begins and ends.
std::pair<double, double> span_of(const Samples& samples) {
  const auto loud = [](std::int16_t sample) { return std::abs(sample) > 1500; };
  const auto first = std::find_if(samples.begin(), samples.end(), loud);
  const auto last = std::find_if(samples.rbegin(), samples.rend(), loud);
  return {static_cast<double>(first - samples.begin()), static_cast<double>(last.base() - samples.begin())};
}

struct Folder {
  parley::testing::TemporaryDirectory directory;
  fs::path path = directory.path() / "kept" / "recordings";
  std::shared_ptr<runtime::testing::FakeClock> clock = std::make_shared<runtime::testing::FakeClock>();
  RecordingLimits limits{.disk_free = 0};
  std::unique_ptr<runtime::ComputePool> pool = make_pool();
  std::shared_ptr<Recordings> recordings = open();

  static std::unique_ptr<runtime::ComputePool> make_pool() {
    return std::make_unique<runtime::ComputePool>(
        runtime::ComputePool::Options{.name = "recordings", .threads = 1, .capacity = 4096});
  }
  std::shared_ptr<Recordings> open() {
    return std::make_shared<Recordings>(
        Recordings::Parts{path, limits, *pool, *pool, clock, runtime::Log::none()});
  }
  // What was asked of the pool is done.
  void settle() const {
    std::promise<void> done;
    ASSERT_TRUE(pool->post([&done] { done.set_value(); }));
    done.get_future().wait();
  }
  // As the next process finds it, or one with other limits.
  void reopen() {
    settle();
    recordings = open();
    settle();
  }
  std::unique_ptr<Recording> begin(const std::string& session, const Context& context = {}) {
    return recordings->begin(context, session, clock->now());
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> files;
    if (!fs::exists(path)) return files;
    for (const auto& each : fs::recursive_directory_iterator(path)) {
      if (each.is_regular_file()) files.push_back(each.path());
    }
    std::ranges::sort(files);
    return files;
  }

  // Comes at speech pace.
  void speak(Recording& recording, const Samples& samples) {
    for (std::size_t i = 0; i < samples.size(); i += 1600) {
      clock->advance(100ms);
      recording.heard(std::span(samples).subspan(i, std::min<std::size_t>(1600, samples.size() - i)),
                      clock->now());
    }
  }

  template <class T>
  T wait(Task<T> task) {
    runtime::IoThreads io(1);
    return runtime::testing::wait(io, std::move(task));
  }
};

Context of(std::string principal) {
  Context context;
  context.principal = std::move(principal);
  return context;
}

TEST(Recordings, BothSidesLieOnOneTimelineToTheSample) {
  Folder folder;
  const auto recording = folder.begin("sess_1", of("user:a/../b"));
  EXPECT_EQ(folder.recordings->state("sess_1"), RecordingState::kActive);
  folder.speak(*recording, Samples(16'000));
  folder.speak(*recording, tone(440, 1000ms));
  const auto ledger = std::make_shared<PlaybackLedger>();
  const audio::Pcm sound{{24'000, 1}, tone(700, 1500ms, 24'000)};
  ledger->sent(folder.clock->now() + 500ms, sound.duration(), {});
  recording->sent(ledger, 0us, sound);
  folder.speak(*recording, Samples(4 * 16'000));
  recording->finish(folder.clock->now());
  EXPECT_EQ(folder.recordings->state("sess_1"), RecordingState::kFinished);
  folder.settle();
  ASSERT_EQ(folder.files().size(), 1U);
  const fs::path file = folder.files()[0];
  EXPECT_EQ(file, folder.path / "local" / "user%3Aa%2F%2E%2E%2Fb" / "sess_1-0.ogg");
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(folder.path).permissions(), fs::perms::owner_all);
  const Sides sides = sides_of(file);
  EXPECT_EQ(sides.user.size(), 6U * 48'000);
  // A sine of 8000 takes a few samples to be loud.
  EXPECT_NEAR(span_of(sides.user).first, 48'000, 48);
  EXPECT_NEAR(span_of(sides.user).second, 96'000, 48);
  EXPECT_NEAR(span_of(sides.answer).first, 120'000, 48);
  EXPECT_NEAR(span_of(sides.answer).second, 192'000, 48);
}

TEST(Recordings, AnInterruptedAnswerEndsWhereItStopped) {
  Folder folder;
  const auto recording = folder.begin("sess_1");
  const auto ledger = std::make_shared<PlaybackLedger>();
  const audio::Pcm sound{audio::kSpeechFormat, tone(700, 10'000ms)};
  ledger->sent(folder.clock->now(), sound.duration(), {});
  recording->sent(ledger, 0us, sound);
  folder.speak(*recording, Samples(48'000));
  recording->interrupted(folder.clock->now());
  folder.speak(*recording, Samples(48'000));
  recording->finish(folder.clock->now());
  folder.settle();
  const Sides sides = sides_of(folder.files().at(0));
  EXPECT_NEAR(span_of(sides.answer).first, 0, 48);
  EXPECT_NEAR(span_of(sides.answer).second, 3 * 48'000, 48);
  EXPECT_EQ(sides.answer.size(), 6U * 48'000);
}

TEST(Recordings, AreSeenByTheirOwnersAlone) {
  Folder folder;
  for (const char* owner : {"user:a", "user:b"}) {
    const auto recording = folder.begin(std::string("sess_") + owner[5], of(owner));
    folder.speak(*recording, tone(440, 2000ms));
    recording->finish(folder.clock->now());
  }
  folder.settle();
  const auto listed = folder.wait(folder.recordings->list(of("user:a")));
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->at(0).session, "sess_a");
  EXPECT_TRUE(listed->at(0).finished);
  EXPECT_EQ(folder.wait(folder.recordings->open(of("user:a"), "sess_b")).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(folder.wait(folder.recordings->remove(of("user:a"), "sess_b")));
  EXPECT_EQ(folder.files().size(), 2U) << "somebody else's stays";
  EXPECT_TRUE(folder.wait(folder.recordings->remove(of("user:b"), "sess_b")));
  EXPECT_EQ(folder.files().size(), 1U);
}

TEST(Recordings, AreMadeOfWhomeverByWhateverName) {
  Folder folder;
  std::string longest = "user:";
  while (longest.size() + 2 <= 128) longest += "\u00e9";
  for (const std::string& owner : {longest, longest + "!", std::string("user:..")}) {
    const auto recording = folder.begin("sess_1", of(owner));
    folder.speak(*recording, tone(440, 2000ms));
    recording->finish(folder.clock->now());
    folder.settle();
    EXPECT_EQ(folder.wait(folder.recordings->list(of(owner)))->size(), 1U) << owner;
  }
  EXPECT_EQ(folder.files().size(), 3U);
}

TEST(Recordings, OfOneSessionAreReadBehindEachOther) {
  Folder folder;
  for (int i = 0; i < 2; ++i) {
    const auto recording = folder.begin("sess_1");
    folder.speak(*recording, tone(440, 3000ms));
    recording->finish(folder.clock->now());
  }
  folder.settle();
  const auto sound = folder.wait(folder.recordings->open({}, "sess_1"));
  ASSERT_TRUE(sound);
  std::string bytes;
  for (;;) {
    const auto next = folder.wait((*sound)->next({}));
    ASSERT_TRUE(next);
    if (next->empty()) break;
    bytes += *next;
  }
  EXPECT_EQ(bytes.size(), (*sound)->size());
  EXPECT_NEAR(static_cast<double>(sides_of(audio::from_memory(bytes)).user.size()), 6 * 48'000, 700);
}

TEST(Recordings, AreReadInPartsAcrossTheirFiles) {
  Folder folder;
  for (int i = 0; i < 2; ++i) {
    const auto recording = folder.begin("sess_1");
    folder.speak(*recording, tone(440, 3000ms));
    recording->finish(folder.clock->now());
  }
  folder.settle();
  const auto read = [&](std::optional<std::pair<std::uint64_t, std::uint64_t>> part) {
    const auto sound = *folder.wait(folder.recordings->open({}, "sess_1"));
    if (part) sound->narrow(part->first, part->second);
    const std::uint64_t size = sound->size();
    std::string bytes;
    for (;;) {
      const auto next = *folder.wait(sound->next({}));
      if (next.empty()) break;
      bytes += next;
    }
    EXPECT_EQ(bytes.size(), size);
    return bytes;
  };
  const std::string whole = read({});
  const std::uint64_t first = fs::file_size(folder.files()[0]);
  for (const auto& [from, count] :
       std::initializer_list<std::pair<std::uint64_t, std::uint64_t>>{{0, whole.size()},
                                                                      {0, 1},
                                                                      {first - 1, 2},
                                                                      {first - 1, 1},
                                                                      {first, 1},
                                                                      {first, whole.size() - first},
                                                                      {17, 0},
                                                                      {whole.size() - 1, 1}}) {
    EXPECT_EQ(read(std::pair(from, count)), whole.substr(from, count)) << from << ", " << count;
  }
}

TEST(Recordings, WhatIsTakenBackIsGoneAndNothingFollows) {
  Folder folder;
  const auto recording = folder.begin("sess_1");
  folder.speak(*recording, tone(440, 20'000ms));
  EXPECT_TRUE(folder.wait(folder.recordings->remove({}, "sess_1")));
  EXPECT_EQ(folder.recordings->state("sess_1"), RecordingState::kWithdrawn);
  EXPECT_TRUE(folder.files().empty());
  folder.speak(*recording, tone(440, 20'000ms));
  recording->finish(folder.clock->now());
  folder.settle();
  EXPECT_TRUE(folder.files().empty());
}

TEST(Recordings, OfAnEarlierConversationAreTakenBackToo) {
  Folder folder;
  runtime::ComputePool reading({.name = "reading", .threads = 1});
  folder.recordings = std::make_shared<Recordings>(Recordings::Parts{
      folder.path, folder.limits, reading, *folder.pool, folder.clock, runtime::Log::none()});
  std::promise<void> go;
  ASSERT_TRUE(folder.pool->post([told = go.get_future().share()] { told.wait(); }));
  for (int i = 0; i < 2; ++i) {
    const auto recording = folder.begin("sess_1");
    folder.speak(*recording, tone(440, 5000ms));
    recording->finish(folder.clock->now());
  }
  EXPECT_TRUE(folder.wait(folder.recordings->remove({}, "sess_1")));
  go.set_value();
  folder.settle();
  EXPECT_TRUE(folder.files().empty());
}

TEST(Recordings, OfWhichNothingWasWrittenAreNone) {
  Folder folder;
  const fs::path own = folder.path / "local" / "local";
  fs::create_directories(own);
  std::ofstream(own / "sess_1-0.ogg.partial").flush();
  folder.reopen();
  EXPECT_TRUE(folder.wait(folder.recordings->list({}))->empty());
  EXPECT_EQ(folder.wait(folder.recordings->open({}, "sess_1")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(folder.files().size(), 1U) << "it may have been made just now";
  folder.clock->advance(2h);
  folder.recordings->sweep();
  folder.settle();
  EXPECT_TRUE(folder.files().empty());
}

TEST(Recordings, WhileOneIsMadeItIsNotToBeHad) {
  Folder folder;
  const auto recording = folder.begin("sess_1");
  folder.speak(*recording, tone(440, 20'000ms));
  folder.settle();
  const auto listed = folder.wait(folder.recordings->list({}));
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_FALSE(listed->at(0).finished);
  EXPECT_EQ(folder.wait(folder.recordings->open({}, "sess_1")).error().code, ErrorCode::kConflict);
}

TEST(Recordings, WhatAKilledProcessLeftIsKeptAsFarAsItWasWritten) {
  Folder folder;
  const auto recording = folder.begin("sess_1");
  folder.speak(*recording, tone(440, 20'000ms));
  folder.settle();
  const fs::path partial = folder.files().at(0);
  EXPECT_EQ(partial.extension(), ".partial");
  // As it lies there without its writer.
  fs::copy_file(partial, partial.parent_path() / "sess_2-5.ogg.partial");
  folder.reopen();
  const auto listed = folder.wait(folder.recordings->list({}));
  ASSERT_TRUE(listed);
  EXPECT_EQ(std::ranges::count(*listed, true, &RecordingInfo::finished), 1);
  const Sides sides = sides_of(partial.parent_path() / "sess_2-5.ogg");
  EXPECT_GE(sides.user.size(), 15U * 48'000);
  EXPECT_NEAR(span_of(sides.user).first, 0, 48);
}

TEST(Recordings, AFullDiskEndsARecordingAndNoConversation) {
  Folder folder;
  folder.limits.disk_free = ~std::uint64_t{0};
  folder.reopen();
  const auto recording = folder.begin("sess_1");
  folder.speak(*recording, tone(440, 20'000ms));
  folder.settle();
  EXPECT_EQ(folder.recordings->state("sess_1"), RecordingState::kFailed);
  folder.speak(*recording, tone(440, 20'000ms));
  recording->finish(folder.clock->now());
  folder.settle();
  EXPECT_TRUE(folder.files().empty());
}

TEST(Recordings, EndWhereTheyAreFullAndStayReadable) {
  Folder folder;
  folder.limits.bytes = 60'000;
  folder.reopen();
  const auto recording = folder.begin("sess_1");
  folder.speak(*recording, tone(440, 60'000ms));
  folder.settle();
  EXPECT_EQ(folder.recordings->state("sess_1"), RecordingState::kFull);
  recording->finish(folder.clock->now());
  EXPECT_EQ(recording->state(), RecordingState::kFull);
  ASSERT_EQ(folder.files().size(), 1U);
  EXPECT_LE(fs::file_size(folder.files()[0]), 60'000U);
  const Sides sides = sides_of(folder.files()[0]);
  EXPECT_GE(sides.user.size(), 3U * 48'000);
  EXPECT_LT(sides.user.size(), 59U * 48'000);
}

TEST(Recordings, AFolderThatCannotBeMadeHarmsNobody) {
  Folder folder;
  folder.path = "/proc/nothing/can/be/made/here";
  folder.reopen();
  const auto recording = folder.begin("sess_1");
  folder.speak(*recording, tone(440, 20'000ms));
  recording->finish(folder.clock->now());
}

TEST(Recordings, AreRemovedWhenTheirTimeIsOver) {
  Folder folder;
  folder.limits.kept = 48h;
  folder.reopen();
  for (int day = 0; day < 4; ++day) {
    const auto recording = folder.begin("sess_" + std::to_string(day));
    folder.speak(*recording, tone(440, 2000ms));
    recording->finish(folder.clock->now());
    folder.clock->advance(24h);
  }
  folder.settle();
  folder.recordings->sweep();
  folder.settle();
  const auto listed = folder.wait(folder.recordings->list({}));
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->at(0).session, "sess_3");
}

// Who pushes to talk, and agreed to be recorded when there is a name.
struct Caller : Harness {
  explicit Caller(const Folder& folder, std::string record_as = {}) {
    options.turn.server_vad = false;
    options.record_as = std::move(record_as);
    recordings = folder.recordings;
  }
};

Task<> answer_a_question(Harness& h) {
  h.session->append_audio(testing::voice(1s));
  h.session->clear_audio();
  EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "When does the shop open?"));
  EXPECT_TRUE(h.session->create_response({}));
  const auto deadline = runtime::SystemClock().now() + 20s;
  const bool idle = co_await h.session->wait_idle(deadline);
  EXPECT_TRUE(idle);
}

TEST(RecordedSession, HoldsTheUserOnTheLeftAndTheAnswerOnTheRight) {
  Folder folder;
  Caller harness(folder, "sess_1");
  harness.synthesizer->sound = tone(700, 1000ms);
  harness.run(answer_a_question);
  harness.recordings.reset();
  folder.settle();
  ASSERT_EQ(folder.files().size(), 1U);
  const Sides sides = sides_of(folder.files()[0]);
  EXPECT_GT(audio::rms_dbfs(std::span(sides.user).first(48'000)), -30);
  const auto [begin, end] = span_of(sides.answer);
  EXPECT_GE(begin, 48'000);
  EXPECT_NEAR(end - begin, 2 * 48'000, 480);
}

TEST(RecordedSession, WithoutConsentNothingIsStored) {
  Folder folder;
  Caller harness(folder);
  harness.run(answer_a_question);
  harness.recordings.reset();
  folder.settle();
  EXPECT_FALSE(fs::exists(folder.path));
}

TEST(RecordedSession, WithoutAFolderNothingIsStored) {
  Harness harness;
  harness.options.turn.server_vad = false;
  harness.options.record_as = "sess_1";
  harness.run(answer_a_question);
}

std::vector<RecordingState> told(const testing::Recorder& recorder) {
  std::vector<RecordingState> states;
  for (const auto& change : recorder.all<RecordingChanged>()) states.push_back(change.state);
  return states;
}

TEST(RecordedSession, TellsWhenConsentIsGivenAndTakenBack) {
  Folder folder;
  Caller harness(folder);
  harness.run([](Harness& h) -> Task<> {
    h.session->append_audio(testing::voice(10s));
    for (const char* name : {"sess_1", "sess_1", "", "", "sess_1"}) h.session->record_as(name);
    h.session->append_audio(testing::voice(10s));
    EXPECT_EQ(h.recordings->state("sess_1"), RecordingState::kActive);
    co_return;
  });
  using enum RecordingState;
  EXPECT_EQ(told(harness.recorder), (std::vector{kActive, kWithdrawn, kActive}));
  harness.session.reset();
  harness.recordings.reset();
  folder.settle();
  ASSERT_EQ(folder.files().size(), 1U);
  EXPECT_LT(sides_of(folder.files()[0]).user.size(), 12U * 48'000) << "only what was said with consent";
}

Task<> fill(Harness* h, const Folder* folder) {
  h->session->append_audio(testing::voice(20s));
  folder->settle();
  h->session->wake();
  h->session->append_audio(testing::voice(5s));
  h->session->update(h->session->options());
  EXPECT_EQ(h->recordings->state("sess_1"), RecordingState::kFull);
  co_await h->session->close();
}

TEST(RecordedSession, TellsOnceWhenItsRecordingEndsByItself) {
  Folder folder;
  folder.limits.bytes = 60'000;
  folder.reopen();
  Caller harness(folder, "sess_1");
  harness.start();
  harness.io.run(fill(&harness, &folder));
  EXPECT_EQ(told(harness.recorder), std::vector{RecordingState::kFull});
}

TEST(RecordedSession, ConsentTakenBackRemovesWhatWasRecorded) {
  Folder folder;
  Caller harness(folder, "sess_1");
  harness.run([](Harness& h) -> Task<> {
    h.session->append_audio(testing::voice(30s));
    auto options = h.session->options();
    options.record_as.clear();
    h.session->update(options);
    EXPECT_NE(h.recordings->state("sess_1"), RecordingState::kActive);
    EXPECT_EQ(told(h.recorder), std::vector{RecordingState::kWithdrawn});
    h.session->append_audio(testing::voice(30s));
    co_return;
  });
  harness.recordings.reset();
  folder.settle();
  EXPECT_TRUE(folder.files().empty());
}

}  // namespace
}  // namespace parley::conversation
