// SPDX-License-Identifier: Apache-2.0
#include "alignment.hpp"

#include "speech/asr/config.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <pocketsphinx.h>
#include <sphinxbase/err.h>

namespace parley::bench {

struct Alignment::Decoder {
  cmd_ln_t* config = nullptr;
  ps_decoder_t* decoder = nullptr;
};

Alignment::Alignment() : decoder_(new Decoder) {
  err_set_logfp(nullptr);
  const std::string folder = speech::AsrConfig().model_dir;
  const std::string model = folder + "/en-us";
  const std::string dictionary = folder + "/cmudict-en-us.dict";
  // Nothing is cut off: the right path must be found, not soon.
  decoder_->config = cmd_ln_init(nullptr, ps_args(), TRUE, "-hmm", model.c_str(), "-dict", dictionary.c_str(),
                                 "-beam", "1e-80", "-wbeam", "1e-60", "-pbeam", "1e-80", "-maxhmmpf", "-1",
                                 "-fsgusefiller", "yes", "-remove_silence", "no", nullptr);
  if (decoder_->config != nullptr) decoder_->decoder = ps_init(decoder_->config);
  if (decoder_->decoder == nullptr) {
    std::fprintf(stderr, "the acoustic model for the alignment is not there\n");
    std::exit(1);
  }
}

Alignment::~Alignment() {
  ps_free(decoder_->decoder);
  cmd_ln_free_r(decoder_->config);
  delete decoder_;
}

std::vector<speech::Word> Alignment::align(const std::vector<std::string>& words,
                                           std::span<const std::int16_t> samples) const {
  std::string grammar = "#JSGF V1.0; grammar words; public <all> =";
  for (const std::string& word : words) grammar += " " + word;
  grammar += ";";
  ps_decoder_t* decoder = decoder_->decoder;
  std::vector<speech::Word> found;
  if (ps_set_jsgf_string(decoder, "words", grammar.c_str()) != 0) return found;
  if (ps_set_search(decoder, "words") != 0 || ps_start_utt(decoder) != 0) return found;
  ps_process_raw(decoder, samples.data(), samples.size(), FALSE, TRUE);
  ps_end_utt(decoder);
  for (ps_seg_t* segment = ps_seg_iter(decoder); segment != nullptr; segment = ps_seg_next(segment)) {
    const std::string text = ps_seg_word(segment);
    if (text.empty() || text[0] == '<' || text[0] == '[' || text[0] == '+' || text == "(NULL)") continue;
    int first = 0;
    int last = 0;
    ps_seg_frames(segment, &first, &last);
    found.push_back({text.substr(0, text.find('(')), std::chrono::milliseconds(first * 10),
                     std::chrono::milliseconds((last + 1) * 10)});
  }
  if (found.size() != words.size()) found.clear();
  return found;
}

}  // namespace parley::bench
