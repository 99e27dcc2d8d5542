// SPDX-License-Identifier: Apache-2.0
#include "inference/engine_host.hpp"

#include "inference/testing/models.hpp"
#include "runtime/testing/fake_clock.hpp"

#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc 2.36 forgot that C++ has other names.
extern "C" {
#include <sys/pidfd.h>
}

namespace parley::inference {
namespace {

using runtime::ErrorCode;
using namespace std::chrono_literals;

class EngineHostTest : public ::testing::Test {
 protected:
  std::shared_ptr<EngineProcess> start(const std::string& model = "model", int niceness = 0) {
    auto started = host_->start(model, folder_.path(), niceness);
    EXPECT_TRUE(started) << to_string(started.error());
    return started ? *started : nullptr;
  }

  static std::string ask(EngineProcess& process, const std::string& order) {
    const auto line = process.connect();
    if (!line) return "no line";
    const auto answer = line->ask(order, 30s);
    return answer ? *answer : to_string(answer.error());
  }

  // The standing is written down before how it ended is told.
  static void end(EngineProcess& process, const std::string& order) {
    ask(process, order);
    process.how_it_ended();
  }

  testing::Folder folder_;
  runtime::Metrics metrics_;
  std::shared_ptr<runtime::testing::FakeClock> clock_ = std::make_shared<runtime::testing::FakeClock>();
  std::unique_ptr<EngineHost> host_ = std::make_unique<EngineHost>(EngineHostOptions{PARLEY_ENGINE_CHILD, {}},
                                                                   clock_, runtime::Log::none(), &metrics_);
};

TEST_F(EngineHostTest, AnswersOnSeveralLinesAtOnce) {
  const auto process = start();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto line = process->connect();
      ASSERT_TRUE(line);
      for (int j = 0; j < 50; ++j) EXPECT_EQ(line->ask("abc", 30s).value(), "cba");
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(process->alive());
  EXPECT_TRUE(host_->troubles().empty());
}

TEST_F(EngineHostTest, WhateverEndsAnEngineIsAnErrorToWhoWaitsAndNothingElse) {
  const struct {
    const char* order;
    const char* how;
  } ends[] = {{"abort", "signal SIGABRT"}, {"exit", "exit status 7"}, {"fault", "signal SIGSEGV"}};
  for (const auto& each : ends) {
    const auto process = start(each.order);
    const auto other = start("other");
    const auto waiting = process->connect();
    ASSERT_TRUE(waiting);
    const auto line = process->connect();
    ASSERT_TRUE(line);
    const auto answer = line->ask(each.order, 30s);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kServiceUnavailable);
    EXPECT_FALSE(process->alive());
    EXPECT_EQ(process->how_it_ended(), each.how);
    EXPECT_FALSE(waiting->ask("abc", 30s));
    EXPECT_FALSE(process->connect());
    EXPECT_EQ(ask(*other, "abc"), "cba");
  }
  const auto exposed = metrics_.expose();
  EXPECT_NE(exposed.find("parley_neural_engine_starts_total 6"), std::string::npos) << exposed;
  EXPECT_NE(exposed.find("parley_neural_engine_deaths_total 3"), std::string::npos) << exposed;
}

TEST_F(EngineHostTest, AnEngineThatIsSilentOrHangsUpIsEnded) {
  auto process = start("silent");
  const auto line = process->connect();
  ASSERT_TRUE(line);
  EXPECT_FALSE(line->ask("silence", 1ms));
  EXPECT_EQ(process->how_it_ended(), "no answer in time");
  process = start("rude");
  EXPECT_EQ(ask(*process, "hang up"), "SERVICE_UNAVAILABLE: the engine has ended");
  EXPECT_EQ(process->how_it_ended(), "signal SIGKILL");
}

TEST_F(EngineHostTest, AModelThatEndsItsEngineAgainAndAgainIsSetAsideUntilItsFilesChange) {
  end(*start(), "abort");
  end(*start(), "abort");
  const auto rests = host_->start("model", folder_.path(), 0);
  ASSERT_FALSE(rests);
  EXPECT_EQ(rests.error().code, ErrorCode::kServiceUnavailable);
  clock_->advance(EngineStanding::kPause);
  end(*start(), "exit");
  clock_->advance(24h);
  const auto aside = host_->start("model", folder_.path(), 0);
  ASSERT_FALSE(aside);
  EXPECT_EQ(aside.error().code, ErrorCode::kUnsupportedMedia);
  ASSERT_EQ(host_->troubles().size(), 1U);
  EXPECT_EQ(host_->troubles().front().how, "exit status 7");
  std::filesystem::last_write_time(folder_.path(), EngineStanding::Stamp::clock::now() + 1h);
  EXPECT_EQ(ask(*start(), "abc"), "cba");
}

TEST_F(EngineHostTest, AnEngineThatNobodyHoldsEndsWithoutBeingBlamed) {
  auto process = start();
  const auto number = static_cast<pid_t>(std::stoi(ask(*process, "number")));
  EXPECT_EQ(::kill(number, 0), 0);
  process.reset();
  host_.reset();  // waits for its processes
  EXPECT_EQ(::kill(number, 0), -1) << "it was buried too";
  EXPECT_NE(metrics_.expose().find("parley_neural_engine_deaths_total 0"), std::string::npos);
}

TEST_F(EngineHostTest, EndsWithEnginesThatAreInUse) {
  const auto process = start();
  const auto number = static_cast<pid_t>(std::stoi(ask(*process, "number")));
  host_.reset();
  EXPECT_EQ(::kill(number, 0), -1);
  EXPECT_FALSE(process->alive());
  EXPECT_FALSE(process->connect());
}

TEST_F(EngineHostTest, AnEngineHasNoFilesButItsOwn) {
  const auto process = start();
  const int leaking = ::open("/dev/zero", O_RDONLY);  // would be inherited
  const auto later = start("later");
  const auto files = ask(*later, "files");
  EXPECT_EQ(files.find("/dev/zero"), std::string::npos) << files;
  EXPECT_NE(files.find("0 /dev/null"), std::string::npos) << files;
  // Its line, the line of the question and the folder that is read for the answer.
  EXPECT_LE(std::count(files.begin(), files.end(), '\n'), 6) << files;
  ::close(leaking);
}

TEST_F(EngineHostTest, GivesWayAsItIsToldWhoeverStartsIt) {
  const int here = ::getpriority(PRIO_PROCESS, 0);
  EXPECT_EQ(ask(*start("a", 2), "niceness"), std::to_string(std::min(here + 2, 19)));
  std::thread([&] {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 15);
    EXPECT_EQ(ask(*start("b", 3), "niceness"), std::to_string(std::min(here + 3, 19)));
  }).join();
}

TEST_F(EngineHostTest, LeavesCtrlCAndAStopToItsParent) {
  const auto process = start();
  const auto number = static_cast<pid_t>(std::stoi(ask(*process, "number")));
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ASSERT_EQ(::kill(number, signal), 0);
  EXPECT_EQ(ask(*process, "abc"), "cba");
}

TEST_F(EngineHostTest, AProgramThatCannotStartOrEndsAtOnceIsAnError) {
  EngineHost none({"/nowhere/at/all", {}}, clock_, runtime::Log::none(), nullptr);
  const auto refused = none.start("model", folder_.path(), 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInternalError);
  const auto process = start("stillborn");
  ask(*process, "abc");
  EXPECT_EQ(process->how_it_ended(), "exit status 9");
}

// A parent that is killed cannot clean up: its engines notice themselves.
TEST_F(EngineHostTest, EnginesEndWithAParentThatIsKilled) {
  int told[2];
  ASSERT_EQ(::pipe2(told, O_CLOEXEC), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    EngineHost host({PARLEY_ENGINE_CHILD, {}}, clock_, runtime::Log::none(), nullptr);
    const auto process = host.start("model", folder_.path(), 0);
    const auto number = process ? ask(**process, "number") : std::string("none");
    static_cast<void>(::write(told[1], number.data(), number.size()));
    for (;;) ::pause();
  }
  char number[16]{};
  ASSERT_GT(::read(told[0], number, sizeof number - 1), 0);
  OpenFile engine(::pidfd_open(std::stoi(number), 0));
  ASSERT_GE(engine.number(), 0);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  pollfd ended{engine.number(), POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 30'000), 1);
  ::close(told[0]);
  ::close(told[1]);
}

}  // namespace
}  // namespace parley::inference
