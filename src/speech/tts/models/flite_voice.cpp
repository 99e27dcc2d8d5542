// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/flite_voice.hpp"

#include "speech/g2p/models/flite_lexicon.hpp"

#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include <dlfcn.h>

extern "C" {
#include <flite/flite.h>
}

namespace parley::speech {
namespace {

constexpr int kChunkSamples = 320;  // Flite calls back after the first 5 ms frame beyond

struct DeleteUtterance {
  void operator()(cst_utterance* utterance) const { delete_utterance(utterance); }
};

std::int64_t to_samples(float seconds) { return std::llround(static_cast<double>(seconds) * kFliteRate); }

// Word boundaries are the ends of the last segments; a word begins where the segment before it ends, which
// after a pause is the end of the pause.
std::int64_t word_begin(const cst_item* word) {
  return to_samples(ffeature_float(word, "R:SylStructure.daughter1.daughter1.R:Segment.p.end"));
}
std::int64_t word_end(const cst_item* word) {
  return to_samples(ffeature_float(word, "R:SylStructure.daughtern.daughtern.R:Segment.end"));
}

// Flite's phones (radio_phones, from CMUdict) in the International Phonetic Alphabet; empty for a pause.
std::string_view to_ipa(std::string_view phone) {
  constexpr std::pair<std::string_view, std::string_view> kPhones[] = {
      {"aa", "ɑ"}, {"ae", "æ"},  {"ah", "ʌ"}, {"ao", "ɔ"}, {"aw", "aʊ"}, {"ax", "ə"},  {"ay", "aɪ"},
      {"b", "b"},  {"ch", "tʃ"}, {"d", "d"},  {"dh", "ð"}, {"eh", "ɛ"},  {"er", "ɝ"},  {"ey", "eɪ"},
      {"f", "f"},  {"g", "ɡ"},   {"hh", "h"}, {"ih", "ɪ"}, {"iy", "i"},  {"jh", "dʒ"}, {"k", "k"},
      {"l", "l"},  {"m", "m"},   {"n", "n"},  {"ng", "ŋ"}, {"ow", "oʊ"}, {"oy", "ɔɪ"}, {"p", "p"},
      {"r", "ɹ"},  {"s", "s"},   {"sh", "ʃ"}, {"t", "t"},  {"th", "θ"},  {"uh", "ʊ"},  {"uw", "u"},
      {"v", "v"},  {"w", "w"},   {"y", "j"},  {"z", "z"},  {"zh", "ʒ"}};
  for (const auto& [name, ipa] : kPhones) {
    if (name == phone) return ipa;
  }
  return {};
}

std::vector<FlitePhone> phones_in(const cst_utterance* utterance) {
  std::vector<FlitePhone> phones;
  std::int64_t begin = 0;
  for (const cst_item* segment = relation_head(utt_relation(utterance, "Segment")); segment != nullptr;
       segment = item_next(segment)) {
    const std::int64_t end = to_samples(item_feat_float(segment, "end"));
    const auto ipa = to_ipa(item_feat_string(segment, "name"));
    if (!ipa.empty()) phones.push_back({ipa, begin, end});
    begin = end;
  }
  return phones;
}

FlitePlan plan_of(const cst_utterance* utterance) {
  FlitePlan plan;
  for (const cst_item* word = relation_head(utt_relation(utterance, "Word")); word != nullptr;
       word = item_next(word)) {
    const std::int64_t end = word_end(word);
    const cst_item* in_token = item_as(word, "Token");
    const cst_item* token = in_token != nullptr ? item_parent(in_token) : nullptr;
    if (end <= 0 || token == nullptr) continue;
    plan.words.push_back(
        {item_feat_string(token, "name"), item_prev(in_token) == nullptr, word_begin(word), end});
  }
  plan.phones = phones_in(utterance);
  if (!plan.words.empty()) plan.bounds = {plan.words.front().begin, plan.words.back().end};
  return plan;
}

int on_audio(const cst_wave* wave, int start, int size, int /*last*/, cst_audio_streaming_info* stream) {
  auto& listener = *static_cast<FliteListener*>(stream->userdata);
  if (start == 0) listener.on_plan(plan_of(stream->utt));
  const bool go_on = listener.on_samples({wave->samples + start, static_cast<std::size_t>(size)});
  return go_on ? CST_AUDIO_STREAM_CONT : CST_AUDIO_STREAM_STOP;
}

}  // namespace

std::span<const FliteVoice::Row> FliteVoice::rows() {
  static constexpr std::array kRows{
      Row{"slt", "American English, female", -15.7, "libflite_cmu_us_slt.so.1", "register_cmu_us_slt"},
      Row{"rms", "American English, male", -21.4, "libflite_cmu_us_rms.so.1", "register_cmu_us_rms"},
      Row{"awb", "English with a Scottish accent, male", -20.5, "libflite_cmu_us_awb.so.1",
          "register_cmu_us_awb"},
  };
  return kRows;
}

runtime::Result<FliteVoice> FliteVoice::open(const Row& row) {
  const auto lock = lock_flite_setup();
  static const int once = flite_init();
  static_cast<void>(once);
  // Never closed: it is used until the process ends.
  void* library = dlopen(row.library, RTLD_NOW | RTLD_LOCAL);
  const auto load =
      library == nullptr ? nullptr : reinterpret_cast<cst_voice* (*)(const char*)>(dlsym(library, row.load));
  if (load == nullptr) {
    return runtime::Error{
        runtime::ErrorCode::kModelRequired,
        std::string(row.library) + " is not installed; on Debian: apt-get install libflite1", "voice"};
  }
  return FliteVoice(load(nullptr), row.loudness_lufs);
}

bool FliteVoice::speak(const std::string& text, FliteManner manner, FliteListener& listener) const {
  // What flite_synth_text() does, but with streaming, speed and pitch set on the utterance: set on the voice,
  // as Flite's own programs do it, they would be shared by every thread. utt_init() links the voice's
  // features behind the utterance's own and copies nothing.
  const std::unique_ptr<cst_utterance, DeleteUtterance> utterance(new_utterance());
  utt_set_input_text(utterance.get(), text.c_str());
  cst_audio_streaming_info* stream = new_audio_streaming_info();
  stream->min_buffsize = kChunkSamples;
  stream->asc = on_audio;
  stream->userdata = &listener;
  feat_set(utterance->features, "streaming_info", audio_streaming_info_val(stream));  // and so owned by it
  feat_set_float(utterance->features, "duration_stretch", static_cast<float>(manner.stretch));
  if (manner.pitch != 1) {
    feat_set_float(utterance->features, "f0_shift", static_cast<float>(manner.pitch));
  }
  utt_init(utterance.get(), voice_);
  if (manner.phones == nullptr) return utt_synth(utterance.get()) != nullptr;
  default_tokenization(utterance.get());
  cst_item* token = relation_head(utt_relation(utterance.get(), "Token"));
  if (token != nullptr) item_set_string(token, "phones", manner.phones);
  return utt_synth_tokens(utterance.get()) != nullptr;
}

}  // namespace parley::speech
