// SPDX-License-Identifier: Apache-2.0
// One PocketSphinx decoder: samples to cepstra, cepstra to words. It owns its models (a language model
// shared by two threads gives wrong text). One thread at a time.
#pragma once

#include "runtime/result.hpp"
#include "speech/asr/config.hpp"
#include "speech/asr/models/cepstral_mean.hpp"
#include "speech/asr/models/front_end.hpp"
#include "speech/asr/models/voice_model.hpp"
#include "speech/asr/models/word_lattice.hpp"
#include "speech/bias.hpp"
#include "speech/types.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace parley::speech {

class SphinxDecoder {
 public:
  // How hard to search. Thorough is about three times the work of live: more is kept per frame, and when the
  // utterance ends its words are searched again, all of them with the sounds on both sides. The first
  // thorough search builds its tree of words: some 200 ms.
  enum class Effort { kLive, kThorough };

  // Loads the models: a quarter to half a second. MODEL_REQUIRED when they are not there.
  static runtime::Result<std::unique_ptr<SphinxDecoder>> open(const AsrConfig& config);
  ~SphinxDecoder();
  SphinxDecoder(const SphinxDecoder&) = delete;
  SphinxDecoder& operator=(const SphinxDecoder&) = delete;

  // From the next utterance on, general English together with what `bias` expects; null: general English
  // alone. A change costs 150 to 300 ms. ASR_FAILED when the library refuses it; nothing has changed then.
  runtime::Result<> expect(std::shared_ptr<const Bias> bias);
  const Bias* expected() const { return bias_.get(); }

  // From the next utterance on, sounds as this voice has them; null: as the model was trained. A change costs
  // some 20 ms. ASR_FAILED when the library refuses it; nothing has changed then.
  runtime::Result<> adapt(std::shared_ptr<const VoiceModel> voice);
  const VoiceModel* adapted() const { return voice_.get(); }

  // How the dictionary says a word, or letter-to-sound rules do; nothing for what is no word.
  std::optional<std::vector<std::string>> phones(const std::string& word) const;

  FrontEnd& front_end() { return *front_end_; }

  // The search. `mean` is taken off the frame; words carry times from the first frame of the utterance.
  void begin_utterance(Effort effort = Effort::kLive);  // ends the one before
  void decode(const Cepstrum& frame, const Cepstrum& mean);
  void end_utterance();  // decodes what its look-ahead held back, for some ten milliseconds
  // After end_utterance(), of whose utterance these are the frames: Transcript::fits. Some milliseconds, and
  // as many more when the phrases change; those with words that are in no dictionary are left out.
  std::vector<double> fits(std::span<const Cepstrum> frames, const Cepstrum& mean,
                           const std::shared_ptr<const PhraseGroups>& phrases);

  // The words so far by the first pass: a millisecond, no confidences.
  std::vector<Word> quick_words() const;
  // What was considered in the utterance that has ended; nothing while it goes on, for the library would read
  // beyond the end of a running search.
  WordGraph graph();
  // The second pass: the words with the fewest errors to be expected in all that was considered, once or
  // several times over the same audio, with a calibrated confidence of each and what else may have been said
  // in its place. Together with graph() 10 ms for 4 s, 80 ms for 20 s.
  std::vector<Word> likely_words(std::span<const WordGraph> graphs) const;

 private:
  struct Handle;
  SphinxDecoder(std::unique_ptr<Handle> handle, std::unique_ptr<FrontEnd> front_end);

  const char* search_name() const;
  void take_up(std::shared_ptr<const PhraseGroups> phrases);

  std::unique_ptr<Handle> handle_;
  // Not the library's own, which forgets samples whenever an utterance begins.
  std::unique_ptr<FrontEnd> front_end_;
  std::shared_ptr<const Bias> bias_;
  std::shared_ptr<const VoiceModel> voice_;
  std::shared_ptr<const PhraseGroups> phrases_;  // for which there is a search each
  std::size_t taught_ = 0;                       // words that its dictionary lacked
  bool in_utterance_ = false;
  Effort effort_ = Effort::kLive;
};

}  // namespace parley::speech
