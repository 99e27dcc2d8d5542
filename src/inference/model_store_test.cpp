// SPDX-License-Identifier: Apache-2.0
#include "inference/model_store.hpp"

#include "inference/module.hpp"
#include "inference/testing/models.hpp"

#include <gtest/gtest.h>

namespace parley::inference {
namespace {

using namespace testing;
using runtime::ErrorCode;

class ModelStoreTest : public ::testing::Test {
 protected:
  const std::string a_ = content_of(3000);
  const std::string b_ = content_of(70'000);
  Folder folder_;
  const Model model_ = model_of(
      {file_of("a.onnx", "https://example.org/a", a_), file_of("b.txt", "https://example.org/b", b_)});
  const ModelStore store_{folder_.path() / "models", {model_}};

  void put() const {
    write_file(store_.path(model_, model_.files[0]), a_);
    write_file(store_.path(model_, model_.files[1]), b_);
  }
};

TEST_F(ModelStoreTest, KnowsTheModelsOfTheList) {
  EXPECT_TRUE(store_.find("one"));
  EXPECT_EQ(store_.find("two").error().code, ErrorCode::kNotFound);
}

TEST_F(ModelStoreTest, NamesTheModelsForALanguage) {
  const auto model = [](std::string name, std::string purpose, std::vector<std::string> languages) {
    Model made;
    made.name = std::move(name);
    made.purpose = std::move(purpose);
    made.languages = std::move(languages);
    return made;
  };
  const ModelStore store("models", {model("hears", "recognition of recordings", {"de", "fr"}),
                                    model("speaks", "voice", {"de"}), model("more", "recognition", {"any"})});
  using Names = std::vector<std::string>;
  EXPECT_EQ(store.knowing("de", "recognition"), (Names{"hears", "more"}));
  EXPECT_EQ(store.knowing("DE-at", "voice"), Names{"speaks"});
  EXPECT_EQ(store.knowing("it", "recognition"), Names{"more"});
  EXPECT_TRUE(store.knowing("it", "voice").empty());
}

TEST_F(ModelStoreTest, HasAModelOnceAllItsFilesAreThere) {
  EXPECT_FALSE(store_.present(model_));
  write_file(store_.path(model_, model_.files[0]), a_);
  EXPECT_FALSE(store_.present(model_));
  EXPECT_FALSE(store_.file("one", "a.onnx"));
  write_file(store_.path(model_, model_.files[1]), b_.substr(1));
  EXPECT_FALSE(store_.present(model_));
  put();
  EXPECT_TRUE(store_.present(model_));
  EXPECT_EQ(store_.file("one", "a.onnx"), store_.path(model_, model_.files[0]));
  EXPECT_FALSE(store_.file("one", "c"));
  EXPECT_FALSE(store_.file("two", "a.onnx"));
}

TEST_F(ModelStoreTest, FindsWhatIsWrongWithAFile) {
  EXPECT_EQ(store_.verify(model_).error().code, ErrorCode::kModelRequired);
  put();
  std::uint64_t last = 0;
  EXPECT_TRUE(store_.verify(model_, [&](std::uint64_t done, std::uint64_t) { last = done; }));
  EXPECT_EQ(last, model_.size());
  std::string changed = b_;
  changed[40'000] = static_cast<char>(changed[40'000] ^ 1);
  write_file(store_.path(model_, model_.files[1]), changed);
  const auto verified = store_.verify(model_);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_EQ(verified.error().param, store_.path(model_, model_.files[1]).string());
}

TEST_F(ModelStoreTest, TakesAModelFromAFolder) {
  Folder source;
  EXPECT_EQ(store_.take_from(model_, source.path()).error().code, ErrorCode::kNotFound);
  write_file(source.path() / "one/a.onnx", a_);
  write_file(source.path() / "b.txt", b_);
  ASSERT_TRUE(store_.take_from(model_, source.path()));
  EXPECT_TRUE(store_.verify(model_));
  EXPECT_TRUE(std::filesystem::exists(source.path() / "b.txt"));
}

TEST_F(ModelStoreTest, TakesNothingElseFromAFolder) {
  Folder source;
  std::string changed = a_;
  changed[0] = static_cast<char>(changed[0] ^ 1);
  write_file(source.path() / "a.onnx", changed);
  write_file(source.path() / "b.txt", b_);
  EXPECT_EQ(store_.take_from(model_, source.path()).error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_FALSE(std::filesystem::exists(store_.path(model_, model_.files[0])));
  EXPECT_FALSE(std::filesystem::exists(store_.part(model_, model_.files[0])));
}

TEST_F(ModelStoreTest, RemovesAModelAndNothingElse) {
  put();
  write_file(store_.part(model_, model_.files[1]), "rest");
  write_file(folder_.path() / "models/one/own.txt", "mine");
  ASSERT_TRUE(store_.remove(model_));
  EXPECT_FALSE(store_.present(model_));
  EXPECT_FALSE(std::filesystem::exists(store_.part(model_, model_.files[1])));
  EXPECT_EQ(read_file(folder_.path() / "models/one/own.txt"), "mine");
  EXPECT_TRUE(store_.remove(model_));
}

TEST_F(ModelStoreTest, LetsOneAtATimeChangeAModel) {
  const auto held = store_.lock(model_);
  ASSERT_TRUE(held);
  EXPECT_EQ(store_.lock(model_).error().code, ErrorCode::kConflict);
  EXPECT_EQ(store_.remove(model_).error().code, ErrorCode::kConflict);
  EXPECT_EQ(store_.take_from(model_, folder_.path()).error().code, ErrorCode::kConflict);
}

TEST_F(ModelStoreTest, SaysWhenItCannotWrite) {
  write_file(folder_.path() / "models", "a file where a folder should be");
  EXPECT_EQ(store_.lock(model_).error().code, ErrorCode::kServiceUnavailable);
}

TEST(OpenStore, TakesTheListAndTheFolderOfTheConfiguration) {
  Folder folder;
  Config config;
  config.folder = folder.path() / "models";
  const auto plain = open_store(config);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->folder(), folder.path() / "models");
  EXPECT_TRUE(plain->find("silero-vad"));
  config.manifest = folder.path() / "own.json";
  EXPECT_EQ(open_store(config).error().code, ErrorCode::kNotFound);
  write_file(config.manifest, R"({"models":[]})");
  const auto own = open_store(config);
  ASSERT_TRUE(own);
  EXPECT_TRUE(own->models().empty());
  config.mirrors = {"ftp://example.org"};
  EXPECT_EQ(config.validate().error().param, "models.mirrors");
}

}  // namespace
}  // namespace parley::inference
