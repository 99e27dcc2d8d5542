// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/speaker.hpp"

#include "runtime/clock.hpp"
#include "text/language.hpp"
#include "text/speakable.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <optional>

namespace parley::speech {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMaxTextBytes = 2000;

bool within(double value, double least, double most) { return value >= least && value <= most; }

// Sends what was spoken before, in chunks of 100 ms.
void repeat(const SpokenAudio& spoken, const runtime::Context& context,
            const runtime::StreamWriter<AudioChunk>& sink) {
  const auto alive = context.check(runtime::SystemClock().now());
  if (!alive) return sink.fail(alive.error());
  const auto& [pcm, words, phonemes] = spoken;
  const auto largest = static_cast<std::size_t>(pcm.format.rate) / 10;
  auto word = words.begin();
  auto phoneme = phonemes.begin();
  for (std::size_t from = 0; from < pcm.samples.size(); from += largest) {
    const std::size_t until = std::min(from + largest, pcm.samples.size());
    const auto begin = pcm.samples.begin();
    AudioChunk chunk{
        {pcm.format, {begin + static_cast<std::ptrdiff_t>(from), begin + static_cast<std::ptrdiff_t>(until)}},
        {},
        {}};
    const auto ends = std::chrono::milliseconds(until * 1000 / static_cast<std::size_t>(pcm.format.rate));
    for (; word != words.end() && word->start < ends; ++word) chunk.words.push_back(*word);
    for (; phoneme != phonemes.end() && phoneme->start < ends; ++phoneme) chunk.phonemes.push_back(*phoneme);
    if (!sink.push(std::move(chunk))) return;
  }
  sink.finish();
}

// "de-AT" and "de_at" are "de".
std::string primary(std::string_view tag) {
  std::string language(tag.substr(0, tag.find_first_of("-_")));
  for (char& c : language) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return language;
}

// An id as the engine knows it: without its prefix.
std::string_view own_name(std::string_view id) { return id.substr(id.find(':') + 1); }

// The language of a voice that find_voice() gave, if the engine tells.
std::string language_of(const TtsEngine& engine, std::string_view voice) {
  voice = voice.substr(0, voice.find('+'));
  for (const Voice& each : engine.voices()) {
    if (own_name(each.id) == voice) return primary(each.language);
  }
  return {};
}

// A voice for a language: the one that the engine finds by the language's name, else the first.
std::optional<std::string> voice_for(const TtsEngine& engine, const std::string& language) {
  auto named = engine.find_voice(language);
  if (named) return std::move(*named);
  for (const Voice& each : engine.voices()) {
    if (primary(each.language) == language) return std::string(own_name(each.id));
  }
  return std::nullopt;
}

std::optional<Error> refuse(const std::string& text, const SynthesizeOptions& options) {
  const auto bad = [](const char* why, const char* param) {
    return Error{ErrorCode::kBadRequest, why, param};
  };
  if (!within(options.speed, 0.5, 2.0)) return bad("the speed must lie between 0.5 and 2.0", "speed");
  if (!within(options.pitch, 0.5, 2.0)) return bad("the pitch must lie between 0.5 and 2.0", "pitch");
  if (!within(options.volume, 0.0, 2.0)) return bad("the volume must lie between 0.0 and 2.0", "volume");
  if (text.size() > kMaxTextBytes) return bad("the text to speak is longer than 2,000 bytes", "text");
  if (!text::is_valid_utf8(text)) return bad("the text to speak is not UTF-8", "text");
  return std::nullopt;
}

}  // namespace

KeptSpeech::KeptSpeech(std::filesystem::path folder, std::int64_t megabytes, runtime::ComputePool& compute,
                       runtime::Metrics& metrics)
    : cache(std::move(folder), static_cast<std::uint64_t>(megabytes) * 1'000'000),
      pool(compute),
      hits(metrics.counter("parley_tts_cache_total", "Sentences looked for among those spoken before",
                           {{"result", "hit"}})),
      misses(metrics.counter("parley_tts_cache_total", "Sentences looked for among those spoken before",
                             {{"result", "miss"}})) {}

Result<std::shared_ptr<Synthesizer>> Speaker::make(TtsConfig config, std::vector<NamedEngine> engines,
                                                   std::unique_ptr<KeptSpeech> kept) {
  auto pronunciations = text::Pronunciations::parse(config.pronunciations);
  if (!pronunciations) {
    return Error{pronunciations.error().code, pronunciations.error().message, "tts.pronunciations"};
  }
  std::shared_ptr<Speaker> speaker(
      new Speaker(std::move(config), std::move(engines), std::move(*pronunciations), std::move(kept)));
  if (speaker->default_engine({}) == nullptr) {
    return Error{ErrorCode::kBadRequest, "there is no such speech engine", "tts.engine"};
  }
  const auto voice = speaker->find("");
  if (!voice) return Error{voice.error().code, voice.error().message, "tts.voice"};
  speaker->default_language_ = language_of(*voice->engine->engine, voice->voice);
  return std::shared_ptr<Synthesizer>(std::move(speaker));
}

const Speaker::NamedEngine* Speaker::engine_named(std::string_view name) const {
  const auto found =
      std::find_if(engines_.begin(), engines_.end(), [&](const auto& row) { return row.name == name; });
  return found == engines_.end() ? nullptr : &*found;
}

// "auto" is a neural voice that is here and the embedded engine else; voices without a prefix are the
// embedded engine's.
const Speaker::NamedEngine* Speaker::default_engine(std::string_view voice) const {
  if (config_.engine != "auto") return engine_named(config_.engine);
  const NamedEngine* neural = engine_named("neural");
  if (voice.empty() && neural != nullptr && neural->engine->find_voice("")) return neural;
  return engine_named("flite");
}

Result<Speaker::Found> Speaker::find(std::string_view voice) const {
  if (voice.empty()) voice = config_.voice;
  const auto colon = voice.find(':');
  const bool named = colon != std::string_view::npos;
  const NamedEngine* engine = named ? engine_named(voice.substr(0, colon)) : default_engine(voice);
  if (engine == nullptr) return Error{ErrorCode::kNotFound, "there is no such voice", "voice"};
  auto found = engine->engine->find_voice(named ? voice.substr(colon + 1) : voice);
  if (!found) return found.error();
  return Found{engine, std::move(*found)};
}

Result<Speaker::Found> Speaker::find_for(const std::string& text, const SynthesizeOptions& options) const {
  auto found = find(options.voice);
  if (!found || !options.voice.empty() || default_language_.empty()) return found;
  std::string language(text::language_of(text));
  if (language.empty()) language = primary(options.language);
  if (language.empty() || language == default_language_) return found;
  for (const NamedEngine& row : engines_) {
    auto voice = voice_for(*row.engine, language);
    if (voice) return Found{&row, std::move(*voice)};
  }
  return found;
}

EngineInfo Speaker::info() const {
  const auto found = find("");
  return found ? found->engine->engine->info() : default_engine(config_.voice)->engine->info();
}

Result<EngineInfo> Speaker::engine_of(const std::string& voice) const {
  const auto found = find(voice);
  if (!found) return found.error();
  return found->engine->engine->info();
}

Result<EngineInfo> Speaker::engine_for(const std::string& text, const SynthesizeOptions& options) const {
  const auto found = find_for(text, options);
  if (!found) return found.error();
  return found->engine->engine->info();
}

std::string Speaker::default_voice() const {
  const auto found = find("");
  if (!found) return config_.voice;
  return found->engine->name == "flite" ? found->voice : found->engine->name + ":" + found->voice;
}

std::vector<Voice> Speaker::voices() const {
  std::vector<Voice> all;
  for (const auto& row : engines_) {
    for (auto& voice : row.engine->voices()) all.push_back(std::move(voice));
  }
  return all;
}

runtime::Stream<AudioChunk> Speaker::synthesize(const runtime::Context& context, std::string text,
                                                SynthesizeOptions options) {
  auto [stream, sink] = runtime::make_stream<AudioChunk>(kSpeechStreamChunks);
  auto refused = refuse(text, options);
  std::optional<SpokenSounds> sounds;
  if (!refused && !options.phonemes.empty()) {
    auto read = read_ipa(options.phonemes);
    if (read) {
      sounds = std::move(*read);
    } else {
      refused = read.error();
    }
  }
  auto found = refused ? Result<Found>(*refused) : find_for(text, options);
  if (!found) {
    sink.fail(found.error());
    return std::move(stream);
  }
  SpeakRequest request{std::move(text),
                       std::move(found->voice),
                       std::clamp(config_.speed * options.speed, 0.5, 2.0),
                       options.pitch,
                       std::move(sounds),
                       text::Pronunciations::merged(std::move(options.pronunciations), pronunciations_)};
  if (!kept_) {
    speak_or_repeat(*found->engine, std::move(request), options.volume, context, sink);
    return std::move(stream);
  }
  auto work = [self = shared_from_this(), engine = found->engine, request = std::move(request),
               volume = options.volume, context,
               sink] { self->speak_or_repeat(*engine, request, volume, context, sink); };
  const auto posted = kept_->pool.post(std::move(work), context.flow);
  if (!posted) sink.fail(posted.error());
  return std::move(stream);
}

SentenceKey Speaker::key_of(const NamedEngine& engine, const SpeakRequest& request, double volume) const {
  std::string text = request.text;
  if (request.sounds) text += '\n' + request.sounds->espeak;
  // The user's own pronunciations are part of how it sounds.
  if (request.pronunciations && !request.pronunciations->empty()) {
    text += '\n' + text::speakable(request.text, request.pronunciations.get()).text;
  }
  return {.engine = engine.engine->info().name,
          .voice = request.voice,
          .text = std::move(text),
          .speed = request.speed,
          .pitch = request.pitch,
          .volume = volume,
          .loudness_lufs = config_.loudness_lufs};
}

// An engine's first sentence is always made: it loads what a new sentence should not wait for.
bool Speaker::was_warm(const NamedEngine& engine) {
  const auto bit = std::uint64_t{1} << static_cast<unsigned>(&engine - engines_.data());
  return (warm_.fetch_or(bit) & bit) != 0;
}

void Speaker::speak_or_repeat(const NamedEngine& engine, SpeakRequest request, double volume,
                              const runtime::Context& context,
                              const runtime::StreamWriter<AudioChunk>& sink) {
  SpeechWriter::Options options{.target_lufs = config_.loudness_lufs, .volume = volume};
  if (kept_) {
    std::optional<SpokenAudio> kept;
    if (was_warm(engine)) kept = kept_->cache.find(key_of(engine, request, volume));
    (kept ? kept_->hits : kept_->misses).add();
    if (kept) return repeat(*kept, context, sink);
    options.on_complete = [self = shared_from_this(), &engine, request, volume](const SpokenAudio& spoken) {
      self->kept_->cache.keep(self->key_of(engine, request, volume), spoken);
    };
  }
  engine.engine->speak(std::move(request), std::make_shared<SpeechWriter>(context, sink, std::move(options)));
}

}  // namespace parley::speech
