// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"
#include "app/platform.hpp"
#include "app/terminal.hpp"
#include "runtime/json.hpp"

#include <memory>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace parley::app {
namespace json = boost::json;

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

}  // namespace

int transcribe(const CommandContext& context, const TranscribeArguments& arguments) {
  auto platform = Platform::open(context.config, context.data_dir, {.hears = true});
  if (!platform) {
    complain("", platform.error());
    return kExitFailed;
  }
  speech::FileTranscriber transcriber((*platform)->recognizer(), (*platform)->background(),
                                      context.config.speech.vad, (*platform)->voice_network());
  int code = kExitDone;
  for (const std::string& file : arguments.files) {
    auto reader = audio::SpeechReader::open(file);
    if (!reader) {
      complain(file, reader.error());
      code = kExitFailed;
      continue;
    }
    Result<speech::FileTranscript> result = speech::FileTranscript{};
    {
      ProgressBar progress(file);
      (*platform)->io().run(transcribe_one(&transcriber,
                                           std::make_shared<audio::SpeechReader>(std::move(*reader)),
                                           arguments.language, &progress, &result));
    }
    if (!result) {
      complain(file, result.error());
      code = kExitFailed;
      continue;
    }
    if (result->truncated) fmt::print(stderr, "parley: {}: the recording is damaged or cut off\n", file);
    if (context.json) {
      fmt::print("{}\n",
                 json_line(file, *result, arguments.language, (*platform)->recognizer()->info().name));
    } else if (arguments.files.size() > 1) {
      fmt::print("{}: {}\n", file, result->transcript.text);
    } else {
      fmt::print("{}\n", result->transcript.text);
    }
    std::fflush(stdout);
  }
  return code;
}

}  // namespace parley::app
