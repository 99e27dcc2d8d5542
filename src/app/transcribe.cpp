// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"
#include "app/platform.hpp"
#include "app/terminal.hpp"
#include "runtime/json.hpp"
#include "speech/subtitles.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <set>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace parley::app {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

double seconds(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1000.0; }

Task<> transcribe_one(speech::FileTranscriber* transcriber, std::shared_ptr<audio::SpeechReader> reader,
                      std::string language, ProgressBar* progress, Result<speech::FileTranscript>* out) {
  speech::FileTranscriber::Progress show = [progress](double fraction) { progress->update(fraction); };
  const runtime::Context context;
  speech::RecognizeOptions options{.language = std::move(language)};
  *out = co_await transcriber->transcribe(context, std::move(reader), std::move(options), std::move(show));
}

std::string json_line(const std::string& file, const speech::FileTranscript& result,
                      const std::string& language, const std::string& engine) {
  json::array words;
  for (const speech::Word& word : result.transcript.words) {
    words.push_back({{"text", word.text},
                     {"start", seconds(word.start)},
                     {"end", seconds(word.end)},
                     {"confidence", word.confidence ? json::value(*word.confidence) : json::value(nullptr)}});
  }
  return runtime::to_json({{"file", file},
                           {"text", result.transcript.text},
                           {"spoken", result.transcript.spoken},
                           {"words", std::move(words)},
                           {"language", language},
                           {"duration", seconds(result.duration)},
                           {"engine", engine}});
}

// Where each transcript goes, in the order of the files; empty paths for standard output.
Result<std::vector<std::filesystem::path>> targets(const TranscribeArguments& arguments,
                                                   const std::string& format) {
  std::vector<std::filesystem::path> paths(arguments.files.size());
  if (arguments.out.empty()) {
    const bool subtitles = format == "srt" || format == "vtt";
    if (!subtitles || paths.size() == 1) return paths;
    return Error{ErrorCode::kBadRequest, "subtitles of several recordings are several files: name a folder",
                 "--out"};
  }
  const std::string extension = format == "text" ? ".txt" : "." + format;
  std::set<std::filesystem::path> taken;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto name = std::filesystem::path(arguments.files[i]).stem().string() + extension;
    paths[i] = std::filesystem::path(arguments.out) / name;
    if (taken.insert(paths[i]).second) continue;
    return Error{ErrorCode::kBadRequest, "two recordings would both be written to " + name, "--out"};
  }
  return paths;
}

Result<> write(const std::string& content, const std::filesystem::path& path) {
  if (path.empty()) {
    fmt::print("{}", content);
    std::fflush(stdout);
    return {};
  }
  std::error_code failure;
  std::filesystem::create_directories(path.parent_path(), failure);
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.close();
  if (file.good()) return {};
  return Error{ErrorCode::kServiceUnavailable, "the transcript cannot be written", path.string()};
}

// The recordings of one command.
class Transcription {
 public:
  Transcription(Platform& platform, const TranscribeArguments& arguments, std::string format)
      : platform_(platform),
        arguments_(arguments),
        format_(std::move(format)),
        language_(platform.config().conversation.language),
        transcriber_({platform.recognizer(), platform.background(), platform.config().speech.vad,
                      platform.voice_network(), pieces_at_once(platform.config())}) {}

  Result<> transcribe(const std::string& file, const std::filesystem::path& target) {
    auto reader = audio::SpeechReader::open(file);
    if (!reader) return reader.error();
    Result<speech::FileTranscript> result = speech::FileTranscript{};
    {
      ProgressBar progress(file);
      platform_.io().run(transcribe_one(&transcriber_,
                                        std::make_shared<audio::SpeechReader>(std::move(*reader)), language_,
                                        &progress, &result));
    }
    if (!result) return result.error();
    if (result->truncated) fmt::print(stderr, "parley: {}: the recording is damaged or cut off\n", file);
    return write(formatted(file, *result), target);
  }

 private:
  static std::size_t pieces_at_once(const Config& config) {
    return static_cast<std::size_t>(std::min(config.speech.asr.decoders, config.process.compute_threads));
  }

  std::string formatted(const std::string& file, const speech::FileTranscript& result) const {
    if (format_ == "srt") return speech::to_srt(speech::make_cues(result.readable));
    if (format_ == "vtt") return speech::to_webvtt(speech::make_cues(result.readable));
    if (format_ == "json") {
      return json_line(file, result, language_, platform_.recognizer()->info().name) + "\n";
    }
    const bool named = arguments_.files.size() > 1 && arguments_.out.empty();
    return (named ? file + ": " : std::string()) + result.transcript.text + "\n";
  }

  Platform& platform_;
  const TranscribeArguments& arguments_;
  const std::string format_;
  const std::string language_;
  speech::FileTranscriber transcriber_;
};

}  // namespace

int transcribe(const CommandContext& context, const TranscribeArguments& arguments) {
  const std::string format = context.json ? "json" : arguments.format;
  const auto paths = targets(arguments, format);
  if (!paths) {
    complain("", paths.error());
    return kExitUsage;
  }
  auto platform = Platform::open(context.config, context.data_dir, {.hears = true});
  if (!platform) {
    complain("", platform.error());
    return kExitFailed;
  }
  Transcription transcription(**platform, arguments, format);
  int code = kExitDone;
  for (std::size_t i = 0; i < arguments.files.size(); ++i) {
    const auto done = transcription.transcribe(arguments.files[i], (*paths)[i]);
    if (done) continue;
    complain(arguments.files[i], done.error());
    code = kExitFailed;
  }
  return code;
}

}  // namespace parley::app
