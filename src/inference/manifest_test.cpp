// SPDX-License-Identifier: Apache-2.0
#include "inference/manifest.hpp"

#include <string>

#include <gtest/gtest.h>

namespace parley::inference {
namespace {

constexpr const char* kSum = "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3";

std::string file(const std::string& path = "a.onnx", const std::string& url = "https://example.org/a",
                 const std::string& size = "5", const std::string& sum = kSum) {
  return R"({"path":")" + path + R"(","url":")" + url + R"(","size":)" + size + R"(,"sha256":")" + sum +
         "\"}";
}

std::string list(const std::string& files, const std::string& name = "one") {
  return R"({"models":[{"name":")" + name + R"(","files":[)" + files + "]}]}";
}

TEST(Manifest, TheBuiltInListIsGood) {
  const auto models = read_manifest(built_in_manifest());
  ASSERT_TRUE(models) << to_string(models.error());
  ASSERT_FALSE(models->empty());
  for (const Model& model : *models) {
    EXPECT_FALSE(model.licence.empty()) << model.name;
    EXPECT_FALSE(model.engine.empty()) << model.name;
    EXPECT_FALSE(model.languages.empty()) << model.name;
    EXPECT_TRUE(model.home.starts_with("https://")) << model.name;
    for (const ModelFile& each : model.files) {
      EXPECT_TRUE(each.url.starts_with("https://")) << each.url;
      // A branch moves: only what is fixed can have a checksum.
      EXPECT_EQ(each.url.find("/main/"), std::string::npos) << each.url;
      EXPECT_EQ(each.url.find("/master/"), std::string::npos) << each.url;
    }
  }
}

TEST(Manifest, RefusesWhatCannotBe) {
  const std::string good = file();
  ASSERT_TRUE(read_manifest(list(good)));
  const std::pair<std::string, std::string> cases[] = {
      {"not JSON", ""},
      {list(""), "/models/0/files"},
      {list(good, "../etc"), "/models/0/name"},
      {list(good, "Upper"), "/models/0/name"},
      {list(good, ""), "/models/0/name"},
      {list(file("../a")), "/models/0/files/0/path"},
      {list(file("a/b")), "/models/0/files/0/path"},
      {list(file(".lock")), "/models/0/files/0/path"},
      {list(file("a.part")), "/models/0/files/0/path"},
      {list(good + "," + good), "/models/0/files/1/path"},
      {list(file("a", "http://example.org/a")), "/models/0/files/0/url"},
      {list(file("a", "file:///etc/passwd")), "/models/0/files/0/url"},
      {list(file("a", "https://user@example.org/a")), "/models/0/files/0/url"},
      {list(file("a", "/a")), "/models/0/files/0/url"},
      {list(file("a", "https://example.org/a", "0")), "/models/0/files/0/size"},
      {list(file("a", "https://example.org/a", "99999999999999")), "/models/0/files/0/size"},
      {list(file("a", "https://example.org/a", "-1")), "/models/0/files/0/size"},
      {list(file("a", "https://example.org/a", "5", "abc")), "/models/0/files/0/sha256"},
      {R"({"models":[{"name":"a","files":[)" + good + R"(]},{"name":"a","files":[)" + good + "]}]}",
       "/models/1/name"},
  };
  for (const auto& [json, place] : cases) {
    const auto models = read_manifest(json);
    ASSERT_FALSE(models) << json;
    EXPECT_EQ(models.error().code, runtime::ErrorCode::kBadRequest) << json;
    EXPECT_EQ(models.error().param, place) << json;
  }
}

TEST(Manifest, TakesPlainHttpOfThisMachineOnly) {
  EXPECT_TRUE(read_manifest(list(file("a", "HTTPS://example.org/a"))));
  EXPECT_TRUE(read_manifest(list(file("a", "http://127.0.0.1:8080/a"))));
  EXPECT_TRUE(read_manifest(list(file("a", "http://localhost/a"))));
  EXPECT_FALSE(read_manifest(list(file("a", "http://127.0.0.1.example.org/a"))));
}

}  // namespace
}  // namespace parley::inference
