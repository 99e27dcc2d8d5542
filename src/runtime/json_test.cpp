// SPDX-License-Identifier: Apache-2.0
#include "runtime/json.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

struct Voice {
  std::string name;
  std::optional<double> speed;
};
BOOST_DESCRIBE_STRUCT(Voice, (), (name, speed))

struct Settings {
  std::vector<Voice> voices;
  std::uint16_t port = 1;
  std::map<std::string, bool> flags;
};
BOOST_DESCRIBE_STRUCT(Settings, (), (voices, port, flags))

TEST(JsonReader, FillsNestedStructsAndKeepsDefaults) {
  const auto value =
      parse_json(R"({"voices":[{"name":"slt","speed":1.5},{"name":"rms"}],"flags":{"a":true},"x":1})");
  ASSERT_TRUE(value);
  Settings settings;
  ASSERT_TRUE(read_json(*value, settings));
  ASSERT_EQ(settings.voices.size(), 2U);
  EXPECT_EQ(settings.voices[0].speed, 1.5);
  EXPECT_FALSE(settings.voices[1].speed);
  EXPECT_EQ(settings.port, 1);
  EXPECT_TRUE(settings.flags.at("a"));
}

TEST(JsonReader, NamesThePlaceOfAMismatch) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"voices":[{"name":"a"},{"name":5}]})", "/voices/1/name"},
      {R"({"port":70000})", "/port"},
      {R"({"port":1.5})", "/port"},
      {R"({"flags":{"b":"yes"}})", "/flags/b"},
      {R"([])", "/"},
      {R"({"voices":{}})", "/voices"},
  };
  for (const auto& [text, path] : cases) {
    const auto value = parse_json(text);
    ASSERT_TRUE(value) << text;
    Settings settings;
    const auto read = read_json(*value, settings);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kBadRequest);
    EXPECT_EQ(read.error().param, path) << text;
  }
}

TEST(JsonParser, RefusesHostileText) {
  for (const std::string& text :
       {std::string(""), std::string("{"), std::string("[1,]"), std::string("1 2"), std::string("\"\xff\""),
        std::string("\"\\ud800\""), std::string(10'000, '['), std::string("NaN")}) {
    const auto value = parse_json(text);
    ASSERT_FALSE(value) << text.substr(0, 20);
    EXPECT_EQ(value.error().code, ErrorCode::kBadRequest);
  }
}

TEST(JsonWriter, WritesNumbersAsPeopleDo) {
  const boost::json::value value = {{"a", 0.5}, {"b", 12.0}, {"c", {-3, 1e300, "x\n"}}, {"d", nullptr}};
  EXPECT_EQ(to_json(value), R"({"a":0.5,"b":12,"c":[-3,1e+300,"x\n"],"d":null})");
  const auto back = parse_json(to_json(value));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->at("a").as_double(), 0.5);
}

TEST(JsonWriter, WritesNoNumberThatJsonDoesNotHave) {
  const boost::json::value value = {{"a", std::numeric_limits<double>::quiet_NaN()},
                                    {"b", {1, std::numeric_limits<double>::infinity()}}};
  EXPECT_EQ(to_json(value), R"({"a":null,"b":[1,null]})");
}

}  // namespace
}  // namespace parley::runtime
