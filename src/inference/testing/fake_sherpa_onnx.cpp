// SPDX-License-Identifier: Apache-2.0
// A library that says it is sherpa-onnx and does what a file "behaviour" beside the model says: when it is
// loaded ("load abort"), or with the audio of an utterance ("hear exit"), a text ("punctuate fault") or a
// sentence ("speak abort") it ends its process. Else every utterance is "fake words". For the functional
// tests it is compiled by itself.
#include "inference/sherpa_abi.hpp"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <signal.h>
#include <unistd.h>

namespace {

using namespace parley::inference::sherpa;

std::string behaviour;  // of the one model

void remember(Text file) {
  const std::string path(file == nullptr ? "" : file);
  std::ifstream in(path.substr(0, path.rfind('/')) + "/behaviour");
  std::getline(in, behaviour);
}

void at(const char* moment) {
  if (behaviour.compare(0, std::strlen(moment), moment) != 0) return;
  const auto what = behaviour.substr(std::strlen(moment) + 1);
  if (what == "abort") {
    ::signal(SIGABRT, SIG_DFL);
    std::abort();
  }
  if (what == "exit") ::_exit(255);
  if (what == "fault") {
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
  }
  if (what == "memory") ::raise(SIGKILL);  // as the kernel does
}

template <class T>
const T* thing() {
  return reinterpret_cast<const T*>(&behaviour);
}

constexpr const char* kWords = "fake words";

}  // namespace

extern "C" {

Text SherpaOnnxGetVersionStr() { return kVersion; }

const OnlineRecognizer* SherpaOnnxCreateOnlineRecognizer(const OnlineConfig* config) {
  remember(config->model_config.tokens);
  at("load");
  return thing<OnlineRecognizer>();
}
void SherpaOnnxDestroyOnlineRecognizer(const OnlineRecognizer*) {}
const OnlineStream* SherpaOnnxCreateOnlineStream(const OnlineRecognizer*) { return thing<OnlineStream>(); }
const OnlineStream* SherpaOnnxCreateOnlineStreamWithHotwords(const OnlineRecognizer*, Text) {
  return thing<OnlineStream>();
}
void SherpaOnnxDestroyOnlineStream(const OnlineStream*) {}
void SherpaOnnxOnlineStreamAcceptWaveform(const OnlineStream*, std::int32_t, const float*, std::int32_t) {
  at("hear");
}
std::int32_t SherpaOnnxIsOnlineStreamReady(const OnlineRecognizer*, const OnlineStream*) { return 0; }
void SherpaOnnxDecodeOnlineStream(const OnlineRecognizer*, const OnlineStream*) {}
const OnlineResult* SherpaOnnxGetOnlineStreamResult(const OnlineRecognizer*, const OnlineStream*) {
  static const OnlineResult result{kWords, kWords, nullptr, nullptr, 0, "{}"};
  return &result;
}
void SherpaOnnxDestroyOnlineRecognizerResult(const OnlineResult*) {}
void SherpaOnnxOnlineStreamInputFinished(const OnlineStream*) { at("finish"); }

const OfflineRecognizer* SherpaOnnxCreateOfflineRecognizer(const OfflineConfig* config) {
  remember(config->model_config.tokens);
  at("load");
  return thing<OfflineRecognizer>();
}
void SherpaOnnxDestroyOfflineRecognizer(const OfflineRecognizer*) {}
const OfflineStream* SherpaOnnxCreateOfflineStream(const OfflineRecognizer*) {
  return thing<OfflineStream>();
}
const OfflineStream* SherpaOnnxCreateOfflineStreamWithHotwords(const OfflineRecognizer*, Text) {
  return thing<OfflineStream>();
}
void SherpaOnnxDestroyOfflineStream(const OfflineStream*) {}
void SherpaOnnxAcceptWaveformOffline(const OfflineStream*, std::int32_t, const float*, std::int32_t) {
  at("hear");
}
void SherpaOnnxDecodeOfflineStream(const OfflineRecognizer*, const OfflineStream*) {}
const OfflineResult* SherpaOnnxGetOfflineStreamResult(const OfflineStream*) {
  static const OfflineResult result{kWords, nullptr, 0,       kWords,  nullptr, "{}",    "",      "",
                                    "",     nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, 0};
  return &result;
}
void SherpaOnnxDestroyOfflineRecognizerResult(const OfflineResult*) {}

const Tts* SherpaOnnxCreateOfflineTts(const TtsConfig* config) {
  remember(config->model.vits.tokens);
  at("load");
  return thing<Tts>();
}
void SherpaOnnxDestroyOfflineTts(const Tts*) {}
std::int32_t SherpaOnnxOfflineTtsSampleRate(const Tts*) { return 16000; }
std::int32_t SherpaOnnxOfflineTtsNumSpeakers(const Tts*) { return 1; }
const GeneratedAudio* SherpaOnnxOfflineTtsGenerateWithConfig(const Tts*, Text, const GenerationConfig*,
                                                             GenerationProgress, void*) {
  at("speak");
  static const std::vector<float> tone(8000, 0.5F);
  static const GeneratedAudio audio{tone.data(), 8000, 16000};
  return &audio;
}
void SherpaOnnxDestroyOfflineTtsGeneratedAudio(const GeneratedAudio*) {}

const OfflinePunctuation* SherpaOnnxCreateOfflinePunctuation(const OfflinePunctuationConfig* config) {
  remember(config->ct_transformer);
  at("load");
  return thing<OfflinePunctuation>();
}
void SherpaOnnxDestroyOfflinePunctuation(const OfflinePunctuation*) {}
Text SherpaOfflinePunctuationAddPunct(const OfflinePunctuation*, Text words) {
  at("punctuate");
  return ::strdup((std::string(words) + "!").c_str());
}
void SherpaOfflinePunctuationFreeText(Text text) { std::free(const_cast<char*>(text)); }
const OnlinePunctuation* SherpaOnnxCreateOnlinePunctuation(const OnlinePunctuationConfig* config) {
  remember(config->cnn_bilstm);
  at("load");
  return thing<OnlinePunctuation>();
}
void SherpaOnnxDestroyOnlinePunctuation(const OnlinePunctuation*) {}
Text SherpaOnnxOnlinePunctuationAddPunct(const OnlinePunctuation*, Text words) {
  at("punctuate");
  return ::strdup((std::string(words) + "!").c_str());
}
void SherpaOnnxOnlinePunctuationFreeText(Text text) { std::free(const_cast<char*>(text)); }
}
