// SPDX-License-Identifier: Apache-2.0
// The part of the C interface of sherpa-onnx 1.13.4 that Parley uses, as declared by c-api.h of that release
// (https://github.com/k2-fsa/sherpa-onnx, tag v1.13.4). The library is loaded at run time; its structures
// change between releases, so another version must not be called through these. A null text or a number of 0
// asks for the default.
#pragma once

#include <cstdint>

namespace parley::inference::sherpa {

inline constexpr const char* kVersion = "1.13.4";

using Text = const char*;

struct FeatureConfig {
  std::int32_t sample_rate;
  std::int32_t feature_dim;
};
struct HomophoneConfig {
  Text dict_dir, lexicon, rule_fsts;
};
struct ThreePartModel {
  Text encoder, decoder, joiner;
};
struct TwoPartModel {
  Text encoder, decoder;
};
struct OnePartModel {
  Text model;
};

struct OnlineModelConfig {
  ThreePartModel transducer;
  TwoPartModel paraformer;
  OnePartModel zipformer2_ctc;
  Text tokens;
  std::int32_t num_threads;
  Text provider;
  std::int32_t debug;
  Text model_type, modeling_unit, bpe_vocab, tokens_buf;
  std::int32_t tokens_buf_size;
  OnePartModel nemo_ctc, t_one_ctc;
};
struct OnlineConfig {
  FeatureConfig feat_config;
  OnlineModelConfig model_config;
  Text decoding_method;
  std::int32_t max_active_paths;
  std::int32_t enable_endpoint;
  float rule1_min_trailing_silence, rule2_min_trailing_silence, rule3_min_utterance_length;
  Text hotwords_file;
  float hotwords_score;
  struct {
    Text graph;
    std::int32_t max_active;
  } ctc_fst_decoder_config;
  Text rule_fsts, rule_fars;
  float blank_penalty;
  Text hotwords_buf;
  std::int32_t hotwords_buf_size;
  HomophoneConfig hr;
};
struct OnlineResult {
  Text text, tokens;
  const Text* tokens_arr;
  float* timestamps;  // seconds; null where the model has none
  std::int32_t count;
  Text json;
};

struct WhisperModel {
  Text encoder, decoder, language, task;
  std::int32_t tail_paddings, enable_token_timestamps, enable_segment_timestamps;
};
struct MoonshineModel {
  Text preprocessor, encoder, uncached_decoder, cached_decoder, merged_decoder;
};
struct SenseVoiceModel {
  Text model, language;
  std::int32_t use_itn;
};
struct CanaryModel {
  Text encoder, decoder, src_lang, tgt_lang;
  std::int32_t use_pnc;
};
struct FunAsrNanoModel {
  Text encoder_adaptor, llm, embedding, tokenizer, system_prompt, user_prompt;
  std::int32_t max_new_tokens;
  float temperature, top_p;
  std::int32_t seed;
  Text language;
  std::int32_t itn;
  Text hotwords;
};
struct Qwen3AsrModel {
  Text conv_frontend, encoder, decoder, tokenizer;
  std::int32_t max_total_len, max_new_tokens;
  float temperature, top_p;
  std::int32_t seed;
  Text hotwords;
};
struct CohereModel {
  Text encoder, decoder, language;
  std::int32_t use_punct, use_itn;
};
struct OfflineModelConfig {
  ThreePartModel transducer;
  OnePartModel paraformer, nemo_ctc;
  WhisperModel whisper;
  OnePartModel tdnn;
  Text tokens;
  std::int32_t num_threads, debug;
  Text provider, model_type, modeling_unit, bpe_vocab, telespeech_ctc;
  SenseVoiceModel sense_voice;
  MoonshineModel moonshine;
  TwoPartModel fire_red_asr;
  OnePartModel dolphin, zipformer_ctc;
  CanaryModel canary;
  OnePartModel wenet_ctc, omnilingual, medasr;
  FunAsrNanoModel funasr_nano;
  OnePartModel fire_red_asr_ctc;
  Qwen3AsrModel qwen3_asr;
  CohereModel cohere_transcribe;
};
struct OfflineConfig {
  FeatureConfig feat_config;
  OfflineModelConfig model_config;
  struct {
    Text model;
    float scale;
  } lm_config;
  Text decoding_method;
  std::int32_t max_active_paths;
  Text hotwords_file;
  float hotwords_score;
  Text rule_fsts, rule_fars;
  float blank_penalty;
  HomophoneConfig hr;
};
struct OfflineResult {
  Text text;
  float* timestamps;  // seconds; null where the model has none
  std::int32_t count;
  Text tokens;
  const Text* tokens_arr;
  Text json, lang, emotion, event;
  float* durations;     // seconds, or null
  float* ys_log_probs;  // of each token, or null
  const float* segment_timestamps;
  const float* segment_durations;
  Text segment_texts;
  const Text* segment_texts_arr;
  std::int32_t segment_count;
};

struct VitsModel {
  Text model, lexicon, tokens, data_dir;
  float noise_scale, noise_scale_w, length_scale;
  Text dict_dir;
};
struct MatchaModel {
  Text acoustic_model, vocoder, lexicon, tokens, data_dir;
  float noise_scale, length_scale;
  Text dict_dir;
};
struct KokoroModel {
  Text model, voices, tokens, data_dir;
  float length_scale;
  Text dict_dir, lexicon, lang;
};
struct KittenModel {
  Text model, voices, tokens, data_dir;
  float length_scale;
};
struct ZipvoiceModel {
  Text tokens, encoder, decoder, vocoder, data_dir, lexicon;
  float feat_scale, t_shift, target_rms, guidance_scale;
};
struct PocketModel {
  Text lm_flow, lm_main, encoder, decoder, text_conditioner, vocab_json, token_scores_json;
  std::int32_t voice_embedding_cache_capacity;
};
struct SupertonicModel {
  Text duration_predictor, text_encoder, vector_estimator, vocoder, tts_json, unicode_indexer, voice_style;
};
struct TtsConfig {
  struct {
    VitsModel vits;
    std::int32_t num_threads, debug;
    Text provider;
    MatchaModel matcha;
    KokoroModel kokoro;
    KittenModel kitten;
    ZipvoiceModel zipvoice;
    PocketModel pocket;
    SupertonicModel supertonic;
  } model;
  Text rule_fsts;
  std::int32_t max_num_sentences;
  Text rule_fars;
  float silence_scale;
};
struct GeneratedAudio {
  const float* samples;
  std::int32_t n, sample_rate;
};
struct GenerationConfig {
  float silence_scale, speed;
  std::int32_t sid;
  const float* reference_audio;
  std::int32_t reference_audio_len, reference_sample_rate;
  Text reference_text;
  std::int32_t num_steps;
  Text extra;
};

struct OfflinePunctuationConfig {
  Text ct_transformer;
  std::int32_t num_threads, debug;
  Text provider;
};
struct OnlinePunctuationConfig {
  Text cnn_bilstm, bpe_vocab;
  std::int32_t num_threads, debug;
  Text provider;
};

// Returns 0 to stop.
using GenerationProgress = std::int32_t (*)(const float* samples, std::int32_t n, float progress, void* arg);

struct OnlineRecognizer;
struct OnlineStream;
struct OfflineRecognizer;
struct OfflineStream;
struct Tts;
struct OfflinePunctuation;
struct OnlinePunctuation;

// The functions, as they are found in the library. Those that create give null for a bad configuration; a
// model that the engine cannot use makes it throw, or end the process.
struct Functions {
  const OnlineRecognizer* (*create_online)(const OnlineConfig*);
  void (*destroy_online)(const OnlineRecognizer*);
  const OnlineStream* (*create_online_stream)(const OnlineRecognizer*);
  // Words and phrases to expect, parted by "/"; for transducers in modified beam search with a modelling
  // unit.
  const OnlineStream* (*create_expecting_online_stream)(const OnlineRecognizer*, Text phrases);
  void (*destroy_online_stream)(const OnlineStream*);
  void (*accept_online)(const OnlineStream*, std::int32_t rate, const float* samples, std::int32_t n);
  std::int32_t (*online_ready)(const OnlineRecognizer*, const OnlineStream*);
  void (*decode_online)(const OnlineRecognizer*, const OnlineStream*);
  const OnlineResult* (*online_result)(const OnlineRecognizer*, const OnlineStream*);
  void (*destroy_online_result)(const OnlineResult*);
  void (*finish_online)(const OnlineStream*);

  const OfflineRecognizer* (*create_offline)(const OfflineConfig*);
  void (*destroy_offline)(const OfflineRecognizer*);
  const OfflineStream* (*create_offline_stream)(const OfflineRecognizer*);
  const OfflineStream* (*create_expecting_offline_stream)(const OfflineRecognizer*, Text phrases);
  void (*destroy_offline_stream)(const OfflineStream*);
  void (*accept_offline)(const OfflineStream*, std::int32_t rate, const float* samples, std::int32_t n);
  void (*decode_offline)(const OfflineRecognizer*, const OfflineStream*);
  const OfflineResult* (*offline_result)(const OfflineStream*);
  void (*destroy_offline_result)(const OfflineResult*);

  const Tts* (*create_tts)(const TtsConfig*);
  void (*destroy_tts)(const Tts*);
  std::int32_t (*tts_rate)(const Tts*);
  std::int32_t (*tts_speakers)(const Tts*);
  const GeneratedAudio* (*generate)(const Tts*, Text text, const GenerationConfig*, GenerationProgress,
                                    void* arg);
  void (*destroy_audio)(const GeneratedAudio*);

  const OfflinePunctuation* (*create_offline_punctuation)(const OfflinePunctuationConfig*);
  void (*destroy_offline_punctuation)(const OfflinePunctuation*);
  Text (*punctuate_offline)(const OfflinePunctuation*, Text);
  void (*free_offline_punctuated)(Text);
  const OnlinePunctuation* (*create_online_punctuation)(const OnlinePunctuationConfig*);
  void (*destroy_online_punctuation)(const OnlinePunctuation*);
  Text (*punctuate_online)(const OnlinePunctuation*, Text);
  void (*free_online_punctuated)(Text);
};

}  // namespace parley::inference::sherpa
