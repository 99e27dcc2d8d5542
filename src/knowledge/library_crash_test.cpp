// SPDX-License-Identifier: Apache-2.0
// A process is killed while it indexes a hundred files; what it acknowledged must all be there afterwards.
#include "knowledge/testing/library_fixture.hpp"

#include <csignal>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace parley::knowledge {
namespace {

using parley::testing::TemporaryDirectory;
using runtime::Context;

constexpr int kFiles = 100;
constexpr int kRounds = 4;

std::string name_of(int file) { return fmt::format("file{}.md", file); }

// A word that only this file holds, in several chunks.
std::string marker_of(int file) {
  return fmt::format("marker{}x",
                     std::string(1, static_cast<char>('a' + file / 26)) + static_cast<char>('a' + file % 26));
}

std::string bytes_of(int file) {
  std::string out = fmt::format("# Title {}\n", file);
  for (int section = 0; section < 5; ++section) {
    out += fmt::format("\n## Part {}\n\nThe {} of part {} stands here with other words around it.\n", section,
                       marker_of(file), section);
  }
  return out;
}

// In the child: indexes all files and writes the number of each to `acknowledged` as soon as it may.
[[noreturn]] void index_until_killed(const std::filesystem::path& folder, int acknowledged) {
  testing::LibraryRunner runner(folder);
  const Context context;
  for (int file = 0; file < kFiles; ++file) {
    const auto added = runner.run(runner.library().add(context, name_of(file), bytes_of(file)));
    const auto number = static_cast<unsigned char>(file);
    if (added) static_cast<void>(::write(acknowledged, &number, 1));
  }
  for (;;) ::pause();
}

// Kills the child after it has acknowledged `after` files, at some moment of the next one.
std::set<int> run_and_kill(const std::filesystem::path& folder, int after, int delay_us) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    index_until_killed(folder, pipe[1]);
  }
  ::close(pipe[1]);
  std::set<int> acknowledged;
  unsigned char number = 0;
  while (static_cast<int>(acknowledged.size()) < after && ::read(pipe[0], &number, 1) == 1)
    acknowledged.insert(number);
  ::usleep(static_cast<useconds_t>(delay_us));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  while (::read(pipe[0], &number, 1) == 1) acknowledged.insert(number);
  ::close(pipe[0]);
  return acknowledged;
}

void expect_whole(testing::LibraryRunner& runner, int file) {
  const auto found = runner.search(marker_of(file), 50);
  EXPECT_EQ(found.hits.size(), 5U) << name_of(file);
  for (const Hit& hit : found.hits) EXPECT_EQ(hit.filename, name_of(file));
}

TEST(LibraryCrash, KeepsEveryAcknowledgedDocumentAndNothingHalf) {
  std::mt19937 random(20240917);
  const Context context;
  for (int round = 0; round < kRounds; ++round) {
    const TemporaryDirectory folder;
    const int after = std::uniform_int_distribution<int>(1, kFiles - 1)(random);
    const auto acknowledged =
        run_and_kill(folder.path(), after, std::uniform_int_distribution<int>(0, 4000)(random));
    ASSERT_GE(static_cast<int>(acknowledged.size()), after);

    testing::LibraryRunner runner(folder.path());
    const auto documents = runner.run(runner.library().list(context));
    ASSERT_TRUE(documents);
    std::set<std::string> names;
    for (const Document& document : *documents) {
      const auto read = runner.run(runner.library().wait(context, document.id));
      ASSERT_TRUE(read);
      EXPECT_EQ(read->status, DocumentStatus::kCompleted);
      EXPECT_EQ(read->chunks, 5);
      EXPECT_TRUE(names.insert(read->filename).second) << "twice: " << read->filename;
    }
    for (int file = 0; file < kFiles; ++file) {
      const bool listed = names.contains(name_of(file));
      if (acknowledged.contains(file)) {
        EXPECT_TRUE(listed) << name_of(file);
      }
      if (listed) expect_whole(runner, file);
      if (!listed) {
        EXPECT_TRUE(runner.search(marker_of(file)).hits.empty());
      }
    }
    const auto integrity = runner.database().read(
        context, [](storage::Session& session) { return session.query("pragma integrity_check"); });
    ASSERT_TRUE(integrity);
    EXPECT_EQ(integrity->front().get<std::string>(0), "ok");
  }
}

}  // namespace
}  // namespace parley::knowledge
