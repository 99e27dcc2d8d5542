// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/sphinx_decoder.hpp"

#include "speech/asr/models/acoustic_model.hpp"
#include "speech/asr/models/confidence.hpp"
#include "speech/asr/models/least_risk.hpp"
#include "speech/asr/models/sphinx_lattice.hpp"
#include "speech/g2p/letter_to_sound.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <sphinxbase/feat.h>
#include <sphinxbase/fsg_model.h>
#include <sphinxbase/jsgf.h>
#include <sphinxbase/ngram_model.h>
#include <sys/mman.h>
#include <unistd.h>

namespace parley::speech {

namespace {

// The weights of the language model in the first and in the second pass. Posteriors are those of a sentence
// whose language model counts as it stands.
constexpr double kLanguageWeight = 6.5;
constexpr double kSecondLanguageWeight = 13;
constexpr LatticeWeights kSecondPass{kSecondLanguageWeight / kLanguageWeight, 1 / kSecondLanguageWeight};
constexpr long kThoroughStates = 30'000;
constexpr const char* kSearch = "words";
constexpr const char* kThoroughSearch = "thorough";
// The library counts sound in units of 1.0001 to the power of 1024.
constexpr double kNats = 0.1024;
// The fit of what has no phrase in it.
constexpr double kNoFit = -10;
// Where the library notes the file of the Gaussians' means.
constexpr const char* kMeansFile = "_mean";
// How much of what is said comes from the documents.
constexpr double kBiasShare = 0.3;
// A dictionary cannot forget a word, and clients name words, too: so many new ones does a decoder learn in
// its life.
constexpr std::size_t kMostTaught = 50'000;

bool is_word(std::string_view text) {
  return !text.empty() && text[0] != '<' && text[0] != '[' && text[0] != '+';
}

std::chrono::milliseconds frame_time(int frame) { return std::chrono::milliseconds(frame * 10); }

// "read(2)", the second pronunciation, is the word "read".
std::string without_variant(std::string_view word) { return std::string(word.substr(0, word.find('('))); }

struct FreeModel {
  void operator()(ngram_model_t* model) const { ngram_model_free(model); }
};
using Model = std::unique_ptr<ngram_model_t, FreeModel>;

struct FreeGrammar {
  void operator()(jsgf_t* grammar) const { jsgf_grammar_free(grammar); }
};
using Grammar = std::unique_ptr<jsgf_t, FreeGrammar>;

// A transform that changes nothing, as the library reads it: for each stream a matrix, an offset and factors
// of the variances.
std::string same_means() {
  std::string text = fmt::format("1\n{}\n", kFeatureStreams);
  for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
    text += fmt::format("{}\n", kCepstra);
    for (std::size_t i = 0; i < kCepstra; ++i) {
      for (std::size_t k = 0; k < kCepstra; ++k) text += i == k ? "1 " : "0 ";
      text += '\n';
    }
    for (const char* each : {"0 ", "1 "}) {
      for (std::size_t i = 0; i < kCepstra; ++i) text += each;
      text += '\n';
    }
  }
  return text;
}

struct FreeTransform {
  void operator()(ps_mllr_t* transform) const { ps_mllr_free(transform); }
};
using Transform = std::unique_ptr<ps_mllr_t, FreeTransform>;

// The library reads from files only: this one is in memory.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& text) : file_(memfd_create("model", MFD_CLOEXEC)) {
    std::size_t written = 0;
    while (file_ >= 0 && written < text.size()) {
      const auto count = write(file_, text.data() + written, text.size() - written);
      if (count <= 0) return;
      written += static_cast<std::size_t>(count);
    }
    if (file_ >= 0) path_ = fmt::format("/proc/self/fd/{}", file_);
  }
  ~MemoryFile() {
    if (file_ >= 0) close(file_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  // Empty when there was no room.
  const std::string& path() const { return path_; }

 private:
  int file_;
  std::string path_;
};

// The configuration gives the language weight.
Model read_arpa(const std::string& arpa, cmd_ln_t* config, logmath_t* scale) {
  const MemoryFile file(arpa);
  if (file.path().empty()) return nullptr;
  return Model(ngram_model_read(config, file.path().c_str(), NGRAM_ARPA, scale));
}

// Interpolates two models. The library adds their probabilities after it has raised them to the language
// weight, so the shares are raised too.
Model interpolated(ngram_model_t* general, ngram_model_t* bias) {
  ngram_model_t* models[] = {general, bias};
  std::array<std::string, 2> names{"general", "bias"};
  char* name_pointers[] = {names[0].data(), names[1].data()};
  const float weights[] = {static_cast<float>(std::pow(1 - kBiasShare, kLanguageWeight)),
                           static_cast<float>(std::pow(kBiasShare, kLanguageWeight))};
  return Model(ngram_model_set_init(nullptr, models, name_pointers, weights, 2));
}

// Words that the dictionary lacks, said as they are spelled; `most` at the most. How many were new.
std::size_t teach(ps_decoder_t* decoder, const std::vector<std::string>& words, std::size_t most) {
  std::size_t taught = 0;
  for (const std::string& word : words) {
    if (taught == most) break;
    if (char* known = ps_lookup_word(decoder, word.c_str()); known != nullptr) {
      ckd_free(known);
      continue;
    }
    const auto phones = phones_of(word);
    if (!phones) continue;
    ps_add_word(decoder, word.c_str(), fmt::format("{}", fmt::join(*phones, " ")).c_str(), FALSE);
    ++taught;
  }
  return taught;
}

std::string phrase_search(std::size_t group) { return fmt::format("phrases {}", group); }

// A grammar (JSGF) of those phrases of which the dictionary has all words; empty when there are none.
std::string grammar_of(ps_decoder_t* decoder, const std::vector<std::string>& phrases) {
  std::vector<std::string> known;
  for (const std::string& phrase : phrases) {
    std::istringstream words(phrase);
    const bool all = std::all_of(std::istream_iterator<std::string>(words), {}, [&](const std::string& word) {
      char* phones = ps_lookup_word(decoder, word.c_str());
      if (phones != nullptr) ckd_free(phones);
      return phones != nullptr;
    });
    if (all) known.push_back(phrase);
  }
  if (known.empty()) return {};
  return fmt::format("#JSGF V1.0; grammar phrases; public <phrase> = {};", fmt::join(known, " | "));
}

// A search for nothing but phrases. Not by the library's own function for it, which keeps the grammar for
// ever.
void add_phrase_search(ps_decoder_t* decoder, const std::string& name, const std::string& text) {
  const Grammar grammar(jsgf_parse_string(text.c_str(), nullptr));
  if (!grammar) return;
  jsgf_rule_t* rule = jsgf_get_public_rule(grammar.get());
  if (rule == nullptr) return;
  fsg_model_t* states =
      jsgf_build_fsg(grammar.get(), rule, ps_get_logmath(decoder), static_cast<float>(kLanguageWeight));
  if (states == nullptr) return;
  ps_set_fsg(decoder, name.c_str(), states);
  fsg_model_free(states);
}

// How well the sound of the last utterance fits the path that the search found, in nats a frame.
std::optional<double> sound_score(ps_decoder_t* decoder) {
  double score = 0;
  int frames = 0;
  bool words = false;
  for (ps_seg_t* segment = ps_seg_iter(decoder); segment != nullptr; segment = ps_seg_next(segment)) {
    int32 sound = 0;
    int32 language = 0;
    int32 backed_off = 0;
    ps_seg_prob(segment, &sound, &language, &backed_off);
    int first = 0;
    int last = 0;
    ps_seg_frames(segment, &first, &last);
    score += sound;
    frames += last - first + 1;
    words = words || is_word(ps_seg_word(segment));
  }
  return words ? std::optional(kNats * score / frames) : std::nullopt;
}

// Without it the decoder has to do with its live search.
bool add_thorough_search(ps_decoder_t* decoder, cmd_ln_t* config, ngram_model_t* language) {
  const auto live_states = cmd_ln_int_r(config, "-maxhmmpf");
  const auto live_words = cmd_ln_int_r(config, "-maxwpf");
  cmd_ln_set_int_r(config, "-maxhmmpf", kThoroughStates);
  cmd_ln_set_int_r(config, "-maxwpf", -1);
  cmd_ln_set_boolean_r(config, "-fwdflat", TRUE);
  const bool added = ps_set_lm(decoder, kThoroughSearch, language) == 0;
  cmd_ln_set_int_r(config, "-maxhmmpf", live_states);
  cmd_ln_set_int_r(config, "-maxwpf", live_words);
  cmd_ln_set_boolean_r(config, "-fwdflat", FALSE);
  return added;
}

}  // namespace

struct SphinxDecoder::Handle {
  ~Handle() {
    if (decoder != nullptr) ps_free(decoder);
    if (config != nullptr) cmd_ln_free_r(config);
  }
  cmd_ln_t* config = nullptr;
  ps_decoder_t* decoder = nullptr;
  std::string means;  // the file of the model
  Model general;
  Model biased;  // null: the search uses the general one
  ngram_model_t* language() const { return biased ? biased.get() : general.get(); }
};

SphinxDecoder::SphinxDecoder(std::unique_ptr<Handle> handle, std::unique_ptr<FrontEnd> front_end)
    : handle_(std::move(handle)), front_end_(std::move(front_end)) {}

SphinxDecoder::~SphinxDecoder() {
  if (in_utterance_) ps_end_utt(handle_->decoder);
}

runtime::Result<std::unique_ptr<SphinxDecoder>> SphinxDecoder::open(const AsrConfig& config) {
  const std::filesystem::path folder = config.model_dir;
  const runtime::Error missing{
      runtime::ErrorCode::kModelRequired,
      "the speech recognition model is missing: install the package pocketsphinx-en-us", "asr.model_dir"};
  std::error_code ignored;
  for (const char* part : {"en-us/mdef", "en-us.lm.bin", "cmudict-en-us.dict"}) {
    if (!std::filesystem::exists(folder / part, ignored)) return missing;
  }
  std::vector<std::string> arguments{"pocketsphinx"};
  const auto set = [&](const char* name, std::string value) {
    arguments.emplace_back(name);
    arguments.push_back(std::move(value));
  };
  set("-hmm", folder / "en-us");
  set("-dict", folder / "cmudict-en-us.dict");
  set("-logfn", "/dev/null");
  // The second pass is called here, when there is time for it.
  set("-fwdflat", "no");
  set("-bestpath", "no");
  // Voice activity is ours; dropped frames would shift the word times.
  set("-remove_silence", "no");
  set("-lw", std::to_string(kLanguageWeight));
  set("-maxhmmpf", std::to_string(config.active_states));
  // Fewer word ends per frame: a lattice that the second pass crosses in a third of the time.
  set("-maxwpf", "20");
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  auto handle = std::make_unique<Handle>();
  handle->config =
      cmd_ln_parse_r(nullptr, ps_args(), static_cast<int>(pointers.size()), pointers.data(), FALSE);
  if (handle->config == nullptr) return missing;
  {
    // The library keeps its log file in a global, and opens it here.
    static std::mutex opening;
    const std::lock_guard lock(opening);
    handle->decoder = ps_init(handle->config);
    if (handle->decoder == nullptr) return missing;
  }
  handle->means = folder / "en-us/means";
  auto front_end = FrontEnd::open(folder / "en-us");
  if (!front_end) return front_end.error();
  handle->general = Model(ngram_model_read(handle->config, (folder / "en-us.lm.bin").c_str(), NGRAM_AUTO,
                                           ps_get_logmath(handle->decoder)));
  if (!handle->general) return missing;
  if (ps_set_lm(handle->decoder, kSearch, handle->general.get()) != 0) return missing;
  ps_set_search(handle->decoder, kSearch);
  // The model's feat.params asks for its own normalisation and overrides any argument; ours is in Utterance.
  ps_get_feat(handle->decoder)->cmn = CMN_NONE;
  return std::unique_ptr<SphinxDecoder>(new SphinxDecoder(std::move(handle), std::move(*front_end)));
}

runtime::Result<> SphinxDecoder::expect(std::shared_ptr<const Bias> bias) {
  if (bias == bias_) return {};
  const runtime::Error refused{runtime::ErrorCode::kAsrFailed, "the language model was not accepted"};
  ps_decoder_t* decoder = handle_->decoder;
  Model both;
  if (bias) {
    const Model expected = read_arpa(bias->arpa(), handle_->config, ps_get_logmath(decoder));
    if (!expected) return refused;
    both = interpolated(handle_->general.get(), expected.get());
    if (!both) return refused;
  }
  end_utterance();
  // A word added while a search is there would also enter its language model, and so the general one.
  ps_unset_search(decoder, kSearch);
  ps_unset_search(decoder, kThoroughSearch);
  take_up(nullptr);
  if (bias) taught_ += teach(decoder, bias->words(), kMostTaught - taught_);
  const bool taken = ps_set_lm(decoder, kSearch, both ? both.get() : handle_->general.get()) == 0;
  if (!taken) {
    both = nullptr;
    bias = nullptr;
    if (ps_set_lm(decoder, kSearch, handle_->general.get()) == 0) ps_set_search(decoder, kSearch);
  } else {
    ps_set_search(decoder, kSearch);
  }
  handle_->biased = std::move(both);
  bias_ = std::move(bias);
  return taken ? runtime::Result<>() : refused;
}

runtime::Result<> SphinxDecoder::adapt(std::shared_ptr<const VoiceModel> voice) {
  if (voice == voice_) return {};
  const runtime::Error refused{runtime::ErrorCode::kAsrFailed, "the adaptation to a voice was not accepted"};
  const MemoryFile means(voice ? voice->means : std::string());
  const MemoryFile same(same_means());
  if ((voice && means.path().empty()) || same.path().empty()) return refused;
  Transform transform(ps_mllr_read(same.path().c_str()));
  if (!transform) return refused;
  end_utterance();
  // The library reads the means anew whenever it transforms them. It takes the transform over, without
  // counting itself among its owners.
  cmd_ln_set_str_extra_r(handle_->config, kMeansFile, voice ? means.path().c_str() : handle_->means.c_str());
  const bool taken = ps_update_mllr(handle_->decoder, transform.release()) != nullptr;
  cmd_ln_set_str_extra_r(handle_->config, kMeansFile, handle_->means.c_str());
  if (!taken) return refused;
  voice_ = std::move(voice);
  return {};
}

std::optional<std::vector<std::string>> SphinxDecoder::phones(const std::string& word) const {
  char* known = ps_lookup_word(handle_->decoder, word.c_str());
  if (known == nullptr) {
    auto spelled = phones_of(word);
    return spelled ? std::optional(std::move(*spelled)) : std::nullopt;
  }
  std::istringstream spoken{std::string(known)};
  ckd_free(known);
  return std::vector<std::string>(std::istream_iterator<std::string>(spoken), {});
}

void SphinxDecoder::begin_utterance(Effort effort) {
  ps_decoder_t* decoder = handle_->decoder;
  end_utterance();
  effort_ = effort;
  if (effort == Effort::kThorough && ps_get_lm(decoder, kThoroughSearch) == nullptr &&
      !add_thorough_search(decoder, handle_->config, handle_->language())) {
    effort_ = Effort::kLive;
  }
  ps_set_search(decoder, search_name());
  ps_start_utt(decoder);
  in_utterance_ = true;
}

void SphinxDecoder::decode(const Cepstrum& frame, const Cepstrum& mean) {
  Cepstrum normalised{};
  for (std::size_t i = 0; i < kCepstra; ++i) normalised[i] = frame[i] - mean[i];
  mfcc_t* row = normalised.data();
  ps_process_cep(handle_->decoder, &row, 1, FALSE, FALSE);
}

void SphinxDecoder::end_utterance() {
  if (!in_utterance_) return;
  ps_end_utt(handle_->decoder);
  in_utterance_ = false;
}

void SphinxDecoder::take_up(std::shared_ptr<const PhraseGroups> phrases) {
  ps_decoder_t* decoder = handle_->decoder;
  for (std::size_t i = 0; phrases_ && i < phrases_->size(); ++i) {
    ps_unset_search(decoder, phrase_search(i).c_str());
  }
  phrases_ = std::move(phrases);
  for (std::size_t i = 0; phrases_ && i < phrases_->size(); ++i) {
    const std::string grammar = grammar_of(decoder, (*phrases_)[i]);
    // One that is refused fits nothing.
    if (!grammar.empty()) add_phrase_search(decoder, phrase_search(i), grammar);
  }
}

std::vector<double> SphinxDecoder::fits(std::span<const Cepstrum> frames, const Cepstrum& mean,
                                        const std::shared_ptr<const PhraseGroups>& phrases) {
  ps_decoder_t* decoder = handle_->decoder;
  const auto words = sound_score(decoder);
  if (!words) return {};
  if (phrases != phrases_) take_up(phrases);
  std::vector<double> fits;
  for (std::size_t i = 0; i < phrases_->size(); ++i) {
    fits.push_back(kNoFit);
    if (ps_set_search(decoder, phrase_search(i).c_str()) != 0) continue;
    ps_start_utt(decoder);
    for (const Cepstrum& frame : frames) decode(frame, mean);
    ps_end_utt(decoder);
    if (const auto score = sound_score(decoder)) fits.back() = *score - *words;
  }
  ps_set_search(decoder, search_name());
  return fits;
}

std::vector<Word> SphinxDecoder::quick_words() const {
  std::vector<Word> words;
  for (ps_seg_t* segment = ps_seg_iter(handle_->decoder); segment != nullptr;
       segment = ps_seg_next(segment)) {
    const char* word = ps_seg_word(segment);
    if (word == nullptr || !is_word(word)) continue;
    int first = 0;
    int last = 0;
    ps_seg_frames(segment, &first, &last);
    words.push_back({without_variant(word), frame_time(first), frame_time(last + 1)});
  }
  return words;
}

const char* SphinxDecoder::search_name() const {
  return effort_ == Effort::kThorough ? kThoroughSearch : kSearch;
}

WordGraph SphinxDecoder::graph() {
  ps_decoder_t* decoder = handle_->decoder;
  if (in_utterance_) return {};
  const int frames = ps_get_n_frames(decoder);
  ps_lattice_t* lattice = frames > 0 ? ps_get_lattice(decoder) : nullptr;
  ngram_model_t* language = ps_get_lm(decoder, search_name());
  if (lattice == nullptr || language == nullptr) return {};
  logmath_t* scale = ps_get_logmath(decoder);
  return unfold(read_lattice(lattice, language, scale, frames), language_score(language, scale), kSecondPass,
                ngram_wid(language, "<s>"), ngram_wid(language, "</s>"));
}

std::vector<Word> SphinxDecoder::likely_words(std::span<const WordGraph> graphs) const {
  ngram_model_t* language = ps_get_lm(handle_->decoder, search_name());
  std::vector<Word> words;
  for (const LikelyWord& likely : least_risk(graphs)) {
    Word word{ngram_word(language, likely.word), frame_time(likely.first), frame_time(likely.end),
              confidence_of(likely.posterior)};
    for (const auto& [other, posterior] : likely.others) {
      word.alternatives.push_back({ngram_word(language, other), posterior});
    }
    share_doubt(likely.posterior, *word.confidence, word.alternatives);
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace parley::speech
