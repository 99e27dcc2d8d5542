// SPDX-License-Identifier: Apache-2.0
#include "inference/sherpa_model.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <vector>

namespace parley::inference {

namespace fs = std::filesystem;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMostFiles = 1000;
constexpr const char* kEspeakData = "espeak-ng-data";
constexpr std::uintmax_t kMostTokens = 64U << 20U;  // bytes of a token list

// A file of a family. `keys` are metadata that the engine ends the process without: "name" is a list of whole
// numbers, "~name" any text.
struct Role {
  std::string_view name;
  std::span<const std::string_view> keys = {};
  bool optional = false;
};

struct Row {
  SherpaFamily family;
  SherpaTask task;
  std::string_view name;
  std::string_view model_type;  // of the first role's metadata; empty: any
  std::string_view without;     // a key that another family has
  std::vector<Role> roles;
};

using Keys = std::string_view[];

constexpr Keys kZipformer2 = {"encoder_dims",       "query_head_dims",    "value_head_dims",  "num_heads",
                              "num_encoder_layers", "cnn_module_kernels", "left_context_len", "T",
                              "decode_chunk_len"};
constexpr Keys kZipformer = {"encoder_dims",       "attention_dims",   "num_encoder_layers",
                             "cnn_module_kernels", "left_context_len", "T",
                             "decode_chunk_len"};
constexpr Keys kLstm = {"num_encoder_layers", "T", "decode_chunk_len", "rnn_hidden_size", "d_model"};
constexpr Keys kConformer = {"num_encoder_layers", "T",          "decode_chunk_len", "left_context",
                             "encoder_dim",        "pad_length", "cnn_module_kernel"};
constexpr Keys kStatelessDecoder = {"vocab_size", "context_size"};
constexpr Keys kStreamingNemo = {"window_size",
                                 "chunk_shift",
                                 "subsampling_factor",
                                 "vocab_size",
                                 "cache_last_channel_dim1",
                                 "cache_last_channel_dim2",
                                 "cache_last_channel_dim3",
                                 "cache_last_time_dim1",
                                 "cache_last_time_dim2",
                                 "cache_last_time_dim3"};
constexpr Keys kStreamingParaformerKeys = {"vocab_size",          "lfr_window_size",    "lfr_window_shift",
                                           "encoder_output_size", "decoder_num_blocks", "decoder_kernel_size",
                                           "~neg_mean",           "~inv_stddev"};
constexpr Keys kWhisperKeys = {
    "n_mels",    "n_text_layer", "n_text_ctx", "n_text_state", "n_vocab",         "sot",
    "eot",       "blank_id",     "translate",  "transcribe",   "is_multilingual", "no_timestamps",
    "no_speech", "sot_sequence"};
constexpr Keys kNemoTransducerKeys = {"vocab_size", "subsampling_factor", "pred_rnn_layers", "pred_hidden"};
constexpr Keys kCtc = {"vocab_size", "subsampling_factor"};
constexpr Keys kSenseVoiceKeys = {"vocab_size", "lfr_window_size", "lfr_window_shift", "normalize_samples",
                                  "with_itn",   "without_itn",     "lang_auto",        "lang_zh",
                                  "lang_en",    "lang_ja",         "lang_ko",          "lang_yue",
                                  "~neg_mean",  "~inv_stddev"};
constexpr Keys kParaformerKeys = {"vocab_size", "lfr_window_size", "lfr_window_shift", "~neg_mean",
                                  "~inv_stddev"};
constexpr Keys kVitsKeys = {"sample_rate", "n_speakers", "~language", "~comment"};
constexpr Keys kMatchaKeys = {"sample_rate", "n_speakers", "use_eos_bos", "pad_id"};
constexpr Keys kKokoroKeys = {"sample_rate", "n_speakers", "has_espeak", "style_dim"};
constexpr Keys kModelType = {"~model_type"};

const std::vector<Row>& rows() {
  using Family = SherpaFamily;
  using Task = SherpaTask;
  const auto transducer = [](std::string_view name, std::string_view type,
                             std::span<const std::string_view> keys) {
    return Row{Family::kStreamingTransducer,
               Task::kStreamingRecognition,
               name,
               type,
               {},
               {{"encoder", keys}, {"decoder", kStatelessDecoder}, {"joiner"}, {"tokens"}}};
  };
  static const std::vector<Row> kRows{
      transducer("streaming Zipformer2 transducer", "zipformer2", kZipformer2),
      transducer("streaming Zipformer transducer", "zipformer", kZipformer),
      transducer("streaming LSTM transducer", "lstm", kLstm),
      transducer("streaming Conformer transducer", "conformer", kConformer),
      {Family::kStreamingTransducer,
       Task::kStreamingRecognition,
       "streaming NeMo transducer",
       {},
       {},
       {{"encoder", kStreamingNemo}, {"decoder"}, {"joiner"}, {"tokens"}}},
      {Family::kNemoTransducer,
       Task::kRecognition,
       "NeMo transducer",
       {},
       "window_size",
       {{"encoder", kNemoTransducerKeys}, {"decoder"}, {"joiner"}, {"tokens"}}},
      {Family::kTransducer,
       Task::kRecognition,
       "transducer",
       {},
       "decode_chunk_len",
       {{"encoder"}, {"decoder", kStatelessDecoder}, {"joiner"}, {"tokens"}}},
      {Family::kStreamingParaformer,
       Task::kStreamingRecognition,
       "streaming Paraformer",
       {},
       {},
       {{"encoder", kStreamingParaformerKeys}, {"decoder"}, {"tokens"}}},
      {Family::kWhisper,
       Task::kRecognition,
       "Whisper",
       {},
       {},
       {{"encoder", kWhisperKeys}, {"decoder"}, {"tokens"}}},
      {Family::kMoonshine,
       Task::kRecognition,
       "Moonshine",
       {},
       {},
       {{"preprocess"}, {"encode"}, {"uncached_decode"}, {"cached_decode"}, {"tokens"}}},
      {Family::kStreamingZipformerCtc,
       Task::kStreamingRecognition,
       "streaming Zipformer CTC",
       {},
       {},
       {{"model", kZipformer2}, {"tokens"}}},
      {Family::kStreamingNemoCtc,
       Task::kStreamingRecognition,
       "streaming NeMo CTC",
       {},
       {},
       {{"model", kStreamingNemo}, {"tokens"}}},
      {Family::kSenseVoice,
       Task::kRecognition,
       "SenseVoice",
       {},
       {},
       {{"model", kSenseVoiceKeys}, {"tokens"}}},
      {Family::kParaformer,
       Task::kRecognition,
       "Paraformer",
       {},
       {},
       {{"model", kParaformerKeys}, {"tokens"}}},
      {Family::kZipformerCtc,
       Task::kRecognition,
       "Zipformer CTC",
       "zipformer2_ctc",
       "decode_chunk_len",
       {{"model", kModelType}, {"tokens"}}},
      {Family::kWenetCtc, Task::kRecognition, "WeNet CTC", "wenet_ctc", {}, {{"model", kCtc}, {"tokens"}}},
      {Family::kNemoCtc, Task::kRecognition, "NeMo CTC", {}, "window_size", {{"model", kCtc}, {"tokens"}}},
      {Family::kMatcha,
       Task::kSynthesis,
       "Matcha",
       {},
       {},
       {{"model", kMatchaKeys},
        {"vocoder"},
        {"tokens"},
        {"lexicon", {}, true},
        {"espeak-ng-data", {}, true}}},
      {Family::kKokoro,
       Task::kSynthesis,
       "Kokoro",
       {},
       {},
       {{"model", kKokoroKeys}, {"voices"}, {"tokens"}, {"lexicon", {}, true}, {"espeak-ng-data", {}, true}}},
      {Family::kVits,
       Task::kSynthesis,
       "VITS",
       {},
       {},
       {{"model", kVitsKeys}, {"tokens"}, {"lexicon", {}, true}, {"espeak-ng-data", {}, true}}},
  };
  return kRows;
}

Error unusable(std::string message, const fs::path& file) {
  return {ErrorCode::kUnsupportedMedia, std::move(message), file.string()};
}

bool is_onnx(const std::string& name) { return name.ends_with(".onnx"); }

// "encoder-epoch-9.onnx" and "base.en-encoder.int8.onnx" are encoders, "uncached_decode.onnx" no cached one.
bool begins_part(std::string_view name, std::string_view role) {
  for (auto at = name.find(role); at != std::string_view::npos; at = name.find(role, at + 1)) {
    if (at == 0 || name[at - 1] == '-' || name[at - 1] == '.') return true;
  }
  return false;
}

// The file for a role; of several the one with 8-bit weights, which is smaller and as good.
std::optional<std::string> file_for(const std::vector<std::string>& names, std::string_view role) {
  const auto pick = [&](auto&& fits) -> std::optional<std::string> {
    std::optional<std::string> found;
    for (const std::string& name : names) {
      if (!fits(name)) continue;
      const bool better =
          !found || (name.find("int8") != std::string::npos && found->find("int8") == std::string::npos);
      if (better) found = name;
    }
    return found;
  };
  if (role == "tokens") return pick([](const std::string& name) { return name.ends_with("tokens.txt"); });
  if (role == "lexicon")
    return pick(
        [](const std::string& name) { return name.starts_with("lexicon") && name.ends_with(".txt"); });
  if (role == "voices") return pick([](const std::string& name) { return name == "voices.bin"; });
  if (role == "espeak-ng-data") return pick([](const std::string& name) { return name == "espeak-ng-data"; });
  if (role == "vocoder") {
    return pick([](const std::string& name) {
      return is_onnx(name) &&
             (begins_part(name, "vocoder") || begins_part(name, "vocos") || begins_part(name, "hifigan"));
    });
  }
  const auto named = pick([&](const std::string& name) { return is_onnx(name) && begins_part(name, role); });
  if (named || role != "model") return named;
  // A model of one network has any name ("en_US-amy-low.onnx").
  return pick([&](const std::string& name) {
    return is_onnx(name) && !begins_part(name, "vocoder") && !begins_part(name, "vocos") &&
           !begins_part(name, "hifigan");
  });
}

Result<std::vector<std::string>> names_in(const fs::path& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
    if (names.size() > kMostFiles) return unusable("the folder holds too many files for a model", folder);
  }
  if (error) return Error{ErrorCode::kNotFound, "the folder of the model cannot be read", folder.string()};
  std::sort(names.begin(), names.end());
  return names;
}

bool is_numbers(std::string_view value) {
  const auto fits = [](char c) { return (c >= '0' && c <= '9') || c == ',' || c == ' '; };
  const bool long_number = value.size() > 9 && value.find(',') == std::string_view::npos;
  return !value.empty() && !long_number && std::all_of(value.begin(), value.end(), fits) &&
         value.front() != ',' && value.back() != ',';
}

// The metadata that is missing or no number, for a message; empty when all is there.
std::string missing(const OnnxOutline& outline, std::span<const std::string_view> keys) {
  for (std::string_view key : keys) {
    const bool text = key.starts_with('~');
    if (text) key.remove_prefix(1);
    const auto value = outline.value(key);
    if (value.empty()) return std::string(key);
    if (!text && !is_numbers(value)) return std::string(key) + " as a number";
  }
  return {};
}

// As the engine reads it: a symbol and its number in each line; a line with the number alone is a space.
Result<> check_tokens(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) return Error{ErrorCode::kNotFound, "the list of tokens cannot be read", file.string()};
  if (size == 0 || size > kMostTokens) return unusable("the list of tokens is empty or too long", file);
  std::ifstream in(file);
  std::string line;
  std::set<long> numbers;
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::vector<std::string> found;
    for (std::string field; found.size() < 3 && fields >> field;) found.push_back(field);
    if (found.empty()) continue;
    const std::string& number = found.back();
    const bool digits =
        number.size() < 8 &&
        std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (found.size() > 2 || !digits) return unusable("the list of tokens has a line that is none", file);
    numbers.insert(std::stol(number));
  }
  if (numbers.empty()) return unusable("the list of tokens is empty", file);
  return {};
}

// The data of eSpeak NG, by which many voices learn how words sound: the model's own, else the system's.
void find_espeak_data(SherpaModel& model) {
  if (model.file(kEspeakData) != nullptr) return;
  for (const char* place : {"/usr/lib/x86_64-linux-gnu/espeak-ng-data",
                            "/usr/lib/aarch64-linux-gnu/espeak-ng-data", "/usr/share/espeak-ng-data"}) {
    std::error_code ignored;
    if (fs::exists(fs::path(place) / "phondata", ignored)) {
      model.files.emplace(kEspeakData, place);
      return;
    }
  }
}

// What the engine ends the process without when a voice begins.
Result<> check_voice(SherpaModel& model, const fs::path& folder) {
  const OnnxOutline& outline = model.outline;
  find_espeak_data(model);
  const bool lexicon = model.file("lexicon") != nullptr;
  const bool espeak = model.file(kEspeakData) != nullptr;
  const auto is_on = [&](std::string_view key) {
    return !outline.value(key).empty() && outline.value(key) != "0";
  };
  const auto lacks = [&](std::string what) { return unusable("the voice lacks " + std::move(what), folder); };
  if (model.family == SherpaFamily::kVits && outline.value("frontend") != "characters") {
    const auto comment = outline.value("comment");
    const bool sounds = comment.find("piper") != std::string_view::npos ||
                        comment.find("coqui") != std::string_view::npos ||
                        comment.find("icefall") != std::string_view::npos;
    if (!lexicon && !(sounds && espeak)) return lacks(sounds ? "espeak-ng-data" : "its lexicon");
  }
  if (model.family == SherpaFamily::kMatcha) {
    if (is_on("jieba") && !lexicon) return lacks("its lexicon");
    if (!is_on("jieba") && !(is_on("has_espeak") && espeak)) return lacks("espeak-ng-data");
  }
  if (model.family != SherpaFamily::kKokoro) return {};
  if (!espeak) return lacks("espeak-ng-data");
  const auto version = outline.value("version");
  if (!version.empty() && version != "1" && !lexicon) return lacks("its lexicon");
  std::uintmax_t floats = 1;
  std::istringstream dimensions(std::string(outline.value("style_dim")) + ',' +
                                std::string(outline.value("n_speakers")));
  std::size_t count = 0;
  for (std::string number; std::getline(dimensions, number, ',') && count < 8; ++count) {
    floats *= std::min<std::uintmax_t>(static_cast<std::uintmax_t>(std::stoul(number)), 1'000'000);
  }
  std::error_code error;
  if (count != 4 || fs::file_size(model.file("voices"), error) != floats * sizeof(float)) {
    return unusable("the voices are not those of the model", model.file("voices"));
  }
  return {};
}

// The share of the family's metadata that is there.
double likeness(const OnnxOutline& outline, std::span<const std::string_view> keys) {
  const auto there = std::count_if(keys.begin(), keys.end(), [&](std::string_view key) {
    return !outline.value(key.substr(key.starts_with('~') ? 1 : 0)).empty();
  });
  return keys.empty() ? 0 : static_cast<double>(there) / static_cast<double>(keys.size());
}

// The model as this family; an error says what keeps it from being one, and `like` how near it comes.
Result<SherpaModel> as(const Row& row, const fs::path& folder, const std::vector<std::string>& names,
                       double& like) {
  SherpaModel model{row.family, row.task, row.name, {}, {}};
  for (const Role& role : row.roles) {
    const auto name = file_for(names, role.name);
    if (!name && role.optional) continue;
    if (!name)
      return Error{ErrorCode::kNotFound, "there is no file for: " + std::string(role.name), folder.string()};
    model.files.emplace(role.name, (folder / *name).string());
  }
  for (const Role& role : row.roles) {
    const auto found = model.files.find(role.name);
    if (found == model.files.end() || !is_onnx(found->second)) continue;
    auto outline = read_onnx_outline(found->second);
    if (!outline) return outline.error();
    const bool first = &role == row.roles.data();
    if (first && !row.model_type.empty() && outline->value("model_type") != row.model_type) {
      return unusable("it is not a model of " + std::string(row.name), found->second);
    }
    like = std::max(like, likeness(*outline, role.keys));
    const std::string lacks = missing(*outline, role.keys);
    if (!lacks.empty()) {
      return unusable("as a model of " + std::string(row.name) + " it lacks the metadata " + lacks,
                      found->second);
    }
    if (!first) continue;
    if (!row.without.empty() && !outline->value(row.without).empty()) {
      return unusable("it is a streaming model, but not of a family that is known", found->second);
    }
    model.outline = std::move(*outline);
  }
  const auto tokens = check_tokens(model.files.at("tokens"));
  if (!tokens) return tokens.error();
  if (row.task == SherpaTask::kSynthesis) {
    const auto voice = check_voice(model, folder);
    if (!voice) return voice.error();
  }
  return model;
}

}  // namespace

const char* SherpaModel::file(std::string_view role) const {
  const auto found = files.find(role);
  return found == files.end() ? nullptr : found->second.c_str();
}

Result<SherpaModel> inspect_sherpa_model(const fs::path& folder) {
  const auto names = names_in(folder);
  if (!names) return names.error();
  // Of all that does not fit, the reason of the family that it is most like.
  Error reason{ErrorCode::kNotFound, "the folder holds no model of a kind that is known", folder.string()};
  double most = -1;
  for (const Row& row : rows()) {
    double like = 0;
    auto model = as(row, folder, *names, like);
    if (model) return model;
    if (model.error().code == ErrorCode::kNotFound || like <= most) continue;
    reason = model.error();
    most = like;
  }
  return reason;
}

}  // namespace parley::inference
