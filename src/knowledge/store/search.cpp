// SPDX-License-Identifier: Apache-2.0
#include "knowledge/store/search.hpp"

#include "knowledge/store/ranking.hpp"
#include "knowledge/store/terms.hpp"
#include "storage/database.hpp"
#include "text/numbers.hpp"
#include "text/related.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace parley::knowledge {

using runtime::Context;
using runtime::Result;
using storage::Row;
using storage::Session;

namespace {

constexpr std::size_t kMaxQueryBytes = 4000;  // of a longer text the beginning is searched for
constexpr std::size_t kMaxQueryWords = 32;    // the rarest ones
constexpr std::size_t kMaxCountedWords = 64;  // of which some are in no document
// Likelihood of a guess that is taken for what was said: for one word, and for several, which are seldom like
// another word by chance.
constexpr double kCorrected = 0.55;
constexpr double kCorrectedRun = 0.45;
constexpr std::size_t kMaxRelated = 12;  // for each word
constexpr double kRelatedShare = 0.65;   // of a word's weight, for one of like meaning in its place
constexpr std::size_t kMaxHits = 50;
constexpr std::size_t kMaxKnownCounts = 100'000;
constexpr std::int64_t kFewChunks = 100;

double idf(std::int64_t all, std::int64_t with) {
  const auto n = static_cast<double>(std::min(all, with));
  return std::log(1 + (static_cast<double>(all) - n + 0.5) / (n + 0.5));
}

// Sorted.
std::vector<std::string> distinct_stems(std::span<const text::Token> tokens) {
  std::vector<std::string> stems;
  for (const text::Token& token : tokens) {
    if (!text::is_stop_word(token.text)) stems.push_back(text::stem(token.text));
  }
  std::ranges::sort(stems);
  const auto repeats = std::ranges::unique(stems);
  stems.erase(repeats.begin(), repeats.end());
  return stems;
}

// Terms hold letters, digits and '_' only; the quotes keep FTS5's own words (AND, NEAR) from meaning
// anything.
std::string match_expression(const std::vector<QueryWord>& words) {
  std::string expression;
  for (const QueryWord& word : words) {
    for (const QueryWord::Term& term : word.terms) {
      if (!expression.empty()) expression += " OR ";
      expression += '"' + term.text + '"';
    }
  }
  return expression;
}

storage::Bytes weights_of(const std::vector<QueryWord>& words) {
  storage::Bytes bytes;
  for (std::size_t group = 0; group < words.size(); ++group) {
    for (const QueryWord::Term& term : words[group].terms) {
      const PhraseWeight weight{term.weight, static_cast<std::int64_t>(group)};
      const auto* data = reinterpret_cast<const std::byte*>(&weight);
      bytes.insert(bytes.end(), data, data + sizeof(weight));
    }
  }
  return bytes;
}

Result<std::vector<Hit>> find_hits(Session& session, const std::vector<QueryWord>& words, std::size_t limit) {
  const auto rows = session.query(
      "select c.id, d.id, d.filename, d.title, c.heading, c.content, c.start_offset, c.end_offset, f.score"
      " from (select rowid as id, parley_score(chunk_terms, $2) as score from chunk_terms"
      " where chunk_terms match $1 order by score desc, rowid limit $3) f"
      " join chunks c on c.id = f.id join documents d on d.sequence = c.document order by f.score desc, c.id",
      {match_expression(words), weights_of(words), limit});
  if (!rows) return rows.error();
  std::vector<Hit> hits;
  for (const Row& row : *rows) {
    hits.push_back({.chunk_id = std::to_string(row.get<std::int64_t>(0)),
                    .document_id = row.get<std::string>(1),
                    .filename = row.get<std::string>(2),
                    .title = row.get<std::string>(3),
                    .heading = row.get<std::string>(4),
                    .text = row.get<std::string>(5),
                    .start = row.get<std::int64_t>(6),
                    .end = row.get<std::int64_t>(7),
                    .score = row.get<double>(8)});
  }
  return hits;
}

// The guesses that the best hit bears out: it holds the word, and not the one that was heard.
std::vector<Correction> corrections_in(const std::string& query, std::span<const text::Token> tokens,
                                       std::vector<Guess> guesses, const Hit& best) {
  const auto stems = text::content_stems(best.title + '\n' + best.heading + '\n' + best.text);
  const std::set<std::string> held(stems.begin(), stems.end());
  std::vector<bool> taken(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) taken[i] = held.contains(text::stem(tokens[i].text));
  std::ranges::sort(guesses, [](const Guess& a, const Guess& b) {
    return a.likelihood != b.likelihood ? a.likelihood > b.likelihood
                                        : std::tie(a.first, a.word) < std::tie(b.first, b.word);
  });
  std::vector<Correction> corrections;
  for (const Guess& guess : guesses) {
    if (guess.likelihood < (guess.end - guess.first > 1 ? kCorrectedRun : kCorrected)) continue;
    const auto first = taken.begin() + static_cast<std::ptrdiff_t>(guess.first);
    const auto end = taken.begin() + static_cast<std::ptrdiff_t>(guess.end);
    if (!held.contains(text::stem(guess.word)) || std::find(first, end, true) != end) continue;
    std::fill(first, end, true);
    const std::size_t start = tokens[guess.first].start;
    const std::size_t stop = tokens[guess.end - 1].end;
    corrections.push_back({start, stop, query.substr(start, stop - start), guess.word});
  }
  std::ranges::sort(corrections, {}, &Correction::start);
  return corrections;
}

}  // namespace

Result<SearchResult> FullTextSearch::search(const Context& context, const Query& query,
                                            const SoundIndex* spoken) {
  // Before the transaction sees its state of the database, so that no older count is kept as of now.
  const std::uint64_t generation = forget_outdated();
  return database_.read(context, [&](Session& session) {
    return search_in(session, context.tenant, generation, query, spoken);
  });
}

Result<SearchResult> FullTextSearch::search_in(Session& session, const std::string& name,
                                               std::uint64_t generation, const Query& query,
                                               const SoundIndex* spoken) {
  SearchResult result;
  result.heard = query.heard;
  const auto tokens = text::canonical_tokens(std::string_view(query.text).substr(0, kMaxQueryBytes));
  const auto stems = distinct_stems(tokens);
  if (stems.empty()) return result;
  const auto found = session.query("select id, chunk_count from tenants where name = $1", {name});
  if (!found) return found.error();
  Tenant tenant{.generation = generation};
  if (!found->empty()) {
    tenant.key = found->front().get<std::int64_t>(0);
    tenant.chunks = found->front().get<std::int64_t>(1);
  }
  std::vector<QueryWord> words;
  for (const std::string& stem : stems) {
    const std::string term = index_term(tenant.key, stem);
    const auto count = chunks_with(session, tenant, term);
    if (!count) return count.error();
    QueryWord word{.stem = stem, .weight = idf(tenant.chunks, *count), .terms = {}};
    // In a library of a few chunks every word stands in most of them, and yet says what is asked for.
    result.term_weights[stem] = idf(std::max(tenant.chunks, kFewChunks), *count);
    if (*count == 0) {
      result.unknown_stems.push_back(stem);
    } else {
      word.terms.push_back({term, word.weight});
    }
    words.push_back(std::move(word));
  }
  std::ranges::sort(words, [](const QueryWord& a, const QueryWord& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.stem < b.stem;
  });
  if (words.size() > kMaxCountedWords) words.resize(kMaxCountedWords);
  for (QueryWord& word : words) {
    const Result<> added = add_related(session, tenant, stems, word);
    if (!added) return added.error();
  }
  std::vector<Guess> guesses;
  if (query.heard && spoken != nullptr) {
    const auto is_known = [&](std::string_view token) {
      const auto known = std::ranges::find(words, text::stem(token), &QueryWord::stem);
      return known == words.end() || !known->terms.empty();
    };
    guesses = guess_words(tokens, query.alternatives, *spoken, is_known);
    const Result<> added = add_guesses(session, tenant, tokens, guesses, words);
    if (!added) return added.error();
  }
  std::erase_if(words, [](const QueryWord& word) { return word.terms.empty(); });
  if (words.empty()) return result;
  if (words.size() > kMaxQueryWords) words.resize(kMaxQueryWords);
  auto hits = find_hits(session, words, std::clamp<std::size_t>(query.limit, 1, kMaxHits));
  if (!hits) return hits.error();
  result.hits = std::move(*hits);
  if (!result.hits.empty()) result.corrections = corrections_in(query.text, tokens, guesses, result.hits[0]);
  return result;
}

Result<> FullTextSearch::add_guesses(Session& session, const Tenant& tenant,
                                     std::span<const text::Token> tokens, const std::vector<Guess>& guesses,
                                     std::vector<QueryWord>& words) {
  for (const Guess& guess : guesses) {
    const std::string term = index_term(tenant.key, text::stem(guess.word));
    const auto count = chunks_with(session, tenant, term);
    if (!count) return count.error();
    if (*count == 0) continue;  // of a document that has gone since
    const double weight = guess.likelihood * idf(tenant.chunks, *count);
    // In the place of one word it is one more to stand for that word; in the place of several, of its own.
    auto place = words.end();
    std::string name = text::stem(tokens[guess.first].text);
    if (guess.end == guess.first + 1) {
      place = std::ranges::find(words, name, &QueryWord::stem);
    } else {
      for (std::size_t i = guess.first + 1; i < guess.end; ++i) name += ' ' + tokens[i].text;
      place = std::ranges::find(words, name, &QueryWord::stem);
    }
    if (place == words.end()) {
      place = words.insert(words.end(), {.stem = name, .weight = weight, .terms = {}});
    }
    place->terms.push_back({term, weight});
  }
  return {};
}

Result<> FullTextSearch::add_related(Session& session, const Tenant& tenant,
                                     const std::vector<std::string>& asked, QueryWord& word) {
  std::size_t added = 0;
  for (const std::string_view related : text::related_stems(word.stem)) {
    if (added == kMaxRelated) break;
    const std::string stem(related);
    if (std::ranges::binary_search(asked, stem)) continue;
    const std::string term = index_term(tenant.key, stem);
    const auto count = chunks_with(session, tenant, term);
    if (!count) return count.error();
    if (*count == 0) continue;
    word.terms.push_back({term, kRelatedShare * std::min(word.weight, idf(tenant.chunks, *count))});
    ++added;
  }
  return {};
}

Result<std::int64_t> FullTextSearch::chunks_with(Session& session, const Tenant& tenant,
                                                 const std::string& term) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = counts_.find(term);
    if (known != counts_.end() && tenant.generation == generation_) return known->second;
  }
  const auto rows = session.query("select doc from chunk_vocabulary where term = $1", {term});
  if (!rows) return rows.error();
  const std::int64_t count = rows->empty() ? 0 : rows->front().get<std::int64_t>(0);
  const std::lock_guard lock(mutex_);
  if (tenant.generation != generation_) return count;
  if (counts_.size() >= kMaxKnownCounts) counts_.clear();
  counts_[term] = count;
  return count;
}

std::uint64_t FullTextSearch::forget_outdated() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t now = store_.generation();
  if (now != generation_) counts_.clear();
  generation_ = now;
  return now;
}

}  // namespace parley::knowledge
