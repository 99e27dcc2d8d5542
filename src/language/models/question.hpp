// SPDX-License-Identifier: Apache-2.0
// What a spoken question asks for: its words with their weights and their possible doubles, and the kind of
// answer it wants.
#pragma once

#include "language/types.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace parley::language {

// What must stand in a sentence that answers.
enum class AnswerKind : std::uint8_t {
  kAny,
  kPerson,      // who
  kPlace,       // where
  kTime,        // when, which day, until when
  kDuration,    // how long, how soon
  kFrequency,   // how often
  kMoney,       // what does it cost
  kQuantity,    // how much: money or another amount
  kCount,       // how many
  kDistance,    // how far
  kWeight,      // how heavy
  kAge,         // how old
  kSpeed,       // how fast
  kYear,        // in which year
  kSteps,       // how do I
  kPermission,  // may I
};

struct Term {
  std::string stem;
  double weight = 0;     // how much it says about the subject
  bool unknown = false;  // no document holds it: another subject, or mis-heard
  std::size_t position = 0;
  bool names_kind = false;  // says what kind of answer is wanted ("price", "maximum"), not what about
  // Stems that count as this one, and how much: itself 1, words of like meaning or sound less.
  std::unordered_map<std::string, double> doubles;
};

struct Question {
  AnswerKind kind = AnswerKind::kAny;
  std::string counted;  // stem of what is counted, with kCount; may be empty
  std::vector<Term> terms;
  double total_weight = 0;
};

// Stems of the passages, by how they sound.
using Vocabulary = std::unordered_map<std::string, std::string>;  // stem to sounds

// Reads the question of a request against the vocabulary of its passages. The text comes from a speech
// recogniser: a word that no document holds may stand for one that sounds like it, alone ("paladin" for
// "Pelican") or cut in pieces ("wire and he" for "warranty").
Question read_question(const ChatRequest& request, const Vocabulary& vocabulary);

}  // namespace parley::language
