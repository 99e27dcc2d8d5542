// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"
#include "app/neural_models.hpp"
#include "app/platform.hpp"
#include "app/terminal.hpp"
#include "audio/resampler.hpp"
#include "inference/module.hpp"
#include "inference/sherpa_onnx.hpp"
#include "net/http_client.hpp"
#include "runtime/json.hpp"
#include "speech/module.hpp"
#include "speech/voice_network.hpp"
#include "text/word_error_rate.hpp"

#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace parley::app {
namespace json = boost::json;

using inference::Model;
using inference::ModelStore;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

constexpr const char* kSentence = "The shop is open from nine to five, and on Saturdays until noon.";
constexpr const char* kMarkedSentence =
    "Can you tell me when the shop is open? It opens early in the morning, and it closes late in the "
    "evening.";
constexpr double kFewestMarksRight = 0.5;
constexpr double kMostWrongPercent = 25;
constexpr double kMostMisheardPercent = 50;

// Tries a model as the engine would use it.
using SelfTest = Result<> (*)(const CommandContext& context, const ModelStore& store, const Model& model);

// The sentence in an embedded voice, as recognisers take it.
Result<std::vector<std::int16_t>> spoken_sentence(const CommandContext& context, const std::string& sentence,
                                                  const std::string& voice = {}) {
  Config embedded = context.config;
  embedded.speech.tts = {};
  embedded.speech.tts.voice = voice;
  const auto platform = Platform::open(embedded, context.data_dir, {.speaks = true});
  if (!platform) return platform.error();
  const auto spoken = (*platform)->say(sentence);
  if (!spoken) return spoken.error();
  auto resampler = audio::FileResampler::create(spoken->format, audio::kSpeechFormat.rate);
  if (!resampler) return resampler.error();
  std::vector<std::int16_t> samples = resampler->process(spoken->samples);
  const auto rest = resampler->flush();
  samples.insert(samples.end(), rest.begin(), rest.end());
  return samples;
}

Result<> try_silero(const CommandContext& context, const ModelStore& store, const Model& model) {
  const auto file = store.file(model.name, speech::kVoiceModelFile);
  if (!file) return Error{ErrorCode::kModelRequired, "the model lacks its file", speech::kVoiceModelFile};
  const auto samples = spoken_sentence(context, kSentence);
  if (!samples) return samples.error();
  return speech::try_voice_network(*file, *samples);
}

Task<> recognise(speech::Recognizer* recognizer, audio::Pcm pcm, Result<speech::Transcript>* out) {
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(1);
  const auto pushed = writer.push(std::move(pcm));
  if (!pushed) *out = pushed.error();
  writer.finish();
  auto transcripts = recognizer->recognize({}, std::move(audio), {});
  for (;;) {
    auto next = co_await transcripts.next();
    if (!next) *out = next.error();
    if (!next || !next->has_value()) co_return;
    *out = std::move(**next);
  }
}

// A voice must be understood by the recogniser that is here: at most half of the words wrong.
Result<> try_voice(const CommandContext& context, const speech::NeuralModels& models,
                   const speech::NeuralModel& voice, const std::string& sentence, bool judged) {
  const auto spoken = speech::try_voice_model(models, voice, sentence);
  if (!spoken) return spoken.error();
  if (!judged) return {};
  auto resampler = audio::FileResampler::create(spoken->format, audio::kSpeechFormat.rate);
  if (!resampler) return resampler.error();
  audio::Pcm pcm{audio::kSpeechFormat, resampler->process(spoken->samples)};
  const auto rest = resampler->flush();
  pcm.samples.insert(pcm.samples.end(), rest.begin(), rest.end());
  const auto platform = Platform::open(context.config, context.data_dir, {.hears = true});
  if (!platform) return platform.error();
  Result<speech::Transcript> heard = speech::Transcript{};
  (*platform)->io().run(recognise((*platform)->recognizer().get(), std::move(pcm), &heard));
  if (!heard) return heard.error();
  text::WordErrorRate wrong;
  wrong.add(sentence, heard->spoken);
  if (wrong.percent() <= kMostMisheardPercent) return {};
  return Error{ErrorCode::kUnsupportedMedia,
               fmt::format("it said \"{}\", of which was understood \"{}\"", sentence, heard->spoken),
               voice.name};
}

// Half of the marks of a sentence must come back. A model that knows no English and names no sentence of its
// own must read one without an error.
Result<> try_punctuation(const speech::NeuralModels& models, const speech::NeuralModel& model,
                         const std::string& sentence, bool judged) {
  const auto right = speech::try_punctuation_model(models, model, sentence);
  if (!right) return right.error();
  if (!judged || *right >= kFewestMarksRight) return {};
  return Error{ErrorCode::kUnsupportedMedia,
               fmt::format("of the marks of \"{}\" it found {:.0f} %", sentence, 100 * *right), model.name};
}

// A recogniser must hear a sentence with at most a quarter of its words wrong. One that knows no English and
// names no sentence of its own must hear it without an error.
Result<> try_sherpa(const CommandContext& context, const ModelStore& store, const Model& model) {
  const std::string language = model.languages.empty() ? "en" : model.languages.front();
  const bool english = language == "any" || language.starts_with("en");
  const bool judged = english || !model.test_sentence.empty();
  const std::string sentence = model.test_sentence.empty() ? kSentence : model.test_sentence;
  const auto models = neural_models(context.config.models, runtime::Log::none(), nullptr);
  if (!models) return models.error();
  const auto neural = neural_model(model, store.folder());
  const auto task = speech::task_of(neural);
  if (task == speech::NeuralTask::kSynthesis) return try_voice(context, *models, neural, sentence, judged);
  if (task == speech::NeuralTask::kPunctuation) {
    const std::string marked = model.test_sentence.empty() ? kMarkedSentence : model.test_sentence;
    return try_punctuation(*models, neural, marked, judged);
  }
  const auto samples = spoken_sentence(context, sentence, english || !judged ? "" : "espeak:" + language);
  if (!samples) return samples.error();
  const auto heard = speech::try_recognition_model(*models, neural, *samples);
  if (!heard) return heard.error();
  text::WordErrorRate wrong;
  wrong.add(sentence, heard->spoken);
  if (!judged || wrong.percent() <= kMostWrongPercent) return {};
  return Error{ErrorCode::kUnsupportedMedia,
               fmt::format("of \"{}\" it heard \"{}\"", sentence, heard->spoken), model.name};
}

struct Engine {
  std::string_view name;
  SelfTest self_test;
};
// The engines of this program that use models of the store.
constexpr Engine kEngines[] = {{"silero", try_silero}, {kNeuralEngine, try_sherpa}};

const Engine* engine_of(const Model& model) {
  for (const Engine& engine : kEngines) {
    if (engine.name == model.engine) return &engine;
  }
  return nullptr;
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1'000'000) return fmt::format("{:.0f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string language_text(const Model& model) {
  constexpr std::size_t kShown = 4;
  if (model.languages.size() > kShown) return fmt::format("{} languages", model.languages.size());
  return fmt::format("{}", fmt::join(model.languages, ","));
}

// Whether the engine of a model is on this machine.
bool engine_ready(const CommandContext& context, const Model& model) {
  if (engine_of(model) == nullptr) return false;
  return model.engine != kNeuralEngine ||
         inference::SherpaOnnx::open(context.config.models.sherpa_onnx).has_value();
}

int list(const CommandContext& context, const ModelStore& store) {
  for (const Model& model : store.models()) {
    const bool present = store.present(model);
    const bool usable = engine_of(model) != nullptr;
    if (context.json) {
      json::array languages(model.languages.begin(), model.languages.end());
      fmt::print("{}\n", runtime::to_json({{"name", model.name},
                                           {"version", model.version},
                                           {"purpose", model.purpose},
                                           {"engine", model.engine},
                                           {"usable", usable},
                                           {"engine_ready", engine_ready(context, model)},
                                           {"recommended", model.recommended},
                                           {"languages", std::move(languages)},
                                           {"licence", model.licence},
                                           {"size", model.size()},
                                           {"present", present},
                                           {"home", model.home}}));
      continue;
    }
    fmt::print("{:<24} {:<8} {:>9}  {:<12} {:<12} {}{}\n", model.name, present ? "here" : "-",
               size_text(model.size()), model.licence, language_text(model), model.purpose,
               usable ? "" : fmt::format(" (needs {}, which this program does not have)", model.engine));
  }
  return kExitDone;
}

Task<> fetch(std::shared_ptr<net::HttpClient> http, const ModelStore* store, Model model,
             inference::PullOptions options, Result<>* out) {
  const runtime::Context context;
  *out = co_await inference::pull(context, std::move(http), *store, std::move(model), std::move(options));
}

Result<> pull_one(const CommandContext& context, const ModelStore& store, const Model& model,
                  const ModelsArguments& arguments) {
  ProgressBar bar(model.name);
  const auto progress = [&bar](std::uint64_t done, std::uint64_t total) {
    bar.update(static_cast<double>(done) / static_cast<double>(total), size_text(done));
  };
  if (!arguments.from.empty()) return store.take_from(model, arguments.from, progress);
  runtime::IoThreads io(1);
  const auto http = std::make_shared<net::HttpClient>(io.executor(), context.config.http_client);
  inference::PullOptions options{.mirrors = arguments.mirrors, .progress = progress};
  options.mirrors.insert(options.mirrors.end(), context.config.models.mirrors.begin(),
                         context.config.models.mirrors.end());
  Result<> pulled;
  io.run(fetch(http, &store, model, std::move(options), &pulled));
  return pulled;
}

// Says what was done with a model; `note` is for people.
void report(const CommandContext& context, const Model& model, const char* done, const std::string& note) {
  if (context.json) {
    fmt::print("{}\n", runtime::to_json({{"name", model.name}, {done, true}}));
  } else {
    fmt::print("{}: {}\n", model.name, note);
  }
  std::fflush(stdout);
}

Result<> pull(const CommandContext& context, const ModelStore& store, const Model& model,
              const ModelsArguments& arguments) {
  const bool before = store.present(model);
  if (!before) {
    const auto pulled = pull_one(context, store, model, arguments);
    if (!pulled) return pulled;
  }
  report(context, model, "present",
         before ? "is here already" : fmt::format("{}, licence {}", size_text(model.size()), model.licence));
  if (model.engine == kNeuralEngine && !context.json) {
    const auto library = inference::SherpaOnnx::open(context.config.models.sherpa_onnx);
    if (!library) fmt::print("{}: not used yet: {}\n", model.name, library.error().message);
  }
  return {};
}

Result<> verify(const CommandContext& context, const ModelStore& store, const Model& model) {
  {
    ProgressBar bar(model.name);
    const auto verified = store.verify(model, [&bar](std::uint64_t done, std::uint64_t total) {
      bar.update(static_cast<double>(done) / static_cast<double>(total));
    });
    if (!verified) return verified;
  }
  const Engine* engine = engine_of(model);
  if (engine != nullptr) {
    const auto tried = engine->self_test(context, store, model);
    if (!tried) return tried;
  }
  report(context, model, "verified",
         engine != nullptr ? "checksums right, self-test passed"
                           : fmt::format("checksums right; not tried, since {} is not here", model.engine));
  return {};
}

Result<> act(const CommandContext& context, const ModelStore& store, const Model& model,
             const ModelsArguments& arguments) {
  if (arguments.action == "pull") return pull(context, store, model, arguments);
  if (arguments.action == "verify") return verify(context, store, model);
  const auto removed = store.remove(model);
  if (removed) report(context, model, "removed", "removed");
  return removed;
}

}  // namespace

int models(const CommandContext& context, const ModelsArguments& arguments) {
  const auto store = inference::open_store(context.config.models);
  if (!store) {
    complain("", store.error());
    return kExitFailed;
  }
  if (arguments.action == "list") return list(context, *store);
  std::vector<std::string> names = arguments.names;
  if (names.empty() && arguments.action == "verify") {
    for (const Model& model : store->models()) {
      if (store->present(model)) names.push_back(model.name);
    }
  } else if (names.empty()) {
    complain("", {ErrorCode::kBadRequest, "name the models; parley models list shows them"});
    return kExitUsage;
  }
  int code = kExitDone;
  for (const std::string& name : names) {
    const auto model = store->find(name);
    const auto done = model ? act(context, *store, *model, arguments) : Result<>(model.error());
    if (done) continue;
    complain(name, done.error());
    code = kExitFailed;
  }
  return code;
}

}  // namespace parley::app
