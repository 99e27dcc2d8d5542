// SPDX-License-Identifier: Apache-2.0
// Documents, the chunks they are cut into, and what a search gives back.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace parley::knowledge {

enum class DocumentStatus : std::uint8_t { kPending, kProcessing, kCompleted, kFailed };

struct Document {
  std::string id;
  std::string filename;  // as given by whoever added it, without directories
  std::string title;     // first heading or <title>, else the file name
  DocumentStatus status = DocumentStatus::kPending;
  std::int64_t size_bytes = 0;
  std::int64_t chunks = 0;
  std::string error = {};  // why it failed, for the user
  std::int64_t created_at_ms = 0;
};

// A piece of a document. Offsets are bytes of the document's extracted text (UTF-8), which is kept, so that
// text == content.substr(start, end - start).
struct Hit {
  std::string chunk_id;
  std::string document_id;
  std::string filename;
  std::string title;
  std::string heading;  // path of headings, " > " between
  std::string text;
  std::int64_t start = 0;
  std::int64_t end = 0;
  double score = 0;  // higher is better; comparable within one search only
};

// What a recogniser thought may have been said instead of a word of the query. All folded.
struct HeardAlternative {
  std::string heard;
  std::string word;
  double posterior = 0;  // 0 to 1

  bool operator==(const HeardAlternative&) const = default;
};

struct Query {
  std::string text;  // words as recognised or typed
  std::size_t limit = 5;
  // Recognised, hence perhaps mis-heard: words of the documents that sound like it are looked for, too.
  bool heard = false;
  std::vector<HeardAlternative> alternatives = {};

  bool operator==(const Query&) const = default;
};

// A word of the documents that was most likely said where the query has another: the best hit holds it.
struct Correction {
  std::size_t start = 0;  // bytes of the query's text: [start, end)
  std::size_t end = 0;
  std::string heard;  // these bytes
  std::string word;

  bool operator==(const Correction&) const = default;
};

struct SearchResult {
  std::vector<Hit> hits;
  // Weight of each content word of the query, by stem: ln(1 + (N - n + 0.5) / (n + 0.5)) over the tenant's
  // chunks (BM25's idf), as if there were 100 when there are fewer. A stem that no chunk holds has the
  // greatest weight, and is in `unknown_stems`.
  std::map<std::string, double> term_weights;
  std::vector<std::string> unknown_stems;
  bool heard = false;  // as the query says: an unknown stem may be one that was mis-heard
  std::vector<Correction> corrections = {};  // of a query that was heard, in its order
};

}  // namespace parley::knowledge
