// SPDX-License-Identifier: Apache-2.0
// Detection in rooms and noise. Each recording stands between two seconds without speech; a frame of it is
// speech when the clean recording is within 25 dB of its speech level there, no speech when nothing of that
// is within 200 ms, and not counted otherwise. A detector's speech lasts from the start to the end that its
// events name.
#include "speech/voice_activity.hpp"
#include "vad_bench.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

namespace parley::bench {

namespace {

constexpr std::size_t kFrame = speech::kVadFrameSamples;
constexpr std::size_t kAround = 16000UL * 2;
constexpr double kSpeechDbfs = -26;
constexpr double kSpeechRangeDb = 25;
constexpr std::size_t kNearFrames = 20;
constexpr std::size_t kRoomSamples = 4800;  // 300 ms of a room's response

enum class Label : std::uint8_t { kNoSpeech, kNear, kSpeech };

struct Scene {
  std::vector<float> sound;  // in units of a 16-bit sample, without noise
  std::vector<Label> labels;
  std::size_t last = 0;  // sample after the last speech
};

double power(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return sum / static_cast<double>(std::max<std::size_t>(samples.size(), 1));
}

std::vector<double> frame_powers(const std::vector<float>& sound) {
  std::vector<double> powers;
  for (std::size_t at = 0; at + kFrame <= sound.size(); at += kFrame) {
    powers.push_back(power(std::span(sound).subspan(at, kFrame)));
  }
  return powers;
}

// The mean of the frames within 25 dB of the loudest.
double speech_power(const std::vector<double>& powers) {
  const double loudest = *std::max_element(powers.begin(), powers.end());
  double sum = 0;
  double count = 0;
  for (const double value : powers) {
    if (value * std::pow(10, kSpeechRangeDb / 10) < loudest) continue;
    sum += value;
    ++count;
  }
  return sum / count;
}

std::vector<float> in_room(const std::vector<float>& dry, const Samples& response) {
  const auto peak = std::max_element(response.begin(), response.end(),
                                     [](int a, int b) { return std::abs(a) < std::abs(b); });
  const auto first = static_cast<std::size_t>(peak - response.begin());
  const std::size_t length = std::min(kRoomSamples, response.size() - first);
  std::vector<float> wet(dry.size() + length);
  for (std::size_t k = 0; k < length; ++k) {
    const float gain = static_cast<float>(response[first + k]) / static_cast<float>(std::abs(*peak));
    for (std::size_t i = 0; i < dry.size(); ++i) wet[i + k] += gain * dry[i];
  }
  wet.resize(dry.size());
  return wet;
}

Scene make_scene(const Samples& speech, const Samples* room) {
  Scene scene;
  std::vector<float> dry(kAround);
  dry.insert(dry.end(), speech.begin(), speech.end());
  dry.resize((dry.size() + kAround) / kFrame * kFrame);
  const auto powers = frame_powers(dry);
  const double level = speech_power(powers);
  scene.labels.assign(powers.size(), Label::kNoSpeech);
  for (std::size_t i = 0; i < powers.size(); ++i) {
    if (powers[i] * std::pow(10, kSpeechRangeDb / 10) < level) continue;
    const std::size_t end = std::min(i + kNearFrames + 1, powers.size());
    for (std::size_t k = i - std::min(i, kNearFrames); k < end; ++k) {
      scene.labels[k] = std::max(scene.labels[k], Label::kNear);
    }
    scene.labels[i] = Label::kSpeech;
    scene.last = (i + 1) * kFrame;
  }
  scene.sound = room != nullptr ? in_room(dry, *room) : std::move(dry);
  const double gain =
      std::pow(10, kSpeechDbfs / 20) * 32768 / std::sqrt(speech_power(frame_powers(scene.sound)));
  for (float& sample : scene.sound) sample *= static_cast<float>(gain);
  return scene;
}

Samples with_noise(const Scene& scene, const Samples& noise, double snr_db) {
  const std::vector<float> values(noise.begin(), noise.end());
  const double wanted = std::pow(10, (kSpeechDbfs - snr_db) / 20) * 32768;
  const double gain = wanted / std::sqrt(power(values));
  Samples mixture(scene.sound.size());
  for (std::size_t i = 0; i < mixture.size(); ++i) {
    const double sum =
        static_cast<double>(scene.sound[i]) + gain * static_cast<double>(values[i % values.size()]);
    mixture[i] = static_cast<std::int16_t>(std::lround(std::clamp(sum, -32768.0, 32767.0)));
  }
  return mixture;
}

struct Counts {
  double speech = 0, missed = 0, quiet = 0, alarms = 0;
  double scenes = 0, unheard = 0, false_starts = 0, quiet_seconds = 0;
  std::vector<double> late_ms;     // from the last speech to the decision that it ended
  std::vector<double> end_off_ms;  // of the end that is named, as a distance
};

void score(const Scene& scene, const Samples& mixture, const Network& network, Counts& counts) {
  speech::VoiceActivityDetector detector(speech::VadConfig{}, network);
  std::vector<bool> heard(scene.labels.size());
  std::optional<std::int64_t> start;
  std::optional<double> late;
  double end_off = 0;
  bool any = false;
  const auto mark = [&](std::int64_t from, std::int64_t to) {
    bool speech = false;
    for (auto i = static_cast<std::size_t>(from) / kFrame; i * kFrame < static_cast<std::size_t>(to); ++i) {
      if (i >= heard.size()) break;
      heard[i] = true;
      speech = speech || scene.labels[i] != Label::kNoSpeech;
    }
    any = any || speech;
    if (!speech) ++counts.false_starts;
  };
  for (std::size_t at = 0; at + kFrame <= mixture.size(); at += kFrame) {
    const auto event = detector.process(
        std::span<const std::int16_t, speech::kVadFrameSamples>(mixture.data() + at, kFrame));
    if (!event) continue;
    if (event->kind == speech::VoiceEvent::Kind::kStarted) {
      start = event->at;
      late.reset();
      continue;
    }
    mark(*start, event->at);
    start.reset();
    const auto last = static_cast<double>(scene.last);
    if (static_cast<double>(at + kFrame) > last) {
      late = (static_cast<double>(at + kFrame) - last) / 16;
      end_off = std::abs(static_cast<double>(event->at) - last) / 16;
    }
  }
  if (start) mark(*start, static_cast<std::int64_t>(mixture.size()));
  if (late && any) {
    counts.late_ms.push_back(*late);
    counts.end_off_ms.push_back(end_off);
  }
  ++counts.scenes;
  counts.unheard += any ? 0 : 1;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    if (scene.labels[i] == Label::kSpeech) {
      ++counts.speech;
      counts.missed += heard[i] ? 0 : 1;
    } else if (scene.labels[i] == Label::kNoSpeech) {
      ++counts.quiet;
      counts.alarms += heard[i] ? 1 : 0;
    }
  }
  counts.quiet_seconds = counts.quiet / 100;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return -1;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace

void measure_detection(const Sounds& sounds, const Network& network, std::string& out) {
  std::vector<Scene> scenes;
  for (std::size_t i = 0; i < sounds.speech.size(); ++i) {
    // Every fifth without a room.
    const std::size_t room = i % (sounds.rooms.size() + 1);
    scenes.push_back(make_scene(sounds.speech[i], room == 0 ? nullptr : &sounds.rooms[room - 1]));
  }
  for (const bool neural : {false, true}) {
    if (neural && !network) break;
    for (const int snr : {20, 15, 10, 5, 0}) {
      Counts counts;
      for (std::size_t i = 0; i < scenes.size(); ++i) {
        const auto mixture = with_noise(scenes[i], sounds.noise[i % sounds.noise.size()], snr);
        score(scenes[i], mixture, neural ? network : nullptr, counts);
      }
      const std::string name = std::string(neural ? "silero_" : "embedded_") + std::to_string(snr) + "db_";
      add_metric(out, name + "miss_percent", 100 * counts.missed / counts.speech);
      add_metric(out, name + "false_alarm_percent", 100 * counts.alarms / counts.quiet);
      add_metric(out, name + "unheard_percent", 100 * counts.unheard / counts.scenes);
      add_metric(out, name + "false_starts_per_minute", 60 * counts.false_starts / counts.quiet_seconds);
      add_metric(out, name + "stop_late_p50_ms", percentile(counts.late_ms, 0.5));
      add_metric(out, name + "stop_late_p95_ms", percentile(counts.late_ms, 0.95));
      add_metric(out, name + "end_off_p50_ms", percentile(counts.end_off_ms, 0.5));
      add_metric(out, name + "end_off_p95_ms", percentile(counts.end_off_ms, 0.95));
    }
  }
}

}  // namespace parley::bench
