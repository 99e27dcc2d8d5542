// SPDX-License-Identifier: Apache-2.0
#include "knowledge/store/search.hpp"

#include "knowledge/store/terms.hpp"
#include "storage/database.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace parley::knowledge {

using runtime::Context;
using runtime::Result;
using storage::Row;
using storage::Session;

namespace {

constexpr std::size_t kMaxQueryBytes = 4000;  // of a longer text the beginning is searched for
constexpr std::size_t kMaxQueryTerms = 32;    // the rarest ones
constexpr std::size_t kMaxHits = 50;
constexpr std::size_t kMaxKnownCounts = 100'000;

struct QueryTerm {
  std::string stem;
  std::string term;
  double weight;
};

double idf(std::int64_t all, std::int64_t with) {
  const auto n = static_cast<double>(with);
  return std::log(1 + (static_cast<double>(all) - n + 0.5) / (n + 0.5));
}

std::vector<std::string> distinct_stems(const std::string& text) {
  auto stems = text::content_stems(std::string_view(text).substr(0, kMaxQueryBytes));
  std::ranges::sort(stems);
  const auto repeats = std::ranges::unique(stems);
  stems.erase(repeats.begin(), repeats.end());
  return stems;
}

// Terms hold letters, digits and '_' only; the quotes keep FTS5's own words (AND, NEAR) from meaning
// anything.
std::string match_expression(const std::vector<QueryTerm>& terms) {
  std::string expression;
  for (const QueryTerm& term : terms) {
    if (!expression.empty()) expression += " OR ";
    expression += '"' + term.term + '"';
  }
  return expression;
}

storage::Bytes weights_of(const std::vector<QueryTerm>& terms) {
  storage::Bytes bytes(terms.size() * sizeof(double));
  for (std::size_t i = 0; i < terms.size(); ++i) {
    std::memcpy(bytes.data() + i * sizeof(double), &terms[i].weight, sizeof(double));
  }
  return bytes;
}

Result<std::vector<Hit>> find_hits(Session& session, const std::vector<QueryTerm>& terms, std::size_t limit) {
  const auto rows = session.query(
      "select c.id, d.id, d.filename, d.title, c.heading, c.content, c.start_offset, c.end_offset, f.score"
      " from (select rowid as id, parley_score(chunk_terms, $2) as score from chunk_terms"
      " where chunk_terms match $1 order by score desc, rowid limit $3) f"
      " join chunks c on c.id = f.id join documents d on d.sequence = c.document order by f.score desc, c.id",
      {match_expression(terms), weights_of(terms), limit});
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

}  // namespace

Result<SearchResult> FullTextSearch::search(const Context& context, const Query& query) {
  // Before the transaction sees its state of the database, so that no older count is kept as of now.
  const std::uint64_t generation = forget_outdated();
  return database_.read(
      context, [&](Session& session) { return search_in(session, context.tenant, generation, query); });
}

Result<SearchResult> FullTextSearch::search_in(Session& session, const std::string& name,
                                               std::uint64_t generation, const Query& query) {
  SearchResult result;
  const auto stems = distinct_stems(query.text);
  if (stems.empty()) return result;
  const auto found = session.query("select id, chunk_count from tenants where name = $1", {name});
  if (!found) return found.error();
  Tenant tenant;
  if (!found->empty()) tenant = {found->front().get<std::int64_t>(0), found->front().get<std::int64_t>(1)};
  std::vector<QueryTerm> terms;
  for (const std::string& stem : stems) {
    std::string term = index_term(tenant.key, stem);
    const auto count = chunks_with(session, term, generation);
    if (!count) return count.error();
    const double weight = idf(tenant.chunks, std::min(*count, tenant.chunks));
    result.term_weights[stem] = weight;
    if (*count == 0) {
      result.unknown_stems.push_back(stem);
    } else {
      terms.push_back({stem, std::move(term), weight});
    }
  }
  if (terms.empty()) return result;
  std::ranges::sort(terms, [](const QueryTerm& a, const QueryTerm& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.stem < b.stem;
  });
  if (terms.size() > kMaxQueryTerms) terms.resize(kMaxQueryTerms);
  auto hits = find_hits(session, terms, std::clamp<std::size_t>(query.limit, 1, kMaxHits));
  if (!hits) return hits.error();
  result.hits = std::move(*hits);
  return result;
}

Result<std::int64_t> FullTextSearch::chunks_with(Session& session, const std::string& term,
                                                 std::uint64_t generation) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = counts_.find(term);
    if (known != counts_.end()) return known->second;
  }
  const auto rows = session.query("select doc from chunk_vocabulary where term = $1", {term});
  if (!rows) return rows.error();
  const std::int64_t count = rows->empty() ? 0 : rows->front().get<std::int64_t>(0);
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return count;
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
