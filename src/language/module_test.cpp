// SPDX-License-Identifier: Apache-2.0
#include "language/module.hpp"

#include <string>

#include <gtest/gtest.h>

namespace parley::language {
namespace {

Config bound(const std::vector<std::pair<std::string, std::string>>& environment) {
  Config config;
  runtime::ConfigSpec spec;
  config.bind(spec);
  EXPECT_TRUE(spec.load_environment(environment).empty());
  return config;
}

TEST(ChatModelConfig, IsTheEmbeddedEngineUnlessSaidOtherwise) {
  runtime::ComputePool pool({.threads = 1});
  const auto model = make_chat_model(Config{}, {pool, {}, nullptr, nullptr});
  ASSERT_TRUE(model);
  EXPECT_EQ((*model)->info().name, "extractive");
  EXPECT_EQ((*model)->info().where, "local");
}

TEST(ChatModelConfig, DoesNotChooseAnEngineBecauseAKeyLiesAround) {
  const Config config = bound({{"OPENAI_API_KEY", "stray"}});
  EXPECT_EQ(config.engine, "extractive");
  runtime::ComputePool pool({.threads = 1});
  const auto model = make_chat_model(config, {pool, {}, nullptr, nullptr});
  ASSERT_TRUE(model);
  EXPECT_EQ((*model)->info().name, "extractive");
}

TEST(ChatModelConfig, NamesTheKeyThatCannotBe) {
  Config config;
  config.engine = "magic";
  EXPECT_EQ(config.validate().error().param, "language.engine");
  config.engine = "openai-compatible";
  EXPECT_TRUE(config.validate());
  for (const char* url : {"", "localhost:11434", "ftp://x", "http://"}) {
    config.openai.base_url = url;
    ASSERT_FALSE(config.validate()) << url;
    EXPECT_EQ(config.validate().error().param, "language.openai.base_url");
  }
  config.openai.base_url = "https://api.openai.com/v1";
  EXPECT_EQ(config.validate().error().param, "language.openai.model");
  config.openai.model = "gpt-4o-mini";
  EXPECT_TRUE(config.validate());
}

TEST(ChatModelConfig, KnowsWhatTravelsUnencrypted) {
  OpenAiConfig config;
  EXPECT_FALSE(config.unencrypted());
  for (const char* url : {"http://192.168.0.7:8000/v1", "HTTP://models.example"}) {
    config.base_url = url;
    EXPECT_TRUE(config.unencrypted()) << url;
  }
  for (const char* url : {"http://localhost:8000", "http://[::1]:8000", "https://models.example"}) {
    config.base_url = url;
    EXPECT_FALSE(config.unencrypted()) << url;
  }
}

TEST(ChatModelConfig, HidesTheKey) {
  Config config = bound({{"OPENAI_API_KEY", "very-secret"}});
  runtime::ConfigSpec spec;
  config.bind(spec);
  EXPECT_EQ(spec.print().find("very-secret"), std::string::npos);
}

}  // namespace
}  // namespace parley::language
