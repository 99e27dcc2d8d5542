// SPDX-License-Identifier: Apache-2.0
#include "knowledge/store/ranking.hpp"

#include "knowledge/store/terms.hpp"

#include <array>
#include <cstring>

#include <sqlite3.h>

namespace parley::knowledge {

namespace {

constexpr double kSaturation = 1.2;       // k1: further mentions of a word count less and less
constexpr double kLengthInfluence = 0.4;  // b: chunks are cut to about one length, so that less than usual
constexpr double kReferenceWords = 100;   // the length that is neither rewarded nor punished
// title, heading, body
constexpr std::array<double, 3> kFieldWeights = {0.7, 1.5, 1.0};

double weight_at(const void* weights, int bytes, int phrase) {
  double weight = 0;
  const auto offset = static_cast<std::size_t>(phrase) * sizeof(double);
  if (offset + sizeof(double) > static_cast<std::size_t>(bytes)) return 0;
  std::memcpy(&weight, static_cast<const char*>(weights) + offset, sizeof(double));
  return weight;
}

void score(const Fts5ExtensionApi* api, Fts5Context* match, sqlite3_context* result, int count,
           sqlite3_value** arguments) {
  if (count != 1) return sqlite3_result_error(result, "parley_score takes the weights of the phrases", -1);
  const void* weights = sqlite3_value_blob(arguments[0]);
  const int bytes = sqlite3_value_bytes(arguments[0]);
  const double words = words_of_class(api->xRowid(match) & 0xff);
  const double length = 1 - kLengthInfluence + kLengthInfluence * words / kReferenceWords;
  double sum = 0;
  for (int phrase = 0; phrase < api->xPhraseCount(match); ++phrase) {
    Fts5PhraseIter iterator;
    int column = -1;
    int offset = -1;
    const int code = api->xPhraseFirst(match, phrase, &iterator, &column, &offset);
    if (code != SQLITE_OK) return sqlite3_result_error_code(result, code);
    double mentions = 0;
    for (; column >= 0; api->xPhraseNext(match, &iterator, &column, &offset)) {
      const auto field = static_cast<std::size_t>(column);
      mentions += (field < kFieldWeights.size() ? kFieldWeights[field] : 0) / (field == 2 ? length : 1);
    }
    sum += weight_at(weights, bytes, phrase) * mentions * (kSaturation + 1) / (mentions + kSaturation);
  }
  sqlite3_result_double(result, sum);
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
