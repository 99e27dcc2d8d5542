// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/sphinx_lattice.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>

namespace parley::speech {

namespace {

int first_frame(ps_latnode_t* node) {
  std::int16_t first_end = 0;
  std::int16_t last_end = 0;
  return ps_latnode_times(node, &first_end, &last_end);
}

// "read(2)", the second pronunciation, is the word "read"; fillers are no words.
int word_of(ps_lattice_t* lattice, ps_latnode_t* node, ngram_model_t* language) {
  const char* text = ps_latnode_baseword(lattice, node);
  if (text == nullptr || *text == '<' || *text == '[' || *text == '+') return kNoWord;
  const std::string_view word(text);
  return ngram_wid(language, std::string(word.substr(0, word.find('('))).c_str());
}

}  // namespace

WordLattice read_lattice(ps_lattice_t* lattice, ngram_model_t* language, logmath_t* scale, int frames) {
  // The library goes through them from the end to the beginning.
  std::vector<ps_latnode_t*> nodes;
  for (auto* each = ps_latnode_iter(lattice); each != nullptr; each = ps_latnode_iter_next(each)) {
    nodes.push_back(ps_latnode_iter_node(each));
  }
  std::reverse(nodes.begin(), nodes.end());
  std::unordered_map<ps_latnode_t*, std::size_t> numbers;
  for (std::size_t i = 0; i < nodes.size(); ++i) numbers[nodes[i]] = i;
  WordLattice result;
  for (ps_latnode_t* node : nodes) {
    auto& mine =
        result.nodes.emplace_back(WordLattice::Node{word_of(lattice, node, language), first_frame(node), {}});
    for (auto* each = ps_latnode_exits(node); each != nullptr; each = ps_latlink_iter_next(each)) {
      ps_latlink_t* link = ps_latlink_iter_link(each);
      int acoustic = 0;
      ps_latlink_prob(lattice, link, &acoustic);
      mine.exits.push_back({numbers.at(ps_latlink_nodes(link, nullptr)), logmath_log_to_ln(scale, acoustic)});
    }
  }
  if (result.nodes.empty()) return result;
  // Speech that breaks off ends with a word.
  if (result.nodes.back().word != kNoWord) {
    result.nodes.back().exits.push_back({result.nodes.size(), 0});
    result.nodes.push_back({kNoWord, frames, {}});
  }
  return result;
}

LanguageScore language_score(ngram_model_t* language, logmath_t* scale) {
  return [language, scale](int word, int before, int before_that) {
    int used = 0;
    int score = 0;
    if (before == kNoWord) {
      score = ngram_ng_score(language, word, nullptr, 0, &used);
    } else if (before_that == kNoWord) {
      score = ngram_bg_score(language, word, before, &used);
    } else {
      score = ngram_tg_score(language, word, before, before_that, &used);
    }
    return logmath_log_to_ln(scale, score);
  };
}

}  // namespace parley::speech
