// SPDX-License-Identifier: Apache-2.0
#include "realtime/vocabulary.hpp"

#include "runtime/json.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace parley::realtime {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::string_view kParam = "session.audio.input.transcription.";

Error bad(std::string message, std::string_view member) {
  return Error{ErrorCode::kBadRequest, std::move(message), std::string(kParam) + std::string(member)};
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kSpace) - first + 1));
}

// "Kestrel 2.5" is not divided: a full stop ends a phrase only before a space.
bool ends_phrase(std::string_view text, std::size_t at) {
  if (std::string_view(",;\n").find(text[at]) != std::string_view::npos) return true;
  const bool mark = std::string_view(".!?").find(text[at]) != std::string_view::npos;
  return mark && (at + 1 == text.size() || text[at + 1] == ' ');
}

std::vector<std::string> phrases_of(std::string_view prompt) {
  std::vector<std::string> phrases;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= prompt.size(); ++at) {
    if (at < prompt.size() && !ends_phrase(prompt, at)) continue;
    auto phrase = trimmed(prompt.substr(begin, at - begin));
    if (!phrase.empty()) phrases.push_back(std::move(phrase));
    begin = at + 1;
  }
  return phrases;
}

}  // namespace

Result<> read_vocabulary(const json::value& transcription, std::vector<std::string>& vocabulary) {
  if (!transcription.is_object()) return {};
  const auto* keywords = transcription.get_object().if_contains("keywords");
  const auto* prompt = transcription.get_object().if_contains("prompt");
  if (keywords == nullptr && prompt == nullptr) return {};
  std::vector<std::string> words;
  if (keywords != nullptr && !keywords->is_null()) {
    const auto read = runtime::read_json(*keywords, words);
    if (!read) return bad(read.error().message, "keywords");
    for (std::string& word : words) {
      if (word.size() > kLongestKeyword) return bad("a keyword has at most 200 bytes", "keywords");
      word = trimmed(word);
    }
    std::erase(words, std::string());
  }
  if (prompt != nullptr && !prompt->is_null()) {
    std::string text;
    const auto read = runtime::read_json(*prompt, text);
    if (!read) return bad(read.error().message, "prompt");
    if (text.size() > kLongestPrompt) return bad("a prompt has at most 8192 bytes", "prompt");
    for (std::string& phrase : phrases_of(text)) words.push_back(std::move(phrase));
  }
  if (words.size() > kMostKeywords) {
    return bad("at most 200 keywords and phrases can be expected",
               keywords != nullptr ? "keywords" : "prompt");
  }
  vocabulary = std::move(words);
  return {};
}

}  // namespace parley::realtime
