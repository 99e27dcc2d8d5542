// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/sphinx_decoder.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <sphinxbase/fe.h>
#include <sphinxbase/feat.h>

namespace parley::speech {

namespace {

// The weights of the language model in the first and in the second pass.
constexpr double kLanguageWeight = 6.5;
constexpr double kBestPathWeight = 9.5;
constexpr float kInverseAcousticScale = 1.0F / 20;
constexpr std::size_t kBlock = 64;
// The library's name of the search that ps_init() sets up; ps_get_search() would tell, and leaks.
constexpr const char* kSearch = "_default";

bool is_word(std::string_view text) {
  return !text.empty() && text[0] != '<' && text[0] != '[' && text[0] != '+';
}

std::chrono::milliseconds frame_time(int frame) { return std::chrono::milliseconds(frame * 10); }

// "read(2)", the second pronunciation, is the word "read".
std::string without_variant(std::string_view word) { return std::string(word.substr(0, word.find('('))); }

}  // namespace

struct SphinxDecoder::Handle {
  ~Handle() {
    if (front_end != nullptr) fe_free(front_end);
    if (decoder != nullptr) ps_free(decoder);
    if (config != nullptr) cmd_ln_free_r(config);
  }
  cmd_ln_t* config = nullptr;
  ps_decoder_t* decoder = nullptr;
  // Not the decoder's own: that one forgets samples whenever an utterance begins.
  fe_t* front_end = nullptr;
};

SphinxDecoder::SphinxDecoder(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}

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
  set("-lm", folder / "en-us.lm.bin");
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
    handle->front_end = fe_init_auto_r(handle->config);
  }
  if (handle->front_end == nullptr) return missing;
  // The model's feat.params asks for its own normalisation and overrides any argument; ours is in Utterance.
  ps_get_feat(handle->decoder)->cmn = CMN_NONE;
  return std::unique_ptr<SphinxDecoder>(new SphinxDecoder(std::move(handle)));
}

void SphinxDecoder::begin_audio() {
  fe_t* front_end = handle_->front_end;
  fe_start_stream(front_end);
  fe_start_utt(front_end);
}

void SphinxDecoder::cepstra(std::span<const std::int16_t> samples, std::vector<Cepstrum>& out) {
  fe_t* front_end = handle_->front_end;
  std::array<Cepstrum, kBlock> block;
  std::array<mfcc_t*, kBlock> rows;
  for (std::size_t i = 0; i < kBlock; ++i) rows[i] = block[i].data();
  const int16* next = samples.data();
  std::size_t left = samples.size();
  while (left > 0) {
    const std::size_t before = left;
    int32 frames = kBlock;
    int32 index = 0;
    fe_process_frames(front_end, &next, &left, rows.data(), &frames, &index);
    out.insert(out.end(), block.begin(), block.begin() + frames);
    if (left == before && frames == 0) break;
  }
}

void SphinxDecoder::last_cepstrum(std::vector<Cepstrum>& out) {
  Cepstrum last{};
  int32 frames = 0;
  fe_end_utt(handle_->front_end, last.data(), &frames);
  if (frames > 0) out.push_back(last);
}

void SphinxDecoder::begin_utterance() {
  ps_start_utt(handle_->decoder);
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

std::vector<Word> SphinxDecoder::best_words() {
  ps_decoder_t* decoder = handle_->decoder;
  ps_lattice_t* lattice = ps_get_n_frames(decoder) > 0 ? ps_get_lattice(decoder) : nullptr;
  ngram_model_t* language = ps_get_lm(decoder, kSearch);
  if (lattice == nullptr || language == nullptr) return quick_words();
  ps_latlink_t* link = ps_lattice_bestpath(
      lattice, language, static_cast<float>(kBestPathWeight / kLanguageWeight), kInverseAcousticScale);
  if (link == nullptr) return quick_words();
  ps_lattice_posterior(lattice, language, kInverseAcousticScale);
  logmath_t* scale = ps_get_logmath(decoder);
  std::vector<Word> words;
  // From the last word back: the node after the last link first, whose end is that of the audio.
  ps_latnode_t* source = nullptr;
  ps_latnode_t* last = ps_latlink_nodes(link, &source);
  const auto add = [&](ps_latnode_t* node, std::chrono::milliseconds end, double confidence) {
    const char* word = ps_latnode_baseword(lattice, node);
    std::int16_t first_end = 0;
    std::int16_t last_end = 0;
    const auto start = frame_time(ps_latnode_times(node, &first_end, &last_end));
    if (word != nullptr && is_word(word)) {
      words.push_back({without_variant(word), start, std::max(start, end), confidence});
    }
    return start;
  };
  const auto certainty = [&](ps_latlink_t* of) {
    return std::clamp(logmath_exp(scale, ps_latlink_prob(lattice, of, nullptr)), 0.0, 1.0);
  };
  auto end = add(last, frame_time(ps_lattice_n_frames(lattice)), certainty(link));
  for (; link != nullptr; link = ps_latlink_pred(link)) {
    ps_latlink_nodes(link, &source);
    end = add(source, end, certainty(link));
  }
  std::reverse(words.begin(), words.end());
  return words;
}

}  // namespace parley::speech
