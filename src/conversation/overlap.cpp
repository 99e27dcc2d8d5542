// SPDX-License-Identifier: Apache-2.0
#include "conversation/overlap.hpp"

#include "text/sound.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

namespace parley::conversation {
namespace {

// Said by listeners who want to go on listening.
constexpr auto kAgreeing = std::to_array<std::string_view>(
    {"absolutely",  "alright",    "amazing",    "awesome",    "beautiful",  "brilliant",  "certainly",
     "clear",       "convenient", "cool",       "correct",    "definitely", "easy",       "exactly",
     "excellent",   "fabulous",   "fair",       "fantastic",  "fine",       "funny",      "good",
     "got",         "great",      "handy",      "helpful",    "impressive", "incredible", "indeed",
     "interesting", "lovely",     "marvellous", "neat",       "nice",       "ok",         "okay",
     "perfect",     "really",     "reasonable", "right",      "see",        "sensible",   "splendid",
     "super",       "sure",       "surprising", "sweet",      "terrific",   "thank",      "thanks",
     "totally",     "true",       "understand", "understood", "useful",     "well",       "wonderful",
     "wow",         "yeah",       "yep",        "yes",        "yup"});

// What recognisers make of "mm-hmm" and "oh", and what may stand with a word that agrees: "of course".
constexpr auto kMurmured = std::to_array<std::string_view>(
    {"a",  "ah", "aha", "all", "and", "course", "h",  "ha",     "hm", "hmm", "huh", "i",
     "it", "m",  "mhm", "mm",  "mmm", "of",     "oh", "though", "uh", "um",  "you"});

// Says nothing alone, and agrees with a word that does: "that sounds very good".
constexpr auto kLinking = std::to_array<std::string_view>(
    {"completely", "for",   "is",     "it's", "just",   "like", "looks", "much", "my",  "pretty", "quite",
     "so",         "seems", "sounds", "that", "that's", "then", "this",  "to",   "too", "very",   "you're"});

// One of these at the beginning asks for the turn, however short it is.
constexpr auto kTaking = std::to_array<std::string_view>(
    {"actually", "cancel", "enough", "excuse", "hang", "hey", "hold", "nah", "no", "nope", "pardon", "pause",
     "please", "quiet", "shut", "silence", "sorry", "stop", "wait"});

// The same when more follows, or "but" came before: alone, they are what recognisers make of "uh-huh".
constexpr auto kTakingWithMore =
    std::to_array<std::string_view>({"but", "can", "could", "do", "does", "how", "is", "not", "tell", "what",
                                     "when", "where", "which", "who", "why"});

// What takes the turn in just these words, and what recognisers make of "hold on".
constexpr auto kTakingPhrases =
    std::to_array<std::string_view>({"gold on", "good on", "how far", "how long", "how many", "how much"});

// What agrees in just these words. Not compared by its sound: the more phrases are, the worse each of them
// fits.
constexpr auto kAgreeingPhrases = std::to_array<std::string_view>({"carry on",
                                                                   "go on",
                                                                   "good thinking",
                                                                   "good to know",
                                                                   "how about that",
                                                                   "how interesting",
                                                                   "how nice",
                                                                   "i bet",
                                                                   "i can imagine",
                                                                   "i can see that",
                                                                   "i didn't know that",
                                                                   "i get it",
                                                                   "i guess so",
                                                                   "i had no idea",
                                                                   "i hear you",
                                                                   "i know",
                                                                   "i like it",
                                                                   "i like that",
                                                                   "i think so",
                                                                   "keep going",
                                                                   "me too",
                                                                   "my goodness",
                                                                   "no doubt",
                                                                   "no kidding",
                                                                   "no way",
                                                                   "no worries",
                                                                   "not bad",
                                                                   "same here",
                                                                   "that helps",
                                                                   "that makes sense",
                                                                   "that works",
                                                                   "there you go",
                                                                   "well done",
                                                                   "will do",
                                                                   "works for me",
                                                                   "you bet"});

// What is said in a word or two, for recognisers that hear "gold on" or "share".
constexpr auto kShortTaking =
    std::to_array<std::string_view>({"stop", "stop it", "wait", "no", "hold on", "hang on", "excuse me",
                                     "be quiet", "shut up", "wait a moment"});
constexpr auto kShortAgreeing = std::to_array<std::string_view>(
    {"yeah", "yes", "right", "okay", "sure", "great", "got it", "i see", "oh really", "of course"});

template <std::size_t N>
std::vector<std::string> sounds_of(const std::array<std::string_view, N>& phrases) {
  std::vector<std::string> sounds;
  std::ranges::transform(phrases, std::back_inserter(sounds), text::sounds_of);
  return sounds;
}

double likeness(const std::vector<std::string>& phrases, std::string_view sounds) {
  double best = 0;
  for (const std::string& phrase : phrases) best = std::max(best, text::sound_likeness(sounds, phrase));
  return best;
}

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// A word that agrees, or is murmured with it.
bool murmurs(const text::Token& token) {
  return holds(kAgreeing, token.text) || holds(kMurmured, token.text);
}

std::string join(std::span<const text::Token> tokens) {
  std::string words;
  for (const text::Token& token : tokens) {
    if (!words.empty()) words += ' ';
    words += token.text;
  }
  return words;
}

// Whether it is such a phrase, or may become one.
bool begins_to_agree(const std::string& words) {
  const auto begins = [beginning = words + ' '](std::string_view phrase) {
    return phrase.starts_with(beginning);
  };
  const auto& short_phrases = overlap_phrases()->back();
  if (std::ranges::find(short_phrases, words) != short_phrases.end() || holds(kAgreeingPhrases, words))
    return true;
  if (words.find(' ') == std::string::npos || std::ranges::any_of(overlap_phrases()->front(), begins))
    return false;
  return std::ranges::any_of(short_phrases, begins) || std::ranges::any_of(kAgreeingPhrases, begins);
}

bool takes(std::string_view words) {
  const auto& phrases = overlap_phrases()->front();
  return (std::ranges::find(phrases, words) != phrases.end() && !holds(kTakingWithMore, words)) ||
         holds(kTakingPhrases, words);
}

bool agrees(std::span<const text::Token> tokens) {
  constexpr std::size_t kLongest = 5;
  const auto links = [](const text::Token& token) { return murmurs(token) || holds(kLinking, token.text); };
  const bool asks = holds(kTakingWithMore, tokens.front().text);
  if (tokens.size() <= kLongest && !asks && std::ranges::all_of(tokens, links)) {
    const auto means = [](const text::Token& token) { return holds(kAgreeing, token.text); };
    if (std::ranges::all_of(tokens, murmurs) || std::ranges::any_of(tokens, means)) return true;
  }
  // "Oh, I know."
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (begins_to_agree(join(tokens.subspan(i)))) return true;
    if (!murmurs(tokens[i])) break;
  }
  return false;
}

// "Not that one": begins with a phrase of several words that takes the turn.
bool begins_to_take(std::span<const text::Token> tokens) {
  const std::string words = join(tokens) + ' ';
  return std::ranges::any_of(overlap_phrases()->front(), [&](const std::string& phrase) {
    return phrase.find(' ') != std::string::npos && words.starts_with(phrase + ' ');
  });
}

// How much odd words are like what takes the turn ("stove", "todd") and like what agrees ("riding").
struct Likeness {
  double taking = 0;
  double agreeing = 0;
};

Likeness likeness_of(std::string_view words) {
  static const auto taking = sounds_of(kShortTaking);
  static const auto agreeing = sounds_of(kShortAgreeing);
  const std::string sounds = text::sounds_of(words);
  return {likeness(taking, sounds), likeness(agreeing, sounds)};
}

// From the first word on that neither agrees nor is murmured.
std::span<const text::Token> after_murmurs(std::span<const text::Token> tokens) {
  return tokens.subspan(static_cast<std::size_t>(std::ranges::find_if_not(tokens, murmurs) - tokens.begin()));
}

// A sound that begins abruptly, as behind an echo, is often heard to begin with a "but".
std::span<const text::Token> without_but(std::span<const text::Token> tokens) {
  return tokens.size() > 1 && tokens.front().text == "but" ? tokens.subspan(1) : tokens;
}

// Whether the first word that says anything asks for the turn.
bool asks(std::span<const text::Token> tokens) {
  const auto said = after_murmurs(tokens);
  return !said.empty() && (holds(kTaking, said.front().text) || holds(kTakingWithMore, said.front().text));
}

constexpr double kHeard = 0.25;       // below it, words are guesses at a noise
constexpr double kHeardShort = 0.35;  // and below it a word or two

// What the words say, however they sound.
OverlapKind judge_words(std::span<const text::Token> heard, double confidence, const Likeness& like) {
  constexpr std::size_t kSentence = 3;  // odd words that make an interruption
  constexpr double kAlike = 0.72;       // short phrases, one taken for the other
  constexpr double kSure = 0.6;
  const auto tokens = without_but(heard);
  const bool contradicts = tokens.size() < heard.size();
  if (tokens.empty()) return OverlapKind::kNothing;
  if (agrees(tokens)) return OverlapKind::kBackchannel;
  if (confidence < (tokens.size() < kSentence ? kHeardShort : kHeard)) return OverlapKind::kUnsure;
  const auto said = after_murmurs(tokens);
  if (!said.empty() && holds(kTaking, said.front().text)) return OverlapKind::kInterruption;
  if (takes(join(tokens))) return OverlapKind::kInterruption;
  const bool more = said.size() > 1 || (contradicts && !said.empty());
  const bool sure = confidence >= kSure || tokens.size() >= kSentence;
  if (more && sure && holds(kTakingWithMore, said.front().text)) return OverlapKind::kInterruption;
  if (std::max(like.taking, like.agreeing) >= kAlike) {
    return like.taking > like.agreeing ? OverlapKind::kInterruption : OverlapKind::kBackchannel;
  }
  return tokens.size() >= kSentence ? OverlapKind::kInterruption : OverlapKind::kUnsure;
}

// How well the sound fits what takes the turn and what agrees, against words of its own.
struct Fits {
  double taking;
  double agreeing;

  // There is something to compare, and not a knock.
  bool comparable() const { return agreeing >= -5; }
  bool agree_surely() const { return agreeing >= 1 && agreeing - taking >= 2; }
  bool agree() const { return agreeing >= kAgree && agreeing - taking >= 0.9; }
  bool rather_agree() const { return agreeing >= -0.1 && agreeing - taking >= 0.4; }
  bool agree_sooner() const { return agreeing >= -0.7 && taking >= -5 && agreeing - taking >= 1; }
  bool nearly_agree() const { return agreeing >= kNearly && agreeing > taking; }
  // And not both.
  bool take_well() const {
    return taking >= kWell && comparable() && agreeing < 1 && taking - agreeing >= 0.4;
  }
  // Behind an echo odd words may be likelier than any phrase.
  bool take_nearly() const { return taking >= kNearly && comparable() && taking - agreeing >= 0.9; }
  bool take_surely() const { return taking >= kTake && comparable() && taking - agreeing >= 1.1; }

  static constexpr double kNearly = -0.6;
  static constexpr double kTake = 0.3;
  static constexpr double kWell = 0.5;
  static constexpr double kAgree = 0.4;
};

// Of words that say nothing, by what they are spelt like and what they sound like together.
OverlapKind judge_odd(std::string_view words, double confidence, const Likeness& like, const Fits& fits) {
  constexpr double kSomewhatAlike = 0.5;
  constexpr double kQuiteAlike = 0.6;
  constexpr double kWellHeard = 0.5;
  constexpr double kMoreAlike = 0.65;  // when the sound fits what agrees, too
  const bool like_taking = like.taking >= kSomewhatAlike && like.taking > like.agreeing;
  const bool like_agreeing = like.agreeing >= kSomewhatAlike && like.agreeing > like.taking;
  if (fits.agree() || (fits.rather_agree() && !like_taking) || (fits.nearly_agree() && like_agreeing)) {
    return OverlapKind::kBackchannel;
  }
  const bool taken = fits.taking >= Fits::kTake;
  if (like_taking && confidence >= kHeard && (fits.comparable() || taken)) {
    const double alike = fits.agreeing >= Fits::kAgree ? kMoreAlike : kQuiteAlike;
    const bool nearly = fits.taking >= 0 && fits.taking > fits.agreeing && like.taking >= alike;
    if (nearly || fits.taking - fits.agreeing >= 0.4) return OverlapKind::kInterruption;
  }
  // Faintly heard, but just what it sounds like.
  const bool faint = taken && fits.taking > fits.agreeing && takes(words);
  const bool well = confidence >= kWellHeard && fits.take_well();
  const bool lone = words.find(' ') == std::string_view::npos;
  const bool guessed = lone && confidence < kHeardShort && fits.taking < Fits::kWell;
  return faint || well || (fits.take_nearly() && !guessed) ? OverlapKind::kInterruption
                                                           : OverlapKind::kUnsure;
}

}  // namespace

const std::shared_ptr<const speech::PhraseGroups>& overlap_phrases() {
  static const auto phrases = std::make_shared<const speech::PhraseGroups>(speech::PhraseGroups{
      {"stop",
       "top",  // an echo swallows the first consonant
       "stop it",
       "please stop",
       "stop talking",
       "wait",
       "wait a moment",
       "wait a minute",
       "wait a second",
       "one moment",
       "one second",
       "just a second",
       "hold on",
       "old on",
       "hold on a second",
       "hang on",
       "hang on a second",
       "no",
       "no no",
       "no wait",
       "no thanks",
       "not that",
       "excuse me",
       "be quiet",
       "quiet",
       "shut up",
       "enough",
       "that's enough",
       "cancel",
       "pause",
       "never mind",
       "forget it",
       "pardon",
       "sorry",
       "hey",
       "listen",
       "go back",
       "skip",
       "skip it",
       "next",
       "next one",
       "repeat",
       "again",
       "say that again",
       "louder",
       "slower",
       "faster",
       "slow down",
       "speak up",
       "start over",
       "what",
       "why",
       "how",
       "who",
       "what's that",
       "that's wrong",
       "another question",
       "turn it down"},
      {"yes",         "yes yes",     "yes okay",    "yeah",         "yeah yeah",    "yeah sure",
       "yep",         "yup",         "right",       "right right",  "that's right", "you're right",
       "okay",        "okay okay",   "okay great",  "okay thanks",  "all right",    "sure",
       "for sure",    "great",       "good",        "oh good",      "good point",   "very good",
       "sounds good", "fine",        "fair enough", "nice",         "oh nice",      "cool",
       "wow",         "oh wow",      "perfect",     "excellent",    "wonderful",    "lovely",
       "brilliant",   "amazing",     "awesome",     "totally",      "understood",   "gotcha",
       "no problem",  "very nice",   "exactly",     "absolutely",   "definitely",   "certainly",
       "indeed",      "interesting", "true",        "that's true",  "makes sense",  "i see",
       "oh i see",    "ah i see",    "oh",          "oh okay",      "ah okay",      "oh yeah",
       "oh really",   "really",      "got it",      "i understand", "i agree",      "of course",
       "thanks",      "thank you",   "aha",         "ah",           "uh huh",       "mhm",
       "mm hmm",      "hmm",         "huh"}});
  return phrases;
}

OverlapKind judge_overlap(std::string_view words, std::optional<double> confidence,
                          std::span<const double> fits) {
  // What no sound outweighs: words that agree and are likely, that ask and are certain, or are many.
  constexpr double kLikely = 0.5;
  constexpr double kCertain = 0.8;
  constexpr std::size_t kMany = 4;
  const std::vector<text::Token> tokens = text::tokenize(words);
  const double heard = confidence.value_or(0.5);
  const Likeness like = likeness_of(join(without_but(tokens)));
  const OverlapKind kind = judge_words(tokens, heard, like);
  // As an "uh-huh" is often heard to begin: its sound makes it no interruption.
  const bool abrupt = !tokens.empty() && tokens.front().text == "but" && kind != OverlapKind::kInterruption;
  if (fits.size() != 2 || abrupt) return kind;
  const Fits sound{fits[0], fits[1]};
  switch (kind) {
    case OverlapKind::kNothing:
      return kind;
    case OverlapKind::kUnsure:
      return judge_odd(words, heard, like, sound);
    case OverlapKind::kBackchannel: {
      const bool likely = confidence.value_or(0) >= kLikely;
      return !likely && sound.take_surely() ? OverlapKind::kInterruption : kind;
    }
    case OverlapKind::kInterruption: {
      const bool odd = heard < kCertain && tokens.size() < kMany && !begins_to_take(tokens);
      const bool unasked = !asks(tokens);
      const bool agreed = sound.agree() || (unasked && (sound.rather_agree() || sound.agree_sooner()));
      return (odd && agreed) || (unasked && sound.agree_surely()) ? OverlapKind::kBackchannel : kind;
    }
  }
  return kind;
}

}  // namespace parley::conversation
