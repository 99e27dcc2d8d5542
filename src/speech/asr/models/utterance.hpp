// SPDX-License-Identifier: Apache-2.0
// One stream of speech on its way through a decoder: what is decoded when, and with which cepstral mean, so
// that the words come while speech goes on and the final ones are there when the turn ends.
//
// - Decoding begins 0.45 s after a voice was heard, when there is a usable mean, or when the voice rests, and
//   catches up. After a second the beginning is decoded once more with the better mean; a shorter utterance
//   in its first lull, if there is more of a mean by then. What is compared with phrases is decoded later, to
//   be decoded once.
// - In a lull, a silence of 180 ms, the second pass runs on what has been said, within the silence that the
//   turn engine waits for anyway: if the turn ends there, the final words exist already; if speech goes on,
//   it is searched once more. What is longer than 4 s, and what is compared with phrases, waits for a pause.
// - At each pause of 250 ms, the same; what was said before goes on as context.
// - A recording is cut at a pause of a second, at any pause after 15 s, and at the latest after 30 s, which
//   bounds memory and lattice; silence between the pieces is not searched.
//
// What is decoded depends on the samples alone, not on when they come or how they are divided.
#pragma once

#include "speech/asr/models/cepstral_mean.hpp"
#include "speech/asr/models/sphinx_decoder.hpp"
#include "speech/types.hpp"
#include "speech/voice_activity.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace parley::speech {

// Fills in what follows from the words of a transcript.
void describe(Transcript& transcript);

// One thread at a time. Uses the decoder alone; may be destroyed at any point of a search, at no cost.
class Utterance {
 public:
  // With what is known of the microphone, if anything is, the search begins at once.
  // `keep` keeps what was searched, for kept().
  // `phrases` are those of RecognizeOptions.
  explicit Utterance(SphinxDecoder& decoder, const std::optional<CepstralMean>& channel = std::nullopt,
                     bool keep = false, std::shared_ptr<const PhraseGroups> phrases = nullptr);
  Utterance(const Utterance&) = delete;
  Utterance& operator=(const Utterance&) = delete;

  // Takes samples (16 kHz mono): cheap, no search.
  void accept(std::span<const std::int16_t> samples);

  // Does a piece of the search: 200 ms of audio, at a pause or the second look at a beginning up to 400 ms of
  // work. True while there is more to do without new samples.
  bool advance();

  // The transcript so far, when since the last call its words changed or settled.
  std::optional<Transcript> take_partial();

  // No more samples: the final transcript. Empty when no voice was heard.
  Transcript finish();

  // After finish(): the mean of all that was heard, and the samples with words in them, half a minute at the
  // most.
  const CepstralMean& channel() const { return mean_; }
  const std::vector<std::int16_t>& kept() const { return kept_; }
  // Whether words were heard, and all of their samples were kept.
  bool kept_all() const { return kept_all_ && !kept_.empty(); }

 private:
  // What the voice detector said, at the frame that will be next when the search comes there.
  struct Mark {
    enum class Kind : std::uint8_t { kOnset, kLull, kGoesOn, kPause, kLongPause };
    Kind kind;
    std::int64_t frame;
    std::int64_t began;  // onset: the frame in which the voice began
  };

  void detect_voice(std::span<const std::int16_t, kVadFrameSamples> block);
  void apply(const Mark& mark);
  bool search_next_frame();
  void open_segment(std::int64_t first);
  void close_segment();
  void keep_segment();
  void search_again();
  void look_again();
  void settle();
  bool brief() const;
  std::int64_t available() const { return base_ + static_cast<std::int64_t>(frames_.size()); }
  const Cepstrum& frame(std::int64_t index) const { return frames_[static_cast<std::size_t>(index - base_)]; }
  void drop_frames_before(std::int64_t index);
  std::vector<Word> placed(std::vector<Word> words) const;
  Transcript transcript() const;

  SphinxDecoder& decoder_;
  VoiceActivityDetector voice_;
  std::vector<std::int16_t> rest_;  // samples that do not fill a frame yet
  std::optional<std::int64_t> silent_since_;
  bool paused_ = false;  // that silence has been marked
  bool quiet_ = false;   // a lull has been marked

  // Frames are numbered from the start of the audio, 100 a second.
  std::deque<Cepstrum> frames_;
  std::int64_t base_ = 0;  // number of frames_[0]
  std::deque<Mark> marks_;
  CepstralMean mean_;
  std::int64_t averaged_ = 0;  // frames before this are in the mean
  const bool known_;           // the mean is good from the beginning
  const bool keep_;
  const std::shared_ptr<const PhraseGroups> phrases_;
  std::vector<std::int16_t> recording_;  // all samples, when something is to be kept of them
  std::vector<std::int16_t> kept_;
  bool kept_all_ = true;

  std::int64_t position_ = 0;  // the next frame to search
  bool open_ = false;          // a segment is being searched
  bool speaking_ = false;      // as of position_
  bool lull_ = false;          // likewise, and the words settled in it
  bool searched_again_ = false;
  bool finishing_ = false;
  std::int64_t first_ = 0;       // first frame of the segment
  std::int64_t begin_when_ = 0;  // frames that must be there before its search begins
  std::int64_t mean_of_ = 0;     // frames before this were in the mean when it began

  std::vector<Word> done_;                    // words of the segments before
  std::optional<std::vector<Word>> settled_;  // of this one by the second pass, until more is said
  std::vector<double> fits_;                  // likewise
  std::int64_t samples_ = 0;
  std::string reported_;
  bool reported_settled_ = true;
};

}  // namespace parley::speech
