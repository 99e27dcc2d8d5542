// SPDX-License-Identifier: Apache-2.0
#include "realtime/session_json.hpp"

#include "audio/g711.hpp"
#include "conversation/pronunciations.hpp"
#include "runtime/json.hpp"
#include "runtime/wall_time.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/value_from.hpp>

namespace parley::realtime {
namespace json = boost::json;

using conversation::AudioSettings;
using conversation::RecordingState;
using conversation::VoiceSettings;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMaxVoiceBytes = 128;
constexpr std::array kOpusRates{8000, 12000, 16000, 24000, 48000};

struct AudioBody {
  std::int64_t sampleRate = 0;
  std::int64_t channels = 0;
  std::int64_t bitDepth = 0;
  std::string codec;
};
BOOST_DESCRIBE_STRUCT(AudioBody, (), (sampleRate, channels, bitDepth, codec))

struct VoiceBody {
  std::string voiceId;
  double speed = 0;
  double pitch = 0;
  std::string language;
  std::vector<std::string> pronunciations;
};
BOOST_DESCRIBE_STRUCT(VoiceBody, (), (voiceId, speed, pitch, language, pronunciations))

struct RecordingBody {
  bool consent = false;
};
BOOST_DESCRIBE_STRUCT(RecordingBody, (), (consent))

Error bad(std::string message, std::string param) {
  return Error{ErrorCode::kBadRequest, std::move(message), std::move(param)};
}

// Reads `key` of `body` over what `out` holds.
template <class Body>
Result<> read_member(const json::object& body, std::string_view key, Body& out) {
  const json::value* found = body.if_contains(key);
  if (found == nullptr || found->is_null()) return {};
  const auto read = runtime::read_json(*found, out);
  const std::string inside = read ? "" : read.error().param;
  if (!read) return bad(read.error().message, "/" + std::string(key) + (inside == "/" ? "" : inside));
  return {};
}

Result<> check(const AudioSettings& audio) {
  const std::string& codec = audio.codec;
  if (codec != "pcm16" && codec != "pcmu" && codec != "pcma" && codec != "opus") {
    return bad("expected pcm16, pcmu, pcma or opus", "/audioConfig/codec");
  }
  if (audio.sample_rate < 8000 || audio.sample_rate > 48'000) {
    return bad("expected 8000 to 48000", "/audioConfig/sampleRate");
  }
  const bool telephone = codec == "pcmu" || codec == "pcma";
  if (telephone && audio.sample_rate != audio::kG711Rate) {
    return bad("expected 8000 with this codec", "/audioConfig/sampleRate");
  }
  const bool known_to_opus =
      std::find(kOpusRates.begin(), kOpusRates.end(), audio.sample_rate) != kOpusRates.end();
  if (codec == "opus" && !known_to_opus) {
    return bad("expected 8000, 12000, 16000, 24000 or 48000 with this codec", "/audioConfig/sampleRate");
  }
  if (audio.channels != 1) return bad("expected 1", "/audioConfig/channels");
  if (audio.bit_depth != 16) return bad("expected 16", "/audioConfig/bitDepth");
  return {};
}

Result<> check(const VoiceSettings& voice) {
  if (voice.voice_id.size() > kMaxVoiceBytes) return bad("is too long", "/voiceConfig/voiceId");
  if (!(voice.speed >= 0.5 && voice.speed <= 2.0)) return bad("expected 0.5 to 2.0", "/voiceConfig/speed");
  if (!(voice.pitch >= 0.5 && voice.pitch <= 2.0)) return bad("expected 0.5 to 2.0", "/voiceConfig/pitch");
  if (!voice.language.empty() && !conversation::is_language_tag(voice.language)) {
    return bad("expected a language such as en or de-AT", "/voiceConfig/language");
  }
  const auto pronunciations =
      conversation::read_pronunciations(voice.pronunciations, "/voiceConfig/pronunciations");
  if (!pronunciations) return pronunciations.error();
  return {};
}

}  // namespace

Result<> read_settings(const json::object& body, conversation::SessionSettings& settings) {
  const AudioSettings& a = settings.audio;
  AudioBody audio{a.sample_rate, a.channels, a.bit_depth, a.codec};
  const auto audio_read = read_member(body, "audioConfig", audio);
  if (!audio_read) return audio_read.error();
  const VoiceSettings& v = settings.voice;
  VoiceBody voice{v.voice_id, v.speed, v.pitch, v.language, v.pronunciations};
  const auto voice_read = read_member(body, "voiceConfig", voice);
  if (!voice_read) return voice_read.error();
  auto greeting = settings.greeting;
  const json::value* given = body.if_contains("greeting");
  if (given != nullptr && given->is_null()) greeting.reset();
  if (given != nullptr && !given->is_null()) {
    const auto greeted = read_member(body, "greeting", greeting.emplace());
    if (!greeted) return greeted.error();
    if (greeting->size() > conversation::kLongestAnnouncement) return bad("is too long", "/greeting");
  }
  RecordingBody recording{settings.recording_consent};
  const auto recording_read = read_member(body, "recording", recording);
  if (!recording_read) return recording_read.error();
  conversation::SessionSettings changed{
      {std::move(audio.codec), audio.sampleRate, audio.channels, audio.bitDepth},
      {std::move(voice.voiceId), voice.speed, voice.pitch, std::move(voice.language),
       std::move(voice.pronunciations)},
      std::move(greeting),
      recording.consent};
  const auto audio_checked = check(changed.audio);
  if (!audio_checked) return audio_checked.error();
  const auto voice_checked = check(changed.voice);
  if (!voice_checked) return voice_checked.error();
  settings = std::move(changed);
  return {};
}

Result<> check_settings(const conversation::SessionSettings& settings,
                        const conversation::SessionParts& engines) {
  const auto engine = engines.synthesizer->engine_of(settings.voice.voice_id);
  if (!engine) return Error{engine.error().code, engine.error().message, "/voiceConfig/voiceId"};
  const std::string& language = settings.voice.language;
  const auto known = language.empty() ? Result<>() : engines.recognizer->knows(language);
  if (!known) return Error{known.error().code, known.error().message, "/voiceConfig/language"};
  return {};
}

conversation::SessionOptions options_of(const conversation::SessionSettings& settings,
                                        const conversation::Config& defaults) {
  conversation::SessionOptions options = conversation::default_options(defaults);
  options.voice.voice = settings.voice.voice_id;
  options.voice.speed = settings.voice.speed;
  options.voice.pitch = settings.voice.pitch;
  const auto pronunciations = conversation::read_pronunciations(settings.voice.pronunciations, {});
  if (pronunciations) options.voice.pronunciations = *pronunciations;  // check() has seen them
  if (!settings.voice.language.empty()) options.language = settings.voice.language;
  options.greeting = settings.greeting;
  return options;
}

std::optional<RecordingState> recording_of(const conversation::SessionParts& engines, const std::string& id) {
  return engines.recordings ? engines.recordings->state(id) : std::nullopt;
}

json::object describe_recording(bool consent, std::optional<RecordingState> recording) {
  const bool active = recording == RecordingState::kActive;
  json::object described = {{"consent", consent || active}, {"active", active}};
  const bool by_itself = recording == RecordingState::kFull || recording == RecordingState::kFailed;
  if (by_itself) described["ended"] = name(*recording);
  return described;
}

json::object describe(const conversation::RecordingChanged& change) {
  const bool active = change.state == RecordingState::kActive;
  json::object described = {{"active", active}};
  if (!active) described["ended"] = name(change.state);
  return described;
}

json::object describe_settings(const conversation::SessionSettings& settings,
                               std::optional<RecordingState> recording) {
  const AudioSettings& audio = settings.audio;
  const VoiceSettings& voice = settings.voice;
  return {{"audioConfig",
           {{"codec", audio.codec},
            {"sampleRate", audio.sample_rate},
            {"channels", audio.channels},
            {"bitDepth", audio.bit_depth}}},
          {"voiceConfig",
           {{"voiceId", voice.voice_id.empty() ? json::value(nullptr) : json::value(voice.voice_id)},
            {"speed", voice.speed},
            {"pitch", voice.pitch},
            {"language", voice.language.empty() ? json::value(nullptr) : json::value(voice.language)},
            {"pronunciations", json::value_from(voice.pronunciations)}}},
          {"greeting", settings.greeting ? json::value(*settings.greeting) : json::value(nullptr)},
          {"recording", describe_recording(settings.recording_consent, recording)}};
}

json::object describe_record(const conversation::SessionRecord& record,
                             std::optional<RecordingState> recording) {
  const auto colon = record.owner.find(':');
  const std::string user = colon == std::string::npos ? record.owner : record.owner.substr(colon + 1);
  json::object described = {{"sessionId", record.id},
                            {"userId", user},
                            {"isGuest", record.owner.starts_with("guest:")},
                            {"status", name(record.status)},
                            {"createdAt", runtime::iso_time(record.created)},
                            {"expiresAt", runtime::iso_time(record.expires)}};
  for (auto& member : describe_settings(record.settings, recording)) described.insert(member);
  return described;
}

}  // namespace parley::realtime
