// SPDX-License-Identifier: Apache-2.0
#include "inference/sherpa_onnx.hpp"

#include <array>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <type_traits>
#include <vector>

#include <dlfcn.h>

namespace parley::inference {

namespace fs = std::filesystem;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr const char* kLibrary = "libsherpa-onnx-c-api.so";
constexpr std::array kPackages{"/usr/local/lib/node_modules/sherpa-onnx-linux-x64",
                               "/usr/lib/node_modules/sherpa-onnx-linux-x64"};

std::vector<std::string> places(std::string_view configured) {
  if (!configured.empty()) {
    const fs::path path(configured);
    std::error_code ignored;
    return {fs::is_directory(path, ignored) ? (path / kLibrary).string() : path.string()};
  }
  std::vector<std::string> files{kLibrary};
  for (const char* package : kPackages) files.push_back((fs::path(package) / kLibrary).string());
  return files;
}

bool find_all(void* library, sherpa::Functions& to) {
  const auto into = [library](const char* name, auto& function) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
    return function != nullptr;
  };
  return into("SherpaOnnxCreateOnlineRecognizer", to.create_online) &&
         into("SherpaOnnxDestroyOnlineRecognizer", to.destroy_online) &&
         into("SherpaOnnxCreateOnlineStream", to.create_online_stream) &&
         into("SherpaOnnxCreateOnlineStreamWithHotwords", to.create_expecting_online_stream) &&
         into("SherpaOnnxDestroyOnlineStream", to.destroy_online_stream) &&
         into("SherpaOnnxOnlineStreamAcceptWaveform", to.accept_online) &&
         into("SherpaOnnxIsOnlineStreamReady", to.online_ready) &&
         into("SherpaOnnxDecodeOnlineStream", to.decode_online) &&
         into("SherpaOnnxGetOnlineStreamResult", to.online_result) &&
         into("SherpaOnnxDestroyOnlineRecognizerResult", to.destroy_online_result) &&
         into("SherpaOnnxOnlineStreamInputFinished", to.finish_online) &&
         into("SherpaOnnxCreateOfflineRecognizer", to.create_offline) &&
         into("SherpaOnnxDestroyOfflineRecognizer", to.destroy_offline) &&
         into("SherpaOnnxCreateOfflineStream", to.create_offline_stream) &&
         into("SherpaOnnxCreateOfflineStreamWithHotwords", to.create_expecting_offline_stream) &&
         into("SherpaOnnxDestroyOfflineStream", to.destroy_offline_stream) &&
         into("SherpaOnnxAcceptWaveformOffline", to.accept_offline) &&
         into("SherpaOnnxDecodeOfflineStream", to.decode_offline) &&
         into("SherpaOnnxGetOfflineStreamResult", to.offline_result) &&
         into("SherpaOnnxDestroyOfflineRecognizerResult", to.destroy_offline_result) &&
         into("SherpaOnnxCreateOfflineTts", to.create_tts) &&
         into("SherpaOnnxDestroyOfflineTts", to.destroy_tts) &&
         into("SherpaOnnxOfflineTtsSampleRate", to.tts_rate) &&
         into("SherpaOnnxOfflineTtsNumSpeakers", to.tts_speakers) &&
         into("SherpaOnnxOfflineTtsGenerateWithConfig", to.generate) &&
         into("SherpaOnnxDestroyOfflineTtsGeneratedAudio", to.destroy_audio) &&
         into("SherpaOnnxCreateOfflinePunctuation", to.create_offline_punctuation) &&
         into("SherpaOnnxDestroyOfflinePunctuation", to.destroy_offline_punctuation) &&
         into("SherpaOfflinePunctuationAddPunct", to.punctuate_offline) &&
         into("SherpaOfflinePunctuationFreeText", to.free_offline_punctuated) &&
         into("SherpaOnnxCreateOnlinePunctuation", to.create_online_punctuation) &&
         into("SherpaOnnxDestroyOnlinePunctuation", to.destroy_online_punctuation) &&
         into("SherpaOnnxOnlinePunctuationAddPunct", to.punctuate_online) &&
         into("SherpaOnnxOnlinePunctuationFreeText", to.free_online_punctuated);
}

Error not_installed(std::string_view configured) {
  if (!configured.empty()) {
    return {ErrorCode::kModelRequired,
            "the library sherpa-onnx cannot be loaded from " + std::string(configured), "models.sherpa_onnx"};
  }
  return {ErrorCode::kModelRequired,
          std::string("sherpa-onnx ") + sherpa::kVersion +
              " is not installed: npm install --global sherpa-onnx-linux-x64@" + sherpa::kVersion +
              ", or set models.sherpa_onnx to its library",
          "models.sherpa_onnx"};
}

}  // namespace

Result<const SherpaOnnx*> SherpaOnnx::open(std::string_view configured) {
  static std::mutex mutex;
  static const SherpaOnnx* loaded = nullptr;
  const std::lock_guard lock(mutex);
  if (loaded != nullptr) return loaded;
  Error error = not_installed(configured);
  for (const std::string& file : places(configured)) {
    auto opened = load(file);
    if (opened) return loaded = *opened;
    if (opened.error().code != ErrorCode::kModelRequired) error = opened.error();
  }
  return error;
}

Result<const SherpaOnnx*> SherpaOnnx::load(const std::string& file) {
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return Error{ErrorCode::kModelRequired, "it cannot be loaded"};
  const auto refuse = [&](std::string message) -> Result<const SherpaOnnx*> {
    dlclose(library);
    return Error{ErrorCode::kUnsupportedMedia, std::move(message), file};
  };
  const auto version = reinterpret_cast<const char* (*)()>(dlsym(library, "SherpaOnnxGetVersionStr"));
  if (version == nullptr) return refuse("the library is not sherpa-onnx");
  if (std::strcmp(version(), sherpa::kVersion) != 0) {
    return refuse(std::string("sherpa-onnx has version ") + version() + "; Parley needs " + sherpa::kVersion);
  }
  sherpa::Functions functions{};
  if (!find_all(library, functions)) return refuse("sherpa-onnx lacks functions of its version");
  auto* opened = new SherpaOnnx;
  opened->functions_ = functions;
  opened->file_ = file;
  return opened;
}

}  // namespace parley::inference
