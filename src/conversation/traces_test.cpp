// SPDX-License-Identifier: Apache-2.0
#include "conversation/traces.hpp"

#include "storage/testing/temporary_directory.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

namespace fs = std::filesystem;

struct Folder {
  parley::testing::TemporaryDirectory directory;
  fs::path path = directory.path() / "traces";

  std::vector<fs::path> files() const {
    std::vector<fs::path> files;
    if (!fs::exists(path)) return files;
    for (const auto& each : fs::directory_iterator(path)) files.push_back(each.path());
    std::ranges::sort(files);
    return files;
  }
  std::string only_one() const {
    std::ifstream file(files().at(0), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

// Sessions that take so many events each; all of it is written when it returns.
void run_sessions(const fs::path& folder, TraceLimits limits, int sessions, SampleIndex events) {
  runtime::ComputePool pool({.name = "traces", .threads = 2, .capacity = 4096});
  Traces traces(folder, limits, pool, std::make_shared<runtime::SystemClock>(), runtime::Log::none());
  for (int session = 0; session < sessions; ++session) {
    TurnEngine engine({});
    const auto trace = traces.begin({}, engine.config());
    for (SampleIndex i = 0; i < events; ++i) {
      const SpeechStarted event{i};
      trace->event(event, engine.on(event));
    }
  }
}

TEST(Traces, AreWrittenWholeAndForTheirOwnerAlone) {
  const Folder folder;
  run_sessions(folder.path, {}, 1, 5000);
  ASSERT_EQ(folder.files().size(), 1U);
  const auto replayed = replay(folder.only_one());
  ASSERT_TRUE(replayed);
  EXPECT_FALSE(replayed->flaw) << *replayed->flaw;
  EXPECT_EQ(replayed->events, 5000U);
  EXPECT_EQ(replayed->differences, 0U);
  const auto rights = fs::status(folder.files().at(0)).permissions();
  EXPECT_EQ(rights & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);
  EXPECT_EQ(fs::status(folder.path).permissions() & fs::perms::others_all, fs::perms::none);
}

TEST(Traces, EndWhenTheyAreFull) {
  const Folder folder;
  run_sessions(folder.path, {.bytes = 4000}, 1, 5000);
  const std::string trace = folder.only_one();
  EXPECT_LE(trace.size(), 4000U);
  EXPECT_TRUE(trace.ends_with("{\"end\":\"full\"}\n"));
  const auto replayed = replay(trace);
  ASSERT_TRUE(replayed);
  EXPECT_FALSE(replayed->flaw);
}

TEST(Traces, OldOnesMakeRoom) {
  const Folder folder;
  for (int i = 0; i < 6; ++i) run_sessions(folder.path, {.files = 3}, 1, 1);
  EXPECT_EQ(folder.files().size(), 3U);
}

TEST(Traces, AFolderThatWasThereKeepsItsPermissions) {
  const Folder folder;
  fs::create_directories(folder.path);
  fs::permissions(folder.path, fs::perms::all);
  run_sessions(folder.path, {}, 1, 1);
  EXPECT_EQ(folder.files().size(), 1U);
  EXPECT_EQ(fs::status(folder.path).permissions(), fs::perms::all);
}

TEST(Traces, ADiskThatTakesNothingHarmsNoSession) {
  run_sessions("/proc/nothing/can/be/made/here", {}, 3, 5000);
}

}  // namespace
}  // namespace parley::conversation
