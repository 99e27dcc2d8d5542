// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/sherpa_punctuator.hpp"

#include "speech/asr/models/sherpa_parts.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace parley::speech {

namespace sherpa = inference::sherpa;
using inference::guarded;
using inference::SherpaFamily;
using inference::SherpaModel;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr const char* kFailed = "the punctuation failed";
constexpr std::size_t kLongestText = 20'000;
// The engine cuts a text into rows of 200 pieces and takes for granted that every word fits into one.
constexpr std::size_t kLongestWord = 100;

Result<> fits(std::string_view words, std::size_t longest_word) {
  std::size_t longest = 0;
  for (std::size_t at = 0; at < words.size();) {
    const auto end = std::min(words.find(' ', at), words.size());
    longest = std::max(longest, end - at);
    at = end + 1;
  }
  if (longest > 0 && longest <= longest_word && words.size() <= kLongestText) return {};
  return Error{ErrorCode::kBadRequest, "the text cannot be punctuated"};
}

// The two kinds of networks differ in the names of their functions alone.
template <class Handle>
class SherpaPunctuator final : public Punctuator {
 public:
  using Punctuate = sherpa::Text (*)(const Handle*, sherpa::Text);
  using Free = void (*)(sherpa::Text);

  SherpaPunctuator(SherpaHandle<Handle> handle, Punctuate engine, Free free, std::size_t longest_word)
      : handle_(std::move(handle)), punctuate_(engine), free_(free), longest_word_(longest_word) {}

  Result<std::string> punctuate(std::string_view words) const override {
    const auto fit = fits(words, longest_word_);
    if (!fit) return fit.error();
    const std::string text(words);
    auto marked = guarded(ErrorCode::kAsrFailed, kFailed, [&] {
      const std::unique_ptr<const char, Free> made(punctuate_(handle_.get(), text.c_str()), free_);
      return std::string(made ? made.get() : "");
    });
    if (marked && marked->empty()) return Error{ErrorCode::kAsrFailed, kFailed};
    return marked;
  }

 private:
  SherpaHandle<Handle> handle_;
  Punctuate punctuate_;
  Free free_;
  std::size_t longest_word_;
};

template <class Handle>
std::shared_ptr<const Punctuator> punctuator(SherpaHandle<Handle> handle,
                                             typename SherpaPunctuator<Handle>::Punctuate punctuate,
                                             typename SherpaPunctuator<Handle>::Free free,
                                             std::size_t longest_word) {
  if (!handle) return nullptr;
  return std::make_shared<SherpaPunctuator<Handle>>(std::move(handle), punctuate, free, longest_word);
}

std::shared_ptr<const Punctuator> make(const sherpa::Functions& library, const SherpaModel& model) {
  const char* network = model.file("model");
  if (model.family == SherpaFamily::kPunctuation) {
    const sherpa::OfflinePunctuationConfig config{network, 1, 0, "cpu"};
    return punctuator(SherpaHandle<sherpa::OfflinePunctuation>(library.create_offline_punctuation(&config),
                                                               library.destroy_offline_punctuation),
                      library.punctuate_offline, library.free_offline_punctuated, kLongestText);
  }
  const sherpa::OnlinePunctuationConfig config{network, model.file("bpe.vocab"), 1, 0, "cpu"};
  return punctuator(SherpaHandle<sherpa::OnlinePunctuation>(library.create_online_punctuation(&config),
                                                            library.destroy_online_punctuation),
                    library.punctuate_online, library.free_online_punctuated, kLongestWord);
}

}  // namespace

Result<std::shared_ptr<const Punctuator>> load_sherpa_punctuator(const inference::SherpaOnnx& library,
                                                                 const SherpaModel& model) {
  const std::string name(model.family_name);
  auto loaded = guarded(ErrorCode::kUnsupportedMedia, "sherpa-onnx cannot load the model of " + name,
                        [&] { return make(library.functions(), model); });
  if (!loaded) return loaded.error();
  if (!*loaded) return Error{ErrorCode::kUnsupportedMedia, "sherpa-onnx refuses the model of " + name};
  return loaded;
}

}  // namespace parley::speech
