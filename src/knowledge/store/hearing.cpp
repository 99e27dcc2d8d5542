// SPDX-License-Identifier: Apache-2.0
#include "knowledge/store/hearing.hpp"

#include "text/sound.hpp"

#include <algorithm>
#include <cctype>

namespace parley::knowledge {

namespace {

constexpr std::size_t kMostLooks = 40;
constexpr std::size_t kMostGuesses = 4;  // for one place
constexpr std::size_t kLongestRun = 3;   // tokens
constexpr std::size_t kLeastPart = 3;    // letters of each half of a word that is cut in two
constexpr double kLeastPosterior = 0.05;
// How like a word must sound: one word, several with an unknown one among them, several known ones.
constexpr double kLeastAlike = 0.66;
constexpr double kLeastAlikeRun = 0.76;
constexpr double kLeastAlikeKnownRun = 0.97;
constexpr std::size_t kLeastSounds = 3;
constexpr std::size_t kLeastRunSounds = 5;
// The likelihood of what sounds the same. Less alike is less likely, down to nothing below the least
// likeness.
constexpr double kSameSound = 0.85;

double likelihood_of(double likeness) {
  constexpr double kNothing = 0.5;
  return kSameSound * std::max(0.0, likeness - kNothing) / (1 - kNothing);
}

class Guesser {
 public:
  Guesser(std::span<const text::Token> tokens, const SoundIndex& words,
          const std::function<bool(std::string_view)>& is_known)
      : tokens_(tokens), words_(words) {
    for (const text::Token& token : tokens) {
      const bool number = std::isdigit(static_cast<unsigned char>(token.text.front())) != 0;
      stop_.push_back(text::is_stop_word(token.text));
      unknown_.push_back(!number && !stop_.back() && !is_known(token.text));
      sounds_.push_back(text::sounds_of(token.text));
    }
  }

  std::vector<Guess> guess(std::span<const HeardAlternative> alternatives) {
    weigh(alternatives);
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (unknown_[i]) one_word(i);
    }
    for (std::size_t length = 2; length <= kLongestRun; ++length) {
      for (std::size_t i = 0; i + length <= tokens_.size(); ++i) run(i, i + length);
    }
    return std::move(guesses_);
  }

 private:
  // What the recogniser weighed. An alternative may stand for each place where its word was heard.
  void weigh(std::span<const HeardAlternative> alternatives) {
    for (const HeardAlternative& alternative : alternatives) {
      if (alternative.posterior < kLeastPosterior || !words_.holds(alternative.word)) continue;
      for (std::size_t i = 0; i < tokens_.size(); ++i) {
        if (tokens_[i].text == alternative.heard) {
          add(i, i + 1, alternative.word, std::min(alternative.posterior, 1.0));
        }
      }
    }
  }

  void one_word(std::size_t i) {
    if (sounds_[i].size() >= kLeastSounds) look(i, i + 1, sounds_[i], kLeastAlike);
    const std::string_view word = tokens_[i].text;
    for (std::size_t cut = kLeastPart; cut + kLeastPart <= word.size(); ++cut) {
      if (!words_.holds(word.substr(0, cut)) || !words_.holds(word.substr(cut))) continue;
      add(i, i + 1, std::string(word.substr(0, cut)), kSameSound);
      add(i, i + 1, std::string(word.substr(cut)), kSameSound);
      return;
    }
  }

  void run(std::size_t first, std::size_t end) {
    std::string sounds;
    bool any_unknown = false;
    bool all_stop = true;
    for (std::size_t i = first; i < end; ++i) {
      sounds += sounds_[i];
      any_unknown = any_unknown || unknown_[i];
      all_stop = all_stop && stop_[i];
    }
    if (sounds.size() < kLeastRunSounds || all_stop) return;
    look(first, end, sounds, any_unknown ? kLeastAlikeRun : kLeastAlikeKnownRun);
  }

  void look(std::size_t first, std::size_t end, const std::string& sounds, double least) {
    if (++looks_ > kMostLooks) return;
    for (SoundIndex::Alike& alike : words_.find(sounds, least, kMostGuesses)) {
      const bool heard = std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(first),
                                     tokens_.begin() + static_cast<std::ptrdiff_t>(end),
                                     [&](const text::Token& token) { return token.text == alike.word; });
      if (!heard) add(first, end, std::move(alike.word), likelihood_of(alike.likeness));
    }
  }

  void add(std::size_t first, std::size_t end, std::string word, double likelihood) {
    std::size_t here = 0;
    for (Guess& known : guesses_) {
      if (known.first != first || known.end != end) continue;
      ++here;
      if (known.word != word) continue;
      // Heard so by the recogniser, and sounding so: the better of the two.
      known.likelihood = std::max(known.likelihood, likelihood);
      return;
    }
    if (here < kMostGuesses) guesses_.push_back({first, end, std::move(word), likelihood});
  }

  const std::span<const text::Token> tokens_;
  const SoundIndex& words_;
  std::vector<bool> stop_;
  std::vector<bool> unknown_;
  std::vector<std::string> sounds_;
  std::vector<Guess> guesses_;
  std::size_t looks_ = 0;
};

}  // namespace

std::vector<Guess> guess_words(std::span<const text::Token> tokens,
                               std::span<const HeardAlternative> alternatives, const SoundIndex& words,
                               const std::function<bool(std::string_view)>& is_known) {
  return Guesser(tokens, words, is_known).guess(alternatives);
}

}  // namespace parley::knowledge
