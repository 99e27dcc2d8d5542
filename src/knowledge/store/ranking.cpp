// SPDX-License-Identifier: Apache-2.0
#include "knowledge/store/ranking.hpp"

#include "knowledge/store/terms.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <sqlite3.h>

namespace parley::knowledge {

namespace {

constexpr double kSaturation = 2.0;       // k1: further mentions of a word count less and less
constexpr double kLengthInfluence = 0.2;  // b: chunks are cut to about one length, so that less than usual
constexpr double kReferenceWords = 100;   // the length that is neither rewarded nor punished
// title, heading, body
constexpr std::array<double, 3> kFieldWeights = {0.3, 1.0, 1.0};
constexpr std::size_t kBody = 2;

// Weighted mentions of one phrase in the row. SQLite's result code.
int count_mentions(const Fts5ExtensionApi* api, Fts5Context* match, int phrase, double length,
                   double& mentions) {
  Fts5PhraseIter iterator;
  int column = -1;
  int offset = -1;
  const int code = api->xPhraseFirst(match, phrase, &iterator, &column, &offset);
  if (code != SQLITE_OK) return code;
  for (; column >= 0; api->xPhraseNext(match, &iterator, &column, &offset)) {
    const auto field = static_cast<std::size_t>(column);
    if (field < kFieldWeights.size()) mentions += kFieldWeights[field] / (field == kBody ? length : 1);
  }
  return SQLITE_OK;
}

void score(const Fts5ExtensionApi* api, Fts5Context* match, sqlite3_context* result, int count,
           sqlite3_value** arguments) {
  const int phrases = api->xPhraseCount(match);
  const auto expected = static_cast<std::size_t>(phrases) * sizeof(PhraseWeight);
  if (count != 1 || static_cast<std::size_t>(sqlite3_value_bytes(arguments[0])) != expected) {
    return sqlite3_result_error(result, "parley_score takes one weight for each phrase", -1);
  }
  const auto* weights = static_cast<const char*>(sqlite3_value_blob(arguments[0]));
  const double words = words_of_class(api->xRowid(match) & 0xff);
  const double length = 1 - kLengthInfluence + kLengthInfluence * words / kReferenceWords;
  double sum = 0;
  double best = 0;
  std::int64_t group = -1;
  for (int phrase = 0; phrase < phrases; ++phrase) {
    PhraseWeight weight;
    std::memcpy(&weight, weights + static_cast<std::size_t>(phrase) * sizeof(weight), sizeof(weight));
    double mentions = 0;
    const int code = count_mentions(api, match, phrase, length, mentions);
    if (code != SQLITE_OK) return sqlite3_result_error_code(result, code);
    if (weight.group != group) {
      sum += best;
      best = 0;
      group = weight.group;
    }
    best = std::max(best, weight.weight * mentions * (kSaturation + 1) / (mentions + kSaturation));
  }
  sqlite3_result_double(result, sum + best);
}

}  // namespace

int register_ranking(sqlite3* connection) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(connection, "select fts5(?1)", -1, &statement, nullptr);
  if (code != SQLITE_OK) return code;
  fts5_api* api = nullptr;
  sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
  sqlite3_step(statement);
  code = sqlite3_finalize(statement);
  if (code != SQLITE_OK) return code;
  if (api == nullptr) return SQLITE_ERROR;
  return api->xCreateFunction(api, "parley_score", nullptr, score, nullptr);
}

}  // namespace parley::knowledge
