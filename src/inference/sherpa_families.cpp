// SPDX-License-Identifier: Apache-2.0
#include "inference/sherpa_families.hpp"

namespace parley::inference {

namespace {

using Keys = std::string_view[];

constexpr Keys kZipformer2 = {"encoder_dims",       "query_head_dims",    "value_head_dims",  "num_heads",
                              "num_encoder_layers", "cnn_module_kernels", "left_context_len", "T",
                              "decode_chunk_len"};
constexpr Keys kZipformer = {"encoder_dims",       "attention_dims",   "num_encoder_layers",
                             "cnn_module_kernels", "left_context_len", "T",
                             "decode_chunk_len"};
constexpr Keys kLstm = {"num_encoder_layers", "T", "decode_chunk_len", "rnn_hidden_size", "d_model"};
constexpr Keys kConformer = {"num_encoder_layers", "T",          "decode_chunk_len", "left_context",
                             "encoder_dim",        "pad_length", "cnn_module_kernel"};
constexpr Keys kStatelessDecoder = {"vocab_size", "context_size"};
constexpr Keys kStreamingNemo = {"window_size",
                                 "chunk_shift",
                                 "subsampling_factor",
                                 "vocab_size",
                                 "cache_last_channel_dim1",
                                 "cache_last_channel_dim2",
                                 "cache_last_channel_dim3",
                                 "cache_last_time_dim1",
                                 "cache_last_time_dim2",
                                 "cache_last_time_dim3"};
constexpr Keys kStreamingParaformerKeys = {"vocab_size",          "lfr_window_size",    "lfr_window_shift",
                                           "encoder_output_size", "decoder_num_blocks", "decoder_kernel_size",
                                           "~neg_mean",           "~inv_stddev"};
constexpr Keys kWhisperKeys = {
    "n_mels",    "n_text_layer", "n_text_ctx", "n_text_state", "n_vocab",         "sot",
    "eot",       "blank_id",     "translate",  "transcribe",   "is_multilingual", "no_timestamps",
    "no_speech", "sot_sequence"};
constexpr Keys kNemoTransducerKeys = {"vocab_size", "subsampling_factor", "pred_rnn_layers", "pred_hidden"};
constexpr Keys kCtc = {"vocab_size", "subsampling_factor"};
constexpr Keys kSenseVoiceKeys = {"vocab_size", "lfr_window_size", "lfr_window_shift", "normalize_samples",
                                  "with_itn",   "without_itn",     "lang_auto",        "lang_zh",
                                  "lang_en",    "lang_ja",         "lang_ko",          "lang_yue",
                                  "~neg_mean",  "~inv_stddev"};
constexpr Keys kParaformerKeys = {"vocab_size", "lfr_window_size", "lfr_window_shift", "~neg_mean",
                                  "~inv_stddev"};
constexpr Keys kVitsKeys = {"sample_rate", "n_speakers", "~language", "~comment"};
constexpr Keys kMatchaKeys = {"sample_rate", "n_speakers", "use_eos_bos", "pad_id"};
constexpr Keys kKokoroKeys = {"sample_rate", "n_speakers", "has_espeak", "style_dim"};
constexpr Keys kModelType = {"~model_type"};
constexpr Keys kStreamingPunctuationKeys = {"COMMA", "PERIOD", "QUESTION", "UPPER", "CAP", "MIX_CASE"};
constexpr Keys kPunctuationKeys = {"vocab_size", "~tokens", "~punctuations", "~unk_symbol"};

}  // namespace

const std::vector<SherpaRow>& sherpa_families() {
  using Family = SherpaFamily;
  using Task = SherpaTask;
  const auto transducer = [](std::string_view name, std::string_view type,
                             std::span<const std::string_view> keys) {
    return SherpaRow{
        Family::kStreamingTransducer,
        Task::kStreamingRecognition,
        name,
        type,
        {},
        {{"encoder", keys}, {"decoder", kStatelessDecoder}, {"joiner"}, {"tokens"}, {"bpe.vocab", {}, true}}};
  };
  static const std::vector<SherpaRow> kRows{
      transducer("streaming Zipformer2 transducer", "zipformer2", kZipformer2),
      transducer("streaming Zipformer transducer", "zipformer", kZipformer),
      transducer("streaming LSTM transducer", "lstm", kLstm),
      transducer("streaming Conformer transducer", "conformer", kConformer),
      {Family::kStreamingTransducer,
       Task::kStreamingRecognition,
       "streaming NeMo transducer",
       {},
       {},
       {{"encoder", kStreamingNemo}, {"decoder"}, {"joiner"}, {"tokens"}}},
      {Family::kNemoTransducer,
       Task::kRecognition,
       "NeMo transducer",
       {},
       "window_size",
       {{"encoder", kNemoTransducerKeys}, {"decoder"}, {"joiner"}, {"tokens"}}},
      {Family::kTransducer,
       Task::kRecognition,
       "transducer",
       {},
       "decode_chunk_len",
       {{"encoder"}, {"decoder", kStatelessDecoder}, {"joiner"}, {"tokens"}, {"bpe.vocab", {}, true}}},
      {Family::kStreamingParaformer,
       Task::kStreamingRecognition,
       "streaming Paraformer",
       {},
       {},
       {{"encoder", kStreamingParaformerKeys}, {"decoder"}, {"tokens"}}},
      {Family::kWhisper,
       Task::kRecognition,
       "Whisper",
       {},
       {},
       {{"encoder", kWhisperKeys}, {"decoder"}, {"tokens"}}},
      {Family::kMoonshine,
       Task::kRecognition,
       "Moonshine",
       {},
       {},
       {{"preprocess"}, {"encode"}, {"uncached_decode"}, {"cached_decode"}, {"tokens"}}},
      {Family::kStreamingZipformerCtc,
       Task::kStreamingRecognition,
       "streaming Zipformer CTC",
       {},
       {},
       {{"model", kZipformer2}, {"tokens"}}},
      {Family::kStreamingNemoCtc,
       Task::kStreamingRecognition,
       "streaming NeMo CTC",
       {},
       {},
       {{"model", kStreamingNemo}, {"tokens"}}},
      {Family::kSenseVoice,
       Task::kRecognition,
       "SenseVoice",
       {},
       {},
       {{"model", kSenseVoiceKeys}, {"tokens"}}},
      {Family::kParaformer,
       Task::kRecognition,
       "Paraformer",
       {},
       {},
       {{"model", kParaformerKeys}, {"tokens"}}},
      {Family::kZipformerCtc,
       Task::kRecognition,
       "Zipformer CTC",
       "zipformer2_ctc",
       "decode_chunk_len",
       {{"model", kModelType}, {"tokens"}}},
      {Family::kWenetCtc, Task::kRecognition, "WeNet CTC", "wenet_ctc", {}, {{"model", kCtc}, {"tokens"}}},
      {Family::kNemoCtc, Task::kRecognition, "NeMo CTC", {}, "window_size", {{"model", kCtc}, {"tokens"}}},
      {Family::kMatcha,
       Task::kSynthesis,
       "Matcha",
       {},
       {},
       {{"model", kMatchaKeys},
        {"vocoder"},
        {"tokens"},
        {"lexicon", {}, true},
        {"espeak-ng-data", {}, true}}},
      {Family::kKokoro,
       Task::kSynthesis,
       "Kokoro",
       {},
       {},
       {{"model", kKokoroKeys}, {"voices"}, {"tokens"}, {"lexicon", {}, true}, {"espeak-ng-data", {}, true}}},
      {Family::kVits,
       Task::kSynthesis,
       "VITS",
       {},
       {},
       {{"model", kVitsKeys}, {"tokens"}, {"lexicon", {}, true}, {"espeak-ng-data", {}, true}}},
      {Family::kStreamingPunctuation,
       Task::kPunctuation,
       "streaming punctuation",
       {},
       {},
       {{"model", kStreamingPunctuationKeys}, {"bpe.vocab"}}},
      {Family::kPunctuation, Task::kPunctuation, "punctuation", {}, {}, {{"model", kPunctuationKeys}}},
  };
  return kRows;
}

}  // namespace parley::inference
