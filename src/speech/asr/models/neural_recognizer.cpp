// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/neural_recognizer.hpp"

#include "inference/engine_standing.hpp"
#include "runtime/task_group.hpp"
#include "speech/asr/models/isolated_engines.hpp"
#include "speech/asr/second_hearing.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace parley::speech {

namespace fs = std::filesystem;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Stream;
using namespace std::chrono_literals;

namespace {

constexpr auto kLookEvery = 2s;
constexpr int kRestingLooks = 7;  // looking for a library costs more than looking for a model

// "en" of "en-US"; English where nothing is said.
std::string primary(std::string_view language) {
  std::string tag(language.substr(0, language.find_first_of("-_")));
  std::transform(tag.begin(), tag.end(), tag.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return tag.empty() ? "en" : tag;
}

bool knows(const NeuralModel& model, const std::string& language) {
  return std::any_of(model.languages.begin(), model.languages.end(),
                     [&](const std::string& known) { return known == "any" || primary(known) == language; });
}

// What a model does once it is in memory: one of the two.
struct Tool {
  std::shared_ptr<const SherpaEngine> hears = nullptr;
  std::shared_ptr<const Punctuator> punctuates = nullptr;

  bool alive() const { return hears ? hears->alive() : punctuates->alive(); }
};

// Without a model in the configuration any is wanted; voices never are.
Result<Tool> load(const NeuralModels& models, const NeuralModel& model, const AsrConfig& config) {
  const auto inspected = inference::inspect_sherpa_model(model.folder);
  if (!inspected) return inspected.error();
  if (inspected->task == inference::SherpaTask::kSynthesis) {
    return Error{ErrorCode::kBadRequest, "the model speaks; it does not recognise", model.name};
  }
  const bool punctuates = inspected->task == inference::SherpaTask::kPunctuation;
  if (!punctuates && !config.model.empty() && config.model != model.name) {
    return Error{ErrorCode::kBadRequest, "another model is to be used", "asr.model"};
  }
  const auto verified = models.verify(model);
  if (!verified) return verified.error();
  Tool tool;
  if (punctuates) {
    auto punctuator = load_punctuator(models, model, *inspected);
    if (!punctuator) return punctuator.error();
    tool.punctuates = std::move(*punctuator);
    return tool;
  }
  auto engine = load_engine(models, model, *inspected, config.word_bonus);
  if (!engine) return engine.error();
  tool.hears = std::move(*engine);
  return tool;
}

// The models in memory. Thread-safe.
class Loaded {
 public:
  struct Engine {
    NeuralModel model;
    Tool tool;
  };

  Loaded(NeuralModels models, AsrConfig config, std::shared_ptr<runtime::Log> log)
      : models_(std::move(models)), config_(std::move(config)), log_(std::move(log)) {}

  const NeuralModels& models() const { return models_; }

  // The error of the last model that could not be used, if no model can.
  std::optional<Error> look() {
    const std::lock_guard one_at_a_time(looking_);
    std::vector<Engine> next;
    std::optional<Error> last;
    for (const NeuralModel& model : candidates()) {
      const auto stamp = inference::stamp_of(model.folder);
      auto tool = present(model, stamp);
      if (!tool) {
        const auto found = tried_.find(model.name);
        if (found != tried_.end() && found->second.rests(stamp)) {
          last = found->second.error;
          continue;
        }
        tool = load_new(model, stamp, last);
      }
      if (tool) next.push_back({model, std::move(*tool)});
    }
    std::vector<Engine> gone;
    {
      const std::lock_guard lock(mutex_);
      gone = std::exchange(engines_, std::move(next));
      const bool hears = std::any_of(engines_.begin(), engines_.end(),
                                     [](const Engine& engine) { return engine.tool.hears != nullptr; });
      if (hears) last.reset();
    }
    tell_gone(gone);
    return last;
  }

  // Live speech prefers an engine that streams, recordings one that does not.
  std::optional<Engine> pick(const std::string& language, bool live) const {
    const std::lock_guard lock(mutex_);
    const Engine* best = nullptr;
    for (const Engine& engine : engines_) {
      if (!engine.tool.hears || !engine.tool.alive() || !knows(engine.model, language)) continue;
      if (best == nullptr || (engine.tool.hears->streams() == live && best->tool.hears->streams() != live)) {
        best = &engine;
      }
    }
    return best == nullptr ? std::nullopt : std::optional(*best);
  }

  // The first model that punctuates the language; null when there is none.
  std::shared_ptr<const Punctuator> punctuator(const std::string& language) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(engines_.begin(), engines_.end(), [&](const Engine& engine) {
      return engine.tool.punctuates && engine.tool.alive() && knows(engine.model, language);
    });
    return found == engines_.end() ? nullptr : found->tool.punctuates;
  }

  // Of the model that recognises; nothing when there is none.
  std::optional<std::string> name() const {
    const auto best = pick("en", true);
    if (best) return best->model.name;
    const std::lock_guard lock(mutex_);
    return first_of([](const Tool& tool) { return tool.hears != nullptr; });
  }

  std::optional<std::string> punctuator_name() const {
    const std::lock_guard lock(mutex_);
    return first_of([](const Tool& tool) { return tool.punctuates != nullptr; });
  }

 private:
  // A model that could not be used: not tried again until its files change, or for so many looks.
  struct Tried {
    fs::file_time_type stamp;
    Error error;
    std::optional<int> looks;

    bool rests(fs::file_time_type now) { return stamp == now && (!looks || (*looks)-- > 0); }
  };

  // The name of the first model for a purpose. Under the lock.
  template <class Serves>
  std::optional<std::string> first_of(Serves serves) const {
    for (const Engine& engine : engines_) {
      if (engine.tool.alive() && serves(engine.tool)) return engine.model.name;
    }
    return std::nullopt;
  }

  // The models that are there, and the folder of the configuration.
  std::vector<NeuralModel> candidates() const {
    auto models = models_.present();
    const std::string& wanted = config_.model;
    if (wanted.find('/') != std::string::npos) models.push_back({wanted, wanted, {"any"}});
    return models;
  }

  std::optional<Tool> present(const NeuralModel& model, fs::file_time_type stamp) const {
    const auto known = stamps_.find(model.name);
    if (known == stamps_.end() || known->second != stamp) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(engines_.begin(), engines_.end(),
                                    [&](const Engine& engine) { return engine.model.name == model.name; });
    const bool there = found != engines_.end() && found->tool.alive();
    return there ? std::optional(found->tool) : std::nullopt;
  }

  std::optional<Tool> load_new(const NeuralModel& model, fs::file_time_type stamp,
                               std::optional<Error>& last) {
    auto tool = load(models_, model, config_);
    if (!tool) {
      last = tool.error();
      // What rests knows when it has rested. A library that is missing may come without a change of the
      // model.
      const bool missing = last->param == "models.sherpa_onnx";
      if (last->code != ErrorCode::kServiceUnavailable) {
        tried_.insert_or_assign(model.name,
                                Tried{stamp, *last, missing ? std::optional(kRestingLooks) : std::nullopt});
      }
      if (tool.error().code != ErrorCode::kBadRequest &&
          told_.insert_or_assign(model.name, last->message).second) {
        log_->warn({}, "neural_model_unusable",
                   {{"model", model.name}, {"reason", runtime::to_string(*last)}});
      }
      return std::nullopt;
    }
    tried_.erase(model.name);
    told_.erase(model.name);
    stamps_.insert_or_assign(model.name, stamp);
    log_->info({}, "neural_model_loaded", {{"model", model.name}});
    return *tool;
  }

  void tell_gone(const std::vector<Engine>& before) const {
    const std::lock_guard lock(mutex_);
    for (const Engine& engine : before) {
      const bool stays = std::any_of(engines_.begin(), engines_.end(), [&](const Engine& other) {
        return other.model.name == engine.model.name;
      });
      if (!stays) log_->info({}, "neural_model_gone", {{"model", engine.model.name}});
    }
  }

  const NeuralModels models_;
  const AsrConfig config_;
  const std::shared_ptr<runtime::Log> log_;

  std::mutex looking_;  // guards what follows, down to mutex_
  std::map<std::string, fs::file_time_type> stamps_;
  std::map<std::string, Tried> tried_;
  std::map<std::string, std::string> told_;

  mutable std::mutex mutex_;
  std::vector<Engine> engines_;
};

// Asks `background` every two seconds to look for models. A full pool leaves it to the next time.
void keep_looking(const std::stop_token& stop, const std::shared_ptr<Loaded>& loaded,
                  runtime::ComputePool& background) {
  std::mutex mutex;
  std::condition_variable_any pause;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    pause.wait_for(lock, stop, kLookEvery, [] { return false; });
    if (!stop.stop_requested()) static_cast<void>(background.post([loaded] { loaded->look(); }));
  }
}

class Chosen final : public NeuralRecognizer {
 public:
  Chosen(const AsrConfig& config, NeuralParts parts, std::shared_ptr<Recognizer> embedded,
         runtime::ComputePool& compute, runtime::Executor executor)
      : mask_(config.masks_profanity()),
        loaded_(std::make_shared<Loaded>(std::move(parts.models), config, parts.log)),
        embedded_(std::move(embedded)),
        compute_(compute),
        background_(parts.background),
        tasks_(std::move(executor)) {}

  Result<> open() {
    const auto error = loaded_->look();
    if (!embedded_ && !loaded_->name()) {
      if (error) return *error;
      return Error{ErrorCode::kModelRequired,
                   "recognition by sherpa-onnx needs a model: parley models list shows what there is",
                   "asr.engine"};
    }
    watch_ = std::jthread([loaded = loaded_, &background = background_](const std::stop_token& stop) {
      keep_looking(stop, loaded, background);
    });
    return {};
  }

  void look() override { loaded_->look(); }

  EngineInfo info() const override {
    const auto name = loaded_->name();
    EngineInfo info{"sherpa-onnx without a model", "local"};
    if (embedded_) info = embedded_->info();
    if (name) info = {"sherpa-onnx " + *name, "local"};
    const auto punctuator = loaded_->punctuator_name();
    if (punctuator) info.name += ", punctuation by " + *punctuator;
    return info;
  }

  Result<> knows(std::string_view language) const override {
    if (loaded_->pick(primary(language), true)) return {};
    if (embedded_) return embedded_->knows(language);
    return Error{ErrorCode::kLanguageUnavailable, "no neural model here knows the language", "language"};
  }

  Stream<Transcript> recognize(const Context& context, Stream<audio::Pcm> audio,
                               RecognizeOptions options) override {
    const std::string language = primary(options.language);
    const auto picked = loaded_->pick(language, options.partials);
    options.punctuator = loaded_->punctuator(language);
    if (!picked && embedded_) {
      return embedded_->recognize(context, std::move(audio), std::move(options));
    }
    auto [stream, writer] = runtime::make_stream<Transcript>(kUnreadTranscripts);
    if (!picked) {
      writer.fail(knows(language).error());
      return std::move(stream);
    }
    const auto& engine = picked->tool.hears;
    std::vector<std::string> expected;
    if (options.bias) expected = options.bias->phrases();
    auto decoder = engine->utterance(language == "en", expected);
    if (!decoder) {
      writer.fail(decoder.error());
      return std::move(stream);
    }
    const UtteranceOptions wanted{options.partials, mask_, options.punctuator, language};
    if (!embedded_ || !embedded_->knows(options.language) || !loaded_->models().host) {
      tasks_.spawn(stream_utterance(context, compute_, std::move(*decoder), std::move(audio),
                                    std::move(writer), wanted));
      return std::move(stream);
    }
    SecondHearing second{embedded_, std::move(options), [engine] { return !engine->alive(); }};
    tasks_.spawn(stream_or_hear_again(context, compute_, std::move(*decoder), std::move(audio),
                                      std::move(writer), wanted, std::move(second)));
    return std::move(stream);
  }

  // Neural models remember nothing, and pay no heed to what the embedded engine does.
  std::shared_ptr<VoiceMemory> remember(bool adapt) override {
    return embedded_ ? embedded_->remember(adapt) : nullptr;
  }
  std::shared_ptr<const VoiceKeeper> keeper() const override {
    const bool hears = embedded_ && !loaded_->pick("en", true);
    return hears ? embedded_->keeper() : nullptr;
  }

  void prepare(const std::shared_ptr<const Bias>& bias) override {
    if (embedded_ && !loaded_->pick("en", true)) embedded_->prepare(bias);
  }

 private:
  const bool mask_;
  const std::shared_ptr<Loaded> loaded_;
  const std::shared_ptr<Recognizer> embedded_;
  runtime::ComputePool& compute_;
  runtime::ComputePool& background_;
  runtime::TaskGroup tasks_;
  std::jthread watch_;
};

}  // namespace

Result<std::unique_ptr<NeuralRecognizer>> NeuralRecognizer::open(const AsrConfig& config, NeuralParts parts,
                                                                 std::shared_ptr<Recognizer> embedded,
                                                                 runtime::ComputePool& compute,
                                                                 runtime::Executor executor) {
  auto chosen =
      std::make_unique<Chosen>(config, std::move(parts), std::move(embedded), compute, std::move(executor));
  const auto opened = chosen->open();
  if (!opened) return opened.error();
  return std::unique_ptr<NeuralRecognizer>(std::move(chosen));
}

Result<Transcript> try_neural_model(const NeuralModels& models, const NeuralModel& model,
                                    std::span<const std::int16_t> speech) {
  const auto tool = load(models, model, AsrConfig());
  if (!tool) return tool.error();
  if (!tool->hears) return Error{ErrorCode::kBadRequest, "the model does not recognise", model.name};
  const auto utterance = tool->hears->utterance(knows(model, "en"), {});
  if (!utterance) return utterance.error();
  const auto accepted = (*utterance)->accept(speech);
  if (!accepted) return accepted.error();
  return (*utterance)->finish();
}

Result<double> try_punctuation(const NeuralModels& models, const NeuralModel& model,
                               std::string_view sentence) {
  const auto tool = load(models, model, AsrConfig());
  if (!tool) return tool.error();
  if (!tool->punctuates) return Error{ErrorCode::kBadRequest, "the model does not punctuate", model.name};
  const auto marked = tool->punctuates->punctuate(without_marks(sentence));
  if (!marked) return marked.error();
  return marks_right(sentence, *marked);
}

NeuralTask neural_task(const NeuralModel& model) {
  const auto inspected = inference::inspect_sherpa_model(model.folder);
  if (!inspected) return NeuralTask::kRecognition;
  if (inspected->task == inference::SherpaTask::kSynthesis) return NeuralTask::kSynthesis;
  if (inspected->task == inference::SherpaTask::kPunctuation) return NeuralTask::kPunctuation;
  return NeuralTask::kRecognition;
}

}  // namespace parley::speech
