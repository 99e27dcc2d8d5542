// SPDX-License-Identifier: Apache-2.0
#include "inference/sherpa_model.hpp"

#include "inference/sherpa_onnx.hpp"
#include "inference/testing/models.hpp"
#include "inference/testing/onnx_file.hpp"

#include <gtest/gtest.h>

namespace parley::inference {
namespace {

using namespace testing;
using runtime::ErrorCode;
using Metadata = std::vector<std::pair<std::string, std::string>>;

const Metadata kZipformer2{
    {"model_type", "zipformer2"},    {"encoder_dims", "192,256"},    {"query_head_dims", "32,32"},
    {"value_head_dims", "12,12"},    {"num_heads", "4,4"},           {"num_encoder_layers", "2,2"},
    {"cnn_module_kernels", "31,31"}, {"left_context_len", "128,64"}, {"T", "45"},
    {"decode_chunk_len", "32"}};

void write_network(const std::filesystem::path& file, const Metadata& metadata) {
  write_file(file, network({"x"}, {"y"}, metadata));
}

struct Case {
  const char* name;
  std::vector<std::pair<std::string, Metadata>> files;
  SherpaFamily family;
  SherpaTask task;
};

const std::vector<Case>& cases() {
  using Family = SherpaFamily;
  using Task = SherpaTask;
  static const Metadata decoder{{"vocab_size", "500"}, {"context_size", "2"}};
  static const std::vector<Case> kCases{
      {"transducer",
       {{"encoder-epoch-99.onnx", kZipformer2},
        {"decoder-epoch-99.onnx", decoder},
        {"joiner-epoch-99.onnx", {}}},
       Family::kStreamingTransducer,
       Task::kStreamingRecognition},
      {"offline transducer",
       {{"encoder.onnx", {{"model_type", "zipformer2"}}}, {"decoder.onnx", decoder}, {"joiner.onnx", {}}},
       Family::kTransducer,
       Task::kRecognition},
      {"parakeet",
       {{"encoder.int8.onnx",
         {{"vocab_size", "1024"},
          {"subsampling_factor", "8"},
          {"pred_rnn_layers", "2"},
          {"pred_hidden", "640"}}},
        {"decoder.int8.onnx", {}},
        {"joiner.int8.onnx", {}}},
       Family::kNemoTransducer,
       Task::kRecognition},
      {"streaming ctc",
       {{"model.onnx", kZipformer2}},
       Family::kStreamingZipformerCtc,
       Task::kStreamingRecognition},
      {"ctc",
       {{"model.int8.onnx", {{"model_type", "zipformer2_ctc"}}}},
       Family::kZipformerCtc,
       Task::kRecognition},
      {"nemo ctc",
       {{"model.onnx",
         {{"model_type", "EncDecCTCModelBPE"}, {"vocab_size", "1024"}, {"subsampling_factor", "8"}}}},
       Family::kNemoCtc,
       Task::kRecognition},
      {"moonshine",
       {{"preprocess.onnx", {}},
        {"encode.int8.onnx", {}},
        {"uncached_decode.int8.onnx", {}},
        {"cached_decode.int8.onnx", {}}},
       Family::kMoonshine,
       Task::kRecognition},
      {"paraformer",
       {{"model.int8.onnx",
         {{"vocab_size", "8404"},
          {"lfr_window_size", "7"},
          {"lfr_window_shift", "6"},
          {"neg_mean", "-8.3,-8.6"},
          {"inv_stddev", "0.15,0.15"}}}},
       Family::kParaformer,
       Task::kRecognition},
      {"piper",
       {{"en_US-amy-low.onnx",
         {{"sample_rate", "16000"}, {"n_speakers", "1"}, {"language", "English"}, {"comment", "piper"}}}},
       Family::kVits,
       Task::kSynthesis},
  };
  return kCases;
}

TEST(SherpaModel, KnowsAFamilyByFilesAndMetadata) {
  for (const Case& each : cases()) {
    const Folder folder;
    for (const auto& [name, metadata] : each.files) write_network(folder.path() / name, metadata);
    write_file(folder.path() / "tokens.txt", "<blk> 0\n\xE2\x96\x81one 1\n 2\n");
    const auto model = inspect_sherpa_model(folder.path());
    ASSERT_TRUE(model) << each.name << ": " << model.error().message;
    EXPECT_EQ(model->family, each.family) << each.name;
    EXPECT_EQ(model->task, each.task) << each.name;
    EXPECT_NE(model->file("tokens"), nullptr);
  }
}

TEST(SherpaModel, TellsWhisperFilesApart) {
  const Folder folder;
  Metadata metadata;
  for (const char* key :
       {"n_mels", "n_text_layer", "n_text_ctx", "n_text_state", "n_vocab", "sot", "eot", "blank_id",
        "translate", "transcribe", "is_multilingual", "no_timestamps", "no_speech"}) {
    metadata.emplace_back(key, "1");
  }
  metadata.emplace_back("sot_sequence", "50257,50362");
  write_network(folder.path() / "base.en-encoder.int8.onnx", metadata);
  write_network(folder.path() / "base.en-encoder.onnx", metadata);
  write_network(folder.path() / "base.en-decoder.int8.onnx", {});
  write_file(folder.path() / "base.en-tokens.txt", "IQ== 0\nIg== 1\n");
  const auto model = inspect_sherpa_model(folder.path());
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->family, SherpaFamily::kWhisper);
  EXPECT_EQ(model->file("encoder"), (folder.path() / "base.en-encoder.int8.onnx").string());
  EXPECT_EQ(model->file("decoder"), (folder.path() / "base.en-decoder.int8.onnx").string());
}

TEST(SherpaModel, SaysWhatAModelLacks) {
  const Folder folder;
  Metadata metadata = kZipformer2;
  metadata.pop_back();
  write_network(folder.path() / "model.onnx", metadata);
  write_file(folder.path() / "tokens.txt", "<blk> 0\n");
  const auto lacking = inspect_sherpa_model(folder.path());
  ASSERT_FALSE(lacking);
  EXPECT_EQ(lacking.error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_NE(lacking.error().message.find("streaming Zipformer CTC"), std::string::npos)
      << lacking.error().message;
  EXPECT_NE(lacking.error().message.find("decode_chunk_len"), std::string::npos) << lacking.error().message;
  EXPECT_EQ(lacking.error().param, (folder.path() / "model.onnx").string());

  metadata.emplace_back("decode_chunk_len", "many");
  write_network(folder.path() / "model.onnx", metadata);
  EXPECT_NE(inspect_sherpa_model(folder.path()).error().message.find("as a number"), std::string::npos);
}

TEST(SherpaModel, RefusesDamagedFilesOfEveryKind) {
  const std::string good = network({"x"}, {"y"}, kZipformer2);
  const struct {
    const char* name;
    std::string network;
    std::string tokens;
    ErrorCode code;
  } bad[] = {
      {"cut network", good.substr(0, good.size() / 2), "<blk> 0\n", ErrorCode::kUnsupportedMedia},
      {"a page of HTML", "<!doctype html><html></html>", "<blk> 0\n", ErrorCode::kUnsupportedMedia},
      {"an empty network", "", "<blk> 0\n", ErrorCode::kUnsupportedMedia},
      {"no numbers of tokens", good, "one\ntwo\n", ErrorCode::kUnsupportedMedia},
      {"three fields", good, "<blk> 0 1\n", ErrorCode::kUnsupportedMedia},
      {"no tokens", good, "", ErrorCode::kUnsupportedMedia},
  };
  for (const auto& each : bad) {
    const Folder folder;
    write_file(folder.path() / "model.onnx", each.network);
    write_file(folder.path() / "tokens.txt", each.tokens);
    const auto model = inspect_sherpa_model(folder.path());
    ASSERT_FALSE(model) << each.name;
    EXPECT_EQ(model.error().code, each.code) << each.name << ": " << model.error().message;
  }
  const Folder empty;
  EXPECT_EQ(inspect_sherpa_model(empty.path()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(inspect_sherpa_model(empty.path() / "absent").error().code, ErrorCode::kNotFound);
}

const Metadata kMarksAndCase{{"COMMA", "1"}, {"PERIOD", "2"}, {"QUESTION", "3"},
                             {"UPPER", "1"}, {"CAP", "2"},    {"MIX_CASE", "3"}};
const Metadata kMarks{{"vocab_size", "3"},
                      {"tokens", "<unk>|the|door"},
                      {"punctuations", "<unk>|_|,|.|?|;"},
                      {"unk_symbol", "<unk>"}};

TEST(SherpaModel, KnowsNetworksThatPunctuate) {
  const Folder online;
  write_file(online.path() / "model.int8.onnx",
             network({"token_ids", "valid_ids", "label_lens"}, {"case", "mark"}, kMarksAndCase, {-1, 4}));
  write_file(online.path() / "bpe.vocab", "<unk>\t0\n\xE2\x96\x81the\t-1\n");
  const auto with_case = inspect_sherpa_model(online.path());
  ASSERT_TRUE(with_case) << with_case.error().message;
  EXPECT_EQ(with_case->family, SherpaFamily::kStreamingPunctuation);
  EXPECT_EQ(with_case->task, SherpaTask::kPunctuation);
  EXPECT_EQ(with_case->file("bpe.vocab"), (online.path() / "bpe.vocab").string());

  const Folder offline;
  write_file(offline.path() / "model.onnx",
             network({"inputs", "text_lengths"}, {"logits"}, kMarks, {1, -1, 6}));
  const auto marks = inspect_sherpa_model(offline.path());
  ASSERT_TRUE(marks) << marks.error().message;
  EXPECT_EQ(marks->family, SherpaFamily::kPunctuation);
  EXPECT_EQ(marks->task, SherpaTask::kPunctuation);
}

TEST(SherpaModel, RefusesPunctuationThatTheEngineWouldMisread) {
  const std::vector<std::string> ids{"token_ids", "valid_ids", "label_lens"};
  const std::string good = network(ids, {"case", "mark"}, kMarksAndCase, {-1, 4});
  Metadata renumbered = kMarksAndCase;
  renumbered[0].second = "2";
  const Metadata fewer(kMarksAndCase.begin(), kMarksAndCase.end() - 1);
  Metadata miscounted = kMarks;
  miscounted[0].second = "4";
  const std::string pieces = "<unk> 0\n";
  const struct {
    const char* name;
    std::string network;
    std::string pieces;
  } bad[] = {
      {"other numbers", network(ids, {"case", "mark"}, renumbered, {-1, 4}), pieces},
      {"a key is missing", network(ids, {"case", "mark"}, fewer, {-1, 4}), pieces},
      {"one output", network(ids, {"case"}, kMarksAndCase, {-1, 4}), pieces},
      {"one input", network({"token_ids"}, {"case", "mark"}, kMarksAndCase, {-1, 4}), pieces},
      {"three dimensions", network(ids, {"case", "mark"}, kMarksAndCase, {1, -1, 4}), pieces},
      {"pieces without scores", good, "the\n"},
      {"tokens miscounted", network({"x", "n"}, {"y"}, miscounted, {1, -1, 6}), {}},
      {"fewer marks than it names", network({"x", "n"}, {"y"}, kMarks, {1, -1, 5}), {}},
      {"no lengths", network({"x"}, {"y"}, kMarks, {1, -1, 6}), {}},
  };
  for (const auto& each : bad) {
    const Folder folder;
    write_file(folder.path() / "model.onnx", each.network);
    if (!each.pieces.empty()) write_file(folder.path() / "bpe.vocab", each.pieces);
    const auto model = inspect_sherpa_model(folder.path());
    ASSERT_FALSE(model) << each.name;
    EXPECT_EQ(model.error().code, ErrorCode::kUnsupportedMedia) << each.name << ": " << model.error().message;
  }
}

TEST(SherpaOnnx, AMissingAnOldAndAForeignLibraryAreErrorsOfTheirOwn) {
  const auto absent = SherpaOnnx::open("/nowhere/libsherpa-onnx-c-api.so");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::kModelRequired);
  EXPECT_NE(absent.error().message.find("/nowhere"), std::string::npos);
  const auto other = SherpaOnnx::open("libm.so.6");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_NE(other.error().message.find("not sherpa-onnx"), std::string::npos);
  const auto old = SherpaOnnx::open(PARLEY_OLD_SHERPA_ONNX);
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_EQ(old.error().message, "sherpa-onnx has version 1.12.9; Parley needs 1.13.4");
}

}  // namespace
}  // namespace parley::inference
