// SPDX-License-Identifier: Apache-2.0
#include "app/platform.hpp"

#include "app/documents.hpp"
#include "app/neural_models.hpp"
#include "inference/module.hpp"
#include "knowledge/module.hpp"
#include "language/module.hpp"
#include "net/http_client.hpp"
#include "speech/module.hpp"
#include "speech/voice_network.hpp"

#include <algorithm>
#include <fstream>
#include <future>
#include <stdexcept>
#include <utility>

#include <stdlib.h>

namespace parley::app {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "parley-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Platform::Platform(const Config& config, std::shared_ptr<runtime::Log> log)
    : config_(config),
      log_(std::move(log)),
      io_(static_cast<std::size_t>(config.process.io_threads)),
      compute_({.name = "compute", .threads = static_cast<std::size_t>(config.process.compute_threads)}),
      speaking_({.name = "speaking",
                 .threads = static_cast<std::size_t>(config.process.speaking_threads),
                 .niceness = runtime::kSpeakingNiceness}),
      background_({.name = "background",
                   .threads = static_cast<std::size_t>(config.process.background_threads),
                   .capacity = 4096,
                   .niceness = runtime::kBackgroundNiceness}) {}

Platform::~Platform() {
  if (bias_) io_.run(bias_->stop());
  if (profiles_) io_.run(profiles_->stop());
}

Result<std::unique_ptr<Platform>> Platform::open(const Config& config, const std::filesystem::path& data_dir,
                                                 PlatformParts parts) {
  // Held before anything is written, also the log, which may lie in it.
  std::optional<storage::DataDirectory> directory;
  if (parts.answers) {
    auto locked = storage::DataDirectory::lock(data_dir);
    if (!locked) return locked.error();
    directory.emplace(std::move(*locked));
  }
  auto log = runtime::Log::open(config.log);
  if (!log) return log.error();
  std::unique_ptr<Platform> platform(new Platform(config, std::move(*log)));
  platform->directory_ = std::move(directory);
  const auto speech = platform->open_speech(parts);
  if (!speech) return speech.error();
  if (parts.answers) {
    const auto answers = platform->open_answers(data_dir);
    if (!answers) return answers.error();
  }
  return platform;
}

Result<> Platform::open_speech(PlatformParts parts) {
  auto neural = neural_models(config_.models, log_, &metrics_);
  if (!neural) return neural.error();
  engines_ = neural->host;
  if (parts.hears) {
    const auto models = inference::open_store(config_.models);
    if (!models) return models.error();
    const auto file = models->file(speech::kVoiceModel, speech::kVoiceModelFile);
    auto network = speech::make_voice_network(config_.speech.vad, file, *log_);
    if (!network) return network.error();
    voice_network_ = std::move(*network);
    speech::ModelAdvice advice = [store = *models](std::string_view language) {
      return store.knowing(language, "recognition");
    };
    auto recognizer = speech::make_recognizer(config_.speech.asr, compute_, io_.executor(), std::move(advice),
                                              speech::NeuralParts{*neural, background_, log_});
    if (!recognizer) return recognizer.error();
    recognizer_ = std::move(*recognizer);
  }
  if (parts.speaks) {
    std::optional<speech::SpeechCache> cache;
    if (directory_) cache = {directory_->path() / "speech-cache", &metrics_};
    auto synthesizer = speech::make_synthesizer(config_.speech.tts, speaking_, log_, cache, *neural);
    if (!synthesizer) return synthesizer.error();
    synthesizer_ = std::move(*synthesizer);
  }
  return {};
}

Result<> Platform::open_answers(const std::filesystem::path& data_dir) {
  storage::DatabaseOptions options;
  options.file = data_dir / "parley.db";
  options.log = log_;
  options.extensions = knowledge::database_extensions();
  auto database = storage::Database::open(std::move(options));
  if (!database) return database.error();
  database_ = std::move(*database);
  library_ = std::make_shared<knowledge::Library>(
      config_.knowledge, knowledge::LibraryParts{*database_, compute_, background_, *clock_, metrics_, log_});
  library_->resume();
  retriever_ = library_->retriever();
  http_client_ = std::make_shared<net::HttpClient>(io_.executor(), config_.http_client);
  auto model = language::make_chat_model(config_.language, {speaking_, io_.executor(), http_client_, log_});
  if (!model) return model.error();
  model_ = std::move(*model);
  answerer_ = std::make_shared<conversation::Answerer>(retriever_, model_, config_.conversation);
  if (recognizer_) {
    bias_ = std::make_shared<conversation::DocumentBias>(
        conversation::DocumentBias::Parts{*library_, *recognizer_, background_, log_, io_.executor()});
    profiles_ = std::make_shared<conversation::SpeakerProfiles>(conversation::SpeakerProfiles::Parts{
        *database_, *recognizer_, compute_, background_, clock_, log_, io_.executor()});
  }
  return {};
}

namespace {

constexpr int kWarmUpTries = 15;

Task<> hear_silence(speech::Recognizer* recognizer, Result<>* out) {
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(1);
  const auto pushed = writer.push({audio::kSpeechFormat, std::vector<std::int16_t>(1600)});
  if (!pushed) *out = pushed.error();
  writer.finish();
  auto transcripts = recognizer->recognize({}, std::move(audio), {});
  for (;;) {
    const auto next = co_await transcripts.next();
    if (!next) *out = next.error();
    if (!next || !next->has_value()) co_return;
  }
}

Task<> synthesize(speech::Synthesizer* synthesizer, std::string text, Result<audio::Pcm>* out) {
  audio::Pcm whole;
  auto chunks = synthesizer->synthesize({}, std::move(text), {});
  for (;;) {
    const auto next = co_await chunks.next();
    if (!next) *out = next.error();
    if (!next) co_return;
    if (!next->has_value()) break;
    const audio::Pcm& pcm = (*next)->pcm;
    whole.format = pcm.format;
    whole.samples.insert(whole.samples.end(), pcm.samples.begin(), pcm.samples.end());
  }
  *out = std::move(whole);
}

Task<> say_something(speech::Synthesizer* synthesizer, Result<>* out) {
  auto chunks = synthesizer->synthesize({}, "Ready.", {});
  for (;;) {
    const auto next = co_await chunks.next();
    if (!next) *out = next.error();
    if (!next || !next->has_value()) co_return;
  }
}

Task<> add_documents(knowledge::Library* library, const std::vector<DocumentFile>* files,
                     Result<std::size_t>* out) {
  const runtime::Context context;
  std::vector<std::string> ids;
  for (const auto& file : *files) {
    auto bytes = read_file(file.path);
    if (!bytes) {
      *out = Error{bytes.error().code, bytes.error().message, file.path.string()};
      co_return;
    }
    const auto added = co_await library->add(context, file.name, std::move(*bytes));
    if (!added) {
      *out = Error{added.error().code, added.error().message, file.path.string()};
      co_return;
    }
    ids.push_back(added->id);
  }
  std::size_t completed = 0;
  for (const std::string& id : ids) {
    const auto document = co_await library->wait(context, id);
    if (document && document->status == knowledge::DocumentStatus::kCompleted) ++completed;
  }
  *out = completed;
}

Task<> refresh(conversation::DocumentBias* bias) {
  // A failure has no other sign than general English; whatever follows the documents will try again.
  const runtime::Context context;
  static_cast<void>(co_await bias->refresh(context));
}

}  // namespace

Result<> Platform::warm_up() {
  Result<> hearing;
  Result<> speaking;
  std::future<void> heard;
  if (recognizer_) {
    // Decoders that still learn what the documents say are busy for longer than a caller would wait.
    heard = std::async(std::launch::async, [&] {
      for (int tries = 0; tries < kWarmUpTries; ++tries) {
        hearing = {};
        io_.run(hear_silence(recognizer_.get(), &hearing));
        if (hearing || hearing.error().code != ErrorCode::kOverloaded) return;
      }
    });
  }
  if (synthesizer_) io_.run(say_something(synthesizer_.get(), &speaking));
  if (heard.valid()) heard.get();
  if (!hearing) return hearing.error();
  return speaking;
}

Result<audio::Pcm> Platform::say(std::string text) {
  Result<audio::Pcm> spoken = audio::Pcm{};
  io_.run(synthesize(synthesizer_.get(), std::move(text), &spoken));
  return spoken;
}

Result<std::size_t> Platform::index_folder(const std::filesystem::path& folder) {
  const auto files = find_documents(folder);
  if (!files) return files.error();
  if (files->empty()) return Error{ErrorCode::kNotFound, "there is no document that can be indexed"};
  Result<std::size_t> completed = std::size_t{0};
  io_.run(add_documents(library_.get(), &*files, &completed));
  // So that the first question is already heard with them in mind.
  if (bias_) io_.run(refresh(bias_.get()));
  return completed;
}

std::vector<std::string> Platform::engine_troubles() const {
  std::vector<std::string> found;
  if (!engines_) return found;
  for (const auto& trouble : engines_->troubles()) {
    found.push_back(trouble.model + " ended its engine (" + trouble.how + ")" +
                    (trouble.set_aside ? " too often and is set aside until its files change" : ""));
  }
  return found;
}

double Platform::waiting() const {
  const auto of = [](const runtime::ComputePool& pool) {
    return static_cast<double>(pool.queued()) / static_cast<double>(pool.threads());
  };
  return std::max(of(compute_), of(speaking_));
}

void Platform::follow_documents() {
  if (bias_) static_cast<void>(bias_->of(runtime::Context().tenant));
}

std::shared_ptr<conversation::Traces> Platform::make_traces() {
  const conversation::Config& config = config_.conversation;
  if (config.trace_folder.empty()) return nullptr;
  const conversation::TraceLimits limits{static_cast<std::size_t>(config.trace_megabytes) << 20U,
                                         static_cast<std::size_t>(config.trace_files)};
  return std::make_shared<conversation::Traces>(config.trace_folder, limits, background_, clock_, log_);
}

std::shared_ptr<conversation::Recordings> Platform::make_recordings() {
  const conversation::Config& config = config_.conversation;
  if (config.recording_folder.empty()) return nullptr;
  return std::make_shared<conversation::Recordings>(conversation::Recordings::Parts{
      .folder = config.recording_folder,
      .limits = {.bytes = static_cast<std::uint64_t>(config.recording_megabytes) << 20U,
                 .kept = std::chrono::days(config.recording_days)},
      .reading = compute_,
      .writing = background_,
      .clock = clock_,
      .log = log_});
}

conversation::SessionParts Platform::session_parts() const {
  return {recognizer_,        synthesizer_,         answerer_,      bias_,        clock_, log_,
          config_.speech.vad, config_.conversation, voice_network_, config_.audio};
}

}  // namespace parley::app
