// SPDX-License-Identifier: Apache-2.0
// How a neural transducer is told which words to expect: as pieces of words of its own list.
#pragma once

#include "inference/sherpa_model.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace parley::speech {

class ExpectedWords {
 public:
  static constexpr std::size_t kMostPhrases = 300;

  // Nothing for a model that cannot expect words, or whose tokens are no pieces of words that mark where a
  // word begins.
  static std::optional<ExpectedWords> of(const inference::SherpaModel& model);

  // The pieces with scores as sherpa-onnx reads them: those of the list in its order, which in a list of byte
  // pair encoding (SentencePiece) is that of their likelihood; then the letters that are none.
  const std::string& vocabulary() const { return vocabulary_; }

  // Phrases (of a bias) in the letters that the model knows (capitals, small ones, or either), parted by
  // "/", most important first, at most kMostPhrases of them, and only those that its pieces make. Empty when
  // there are none.
  std::string written(std::span<const std::string> phrases) const;

 private:
  // Whether each word is a row of pieces.
  bool makes(std::string_view phrase) const;

  std::string vocabulary_;
  std::set<std::string, std::less<>> pieces_;
  std::size_t longest_ = 0;
  bool small_ = false;
  bool capitals_ = false;
};

// A file with the pieces for as long as the engine reads them: the model's own, else one that is made of its
// list of tokens and removed at the end.
class PieceFile {
 public:
  PieceFile(const inference::SherpaModel& model, const ExpectedWords& words);
  ~PieceFile();
  PieceFile(const PieceFile&) = delete;
  PieceFile& operator=(const PieceFile&) = delete;

  // Null when it could not be written.
  const char* path() const { return path_.empty() ? nullptr : path_.c_str(); }

 private:
  std::string path_;
  bool made_ = false;
};

}  // namespace parley::speech
