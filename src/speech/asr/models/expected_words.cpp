// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/expected_words.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include <stdlib.h>
#include <unistd.h>

namespace parley::speech {

namespace {

constexpr std::string_view kWordBegins = "\xE2\x96\x81";

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'";
constexpr std::string_view kDear = "\t-100000\n";  // no row of real pieces costs as much

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }

// "<unk>", "<0x0A>": no part of a word.
bool is_special(std::string_view token) {
  return token.size() > 2 && token.front() == '<' && token.back() == '>';
}

// By number. The list was looked through before the engine saw it.
std::map<long, std::string> read_tokens(const char* file) {
  std::map<long, std::string> tokens;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string token;
    long number = 0;
    if (fields >> token >> number) tokens.emplace(number, std::move(token));
  }
  return tokens;
}

std::string in_capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return is_small(c) ? static_cast<char>(c - 0x20) : c; });
  return text;
}

// "zephyr cargo" as a name: "Zephyr Cargo".
std::string as_name(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_small(text[i]) && (i == 0 || text[i - 1] == ' ')) text[i] = static_cast<char>(text[i] - 0x20);
  }
  return text;
}

}  // namespace

std::optional<ExpectedWords> ExpectedWords::of(const inference::SherpaModel& model) {
  if (!model.expects_words) return std::nullopt;
  ExpectedWords words;
  bool begins = false;
  for (const auto& [number, token] : read_tokens(model.file("tokens"))) {
    if (is_special(token) || !words.pieces_.insert(token).second) continue;
    words.longest_ = std::max(words.longest_, token.size());
    begins = begins || (token.starts_with(kWordBegins) && token.size() > kWordBegins.size());
    words.small_ = words.small_ || std::any_of(token.begin(), token.end(), is_small);
    words.capitals_ = words.capitals_ || std::any_of(token.begin(), token.end(), is_capital);
    words.vocabulary_ += token + '\t' + std::to_string(-number) + '\n';
  }
  // To the engine a letter that is no piece costs nothing, so that it prefers to cut words there.
  for (const char letter : kLetters) {
    if (!words.pieces_.contains(std::string_view(&letter, 1))) words.vocabulary_.append(1, letter) += kDear;
  }
  if (!begins || (!words.small_ && !words.capitals_)) return std::nullopt;
  return words;
}

std::string ExpectedWords::written(std::span<const std::string> phrases) const {
  std::string all;
  const auto add = [&](const std::string& phrase) {
    if (!makes(phrase)) return;
    if (!all.empty()) all += '/';
    all += phrase;
  };
  for (const std::string& phrase : phrases.first(std::min(phrases.size(), kMostPhrases))) {
    if (small_) add(phrase);
    if (small_ && capitals_) add(as_name(phrase));
    if (!small_) add(in_capitals(phrase));
  }
  return all;
}

bool ExpectedWords::makes(std::string_view phrase) const {
  for (std::size_t at = 0; at < phrase.size();) {
    const auto space = std::min(phrase.find(' ', at), phrase.size());
    const std::string word = std::string(kWordBegins) + std::string(phrase.substr(at, space - at));
    std::vector<bool> reached(word.size() + 1);
    reached[0] = true;
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (!reached[i]) continue;
      for (std::size_t length = 1; length <= std::min(longest_, word.size() - i); ++length) {
        if (pieces_.contains(std::string_view(word).substr(i, length))) reached[i + length] = true;
      }
    }
    if (!reached[word.size()]) return false;
    at = space + 1;
  }
  return true;
}

PieceFile::PieceFile(const inference::SherpaModel& model, const ExpectedWords& words) {
  if (const char* own = model.file("bpe.vocab"); own != nullptr) {
    path_ = own;
    return;
  }
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  std::string name = (error ? std::filesystem::path("/tmp") : folder) / "parley-pieces-XXXXXX";
  const int file = ::mkstemp(name.data());
  if (file < 0) return;
  ::close(file);
  made_ = true;
  path_ = name;
  std::ofstream out(name, std::ios::binary);
  out << words.vocabulary();
  out.close();
  if (out) return;
  ::unlink(name.c_str());
  made_ = false;
  path_.clear();
}

PieceFile::~PieceFile() {
  if (made_) ::unlink(path_.c_str());
}

}  // namespace parley::speech
