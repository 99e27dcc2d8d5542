// SPDX-License-Identifier: Apache-2.0
#include "runtime/config.hpp"

#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

struct Settings {
  std::string voice = "slt";
  std::int64_t threads = 2;
  double speed = 1.0;
  bool tls = false;
  std::vector<std::string> hosts = {};
  std::chrono::milliseconds wait{250};
  std::string key = {};

  ConfigSpec spec() {
    ConfigSpec bound;
    bound.bind("tts.voice", voice, "the voice");
    bound.bind("pool.threads", threads, "how many");
    bound.bind("tts.speed", speed, "how fast");
    bound.bind("net.tls", tls, "whether");
    bound.bind("net.hosts", hosts, "which");
    bound.bind("net.wait_ms", wait, "how long");
    bound.bind("llm.api_key", key, "secret", {.environment = {"OPENAI_API_KEY"}, .secret = true});
    return bound;
  }
};

TEST(Config, LaterSourcesWin) {
  Settings settings;
  ConfigSpec spec = settings.spec();
  EXPECT_TRUE(
      spec.load_toml("[tts]\nvoice = 'rms'\nspeed = 1.5\n[net]\ntls = true\nhosts = ['a', 'b']\nwait_ms = 5",
                     "parley.toml")
          .empty());
  EXPECT_EQ(settings.voice, "rms");
  EXPECT_DOUBLE_EQ(settings.speed, 1.5);
  EXPECT_TRUE(settings.tls);
  EXPECT_EQ(settings.hosts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(settings.wait.count(), 5);
  EXPECT_TRUE(spec.load_environment({{"PARLEY_TTS_VOICE", "awb"}, {"PATH", "/bin"}}).empty());
  EXPECT_EQ(settings.voice, "awb");
  EXPECT_TRUE(spec.set("tts.voice", "slt"));
  EXPECT_EQ(settings.voice, "slt");
}

TEST(Config, TheOwnNameOfAVariableWinsOverItsAlias) {
  Settings settings;
  ConfigSpec spec = settings.spec();
  EXPECT_TRUE(spec.load_environment({{"PARLEY_LLM_API_KEY", "own"}, {"OPENAI_API_KEY", "alias"}}).empty());
  EXPECT_EQ(settings.key, "own");
}

TEST(Config, ReportsEveryProblemWithItsPlace) {
  Settings settings;
  ConfigSpec spec = settings.spec();
  const auto problems = spec.load_toml(
      "[tts]\nspeed = 'fast'\nvoicee = 'x'\n[pool]\nthreads = 1.5\n[net]\nwait_ms = -1", "a.toml");
  ASSERT_EQ(problems.size(), 4U);
  for (const auto& problem : problems) EXPECT_TRUE(problem.message.starts_with("a.toml:")) << problem.message;
  EXPECT_EQ(settings.threads, 2);
}

TEST(Config, ReportsASyntaxErrorWithItsLine) {
  Settings settings;
  ConfigSpec spec = settings.spec();
  const auto problems = spec.load_toml("[tts]\nvoice = \n", "a.toml");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(problems[0].message.starts_with("a.toml:2:")) << problems[0].message;
}

TEST(Config, RefusesAnUnknownVariableOfItsOwn) {
  Settings settings;
  ConfigSpec spec = settings.spec();
  EXPECT_EQ(spec.load_environment({{"PARLEY_NO_SUCH", "1"}}).size(), 1U);
}

TEST(Config, HidesSecretsWhenPrinted) {
  Settings settings;
  ConfigSpec spec = settings.spec();
  EXPECT_NE(spec.print().find("llm.api_key = (not set)"), std::string::npos);
  settings.key = "sk-very-secret";
  EXPECT_NE(spec.print().find("llm.api_key = (set)"), std::string::npos);
  EXPECT_EQ(spec.print().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace parley::runtime
