// SPDX-License-Identifier: Apache-2.0
#include "inference/sherpa_model.hpp"

#include "inference/bpe_vocabulary.hpp"
#include "inference/sherpa_families.hpp"

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
  if (role == "espeak-ng-data" || role == "bpe.vocab") {
    return pick([&](const std::string& name) { return name == role; });
  }
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

// How many parts a list has that is parted by bars.
std::size_t parts(std::string_view list) {
  return 1 + static_cast<std::size_t>(std::count(list.begin(), list.end(), '|'));
}

// Whether an output has so many dimensions and values in the last, as far as the file says it; `values` 0:
// any.
bool has_shape(const OnnxOutline& outline, std::size_t output, std::size_t dimensions, std::int64_t values) {
  if (output >= outline.output_shapes.size()) return false;
  const auto& shape = outline.output_shapes[output];
  if (shape.empty()) return true;
  return shape.size() == dimensions && (shape.back() == -1 || values == 0 || shape.back() == values);
}

// What the engine takes for granted of a network that punctuates, and would read beside its answers without.
Result<> check_punctuation(const SherpaModel& model) {
  const OnnxOutline& outline = model.outline;
  const auto unlike = [&] {
    return unusable("the network does not tell marks as the engine wants it", model.file("model"));
  };
  if (model.family == SherpaFamily::kPunctuation) {
    if (std::to_string(parts(outline.value("tokens"))) != outline.value("vocab_size")) {
      return unusable("the model has another number of tokens than it says", model.file("model"));
    }
    const auto marks = static_cast<std::int64_t>(parts(outline.value("punctuations")));
    if (outline.inputs.size() < 2 || !has_shape(outline, 0, 3, marks)) return unlike();
    return {};
  }
  constexpr std::pair<std::string_view, std::string_view> kNumbers[] = {
      {"COMMA", "1"}, {"PERIOD", "2"}, {"QUESTION", "3"}, {"UPPER", "1"}, {"CAP", "2"}, {"MIX_CASE", "3"}};
  for (const auto& [key, number] : kNumbers) {
    if (outline.value(key) != number) return unlike();
  }
  if (outline.inputs.size() < 3 || !has_shape(outline, 0, 2, 0) || !has_shape(outline, 1, 2, 0)) {
    return unlike();
  }
  return check_bpe_vocabulary(model.file("bpe.vocab"));
}

// The share of the family's metadata that is there.
double likeness(const OnnxOutline& outline, std::span<const std::string_view> keys) {
  const auto there = std::count_if(keys.begin(), keys.end(), [&](std::string_view key) {
    return !outline.value(key.substr(key.starts_with('~') ? 1 : 0)).empty();
  });
  return keys.empty() ? 0 : static_cast<double>(there) / static_cast<double>(keys.size());
}

// What lies beside the networks, and what a family has for itself.
Result<> check_family(SherpaModel& model, const fs::path& folder) {
  if (model.task == SherpaTask::kPunctuation) return check_punctuation(model);
  const auto tokens = check_tokens(model.files.at("tokens"));
  if (!tokens) return tokens;
  if (const char* pieces = model.file("bpe.vocab"); pieces != nullptr) {
    const auto checked = check_bpe_vocabulary(pieces);
    if (!checked) return checked;
  }
  return model.task == SherpaTask::kSynthesis ? check_voice(model, folder) : Result<>();
}

bool looks_back(SherpaFamily family, const OnnxOutline& decoder) {
  const bool transducer = family == SherpaFamily::kStreamingTransducer || family == SherpaFamily::kTransducer;
  return transducer && decoder.outputs.size() == 1 && !decoder.value("context_size").empty() &&
         decoder.value("streaming_model_type").empty();
}

// The model as this family; an error says what keeps it from being one, and `like` how near it comes.
Result<SherpaModel> as(const SherpaRow& row, const fs::path& folder, const std::vector<std::string>& names,
                       double& like) {
  SherpaModel model{row.family, row.task, row.name, {}, {}, false};
  for (const SherpaRole& role : row.roles) {
    const auto name = file_for(names, role.name);
    if (!name && role.optional) continue;
    if (!name)
      return Error{ErrorCode::kNotFound, "there is no file for: " + std::string(role.name), folder.string()};
    model.files.emplace(role.name, (folder / *name).string());
  }
  for (const SherpaRole& role : row.roles) {
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
    // The engine tells these decoders from others in the same way; those it cannot search so.
    if (role.name == "decoder") model.expects_words = looks_back(row.family, *outline);
    if (!first) continue;
    if (!row.without.empty() && !outline->value(row.without).empty()) {
      return unusable("it is a streaming model, but not of a family that is known", found->second);
    }
    model.outline = std::move(*outline);
  }
  const auto checked = check_family(model, folder);
  if (!checked) return checked.error();
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
  for (const SherpaRow& row : sherpa_families()) {
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
