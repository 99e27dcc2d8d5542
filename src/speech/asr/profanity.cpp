// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/profanity.hpp"

#include <algorithm>
#include <array>

namespace parley::speech {

namespace {

// In order. Words that are harmless in another sense ("cock", "bastard file") are left out.
constexpr auto kProfane = std::to_array<std::string_view>({
    "arsehole", "arseholes",    "ass",           "asses",         "asshole",    "assholes",    "bitch",
    "bitches",  "bitching",     "bullshit",      "bullshitting",  "cocksucker", "cocksuckers", "cunt",
    "cunts",    "dickhead",     "dickheads",     "dipshit",       "dumbass",    "fag",         "faggot",
    "faggots",  "fags",         "fuck",          "fucked",        "fucker",     "fuckers",     "fuckin",
    "fucking",  "fucks",        "fuckup",        "goddamn",       "goddamned",  "horseshit",   "jackass",
    "kike",     "motherfucker", "motherfuckers", "motherfucking", "nigga",      "niggas",      "nigger",
    "niggers",  "piss",         "pissed",        "prick",         "pricks",     "pussy",       "shit",
    "shits",    "shitting",     "shitty",        "slut",          "sluts",      "spic",        "twat",
    "twats",    "wank",         "wanker",        "wankers",       "whore",      "whores",
});
static_assert(std::ranges::is_sorted(kProfane));

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

bool is_profane(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::ranges::binary_search(kProfane, std::string_view(lower));
}

std::string masked_profanity(std::string_view text) {
  std::string out(text);
  for (std::size_t at = 0; at < out.size();) {
    std::size_t end = at;
    while (end < out.size() && is_letter(out[end])) ++end;
    if (end > at && is_profane(std::string_view(out).substr(at, end - at))) {
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(at + 1),
                out.begin() + static_cast<std::ptrdiff_t>(end), '*');
    }
    at = end + 1;
  }
  return out;
}

void mask_profanity(Transcript& transcript) {
  transcript.text = masked_profanity(transcript.text);
  transcript.spoken = masked_profanity(transcript.spoken);
  for (Word& word : transcript.words) {
    word.text = masked_profanity(word.text);
    for (Alternative& other : word.alternatives) other.text = masked_profanity(other.text);
  }
}

}  // namespace parley::speech
