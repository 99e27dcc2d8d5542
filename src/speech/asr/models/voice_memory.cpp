// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/voice_memory.hpp"

#include "speech/asr/models/alignment.hpp"
#include "speech/asr/models/front_end.hpp"
#include "speech/asr/models/voice_regression.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace parley::speech {

namespace {

// Speech that the model's own sounds weigh as much as, 100 frames a second, where all move together.
constexpr double kSharedPrior = 1000;
// The same of each Gaussian, where it moves by itself.
constexpr double kOwnPrior = 5;
constexpr int kRounds = 2;
// A warp has to earn its distance from 1: so much log posterior per frame for a tenth.
constexpr double kWarpPrior = 0.02;
// Acoustic likelihoods of single frames are too sure by about this much.
constexpr double kSharpness = 3;
constexpr std::size_t kEveryFrame = 4;
constexpr std::size_t kMostSamples = std::size_t{16'000} * 90;

struct Script {
  std::vector<std::vector<std::size_t>> words;
  std::vector<double> certainty;
};

std::optional<Script> script_of(const AcousticModel& model, const Lesson& lesson) {
  Script script;
  for (const Lesson::Word& word : lesson.words) {
    auto& phones = script.words.emplace_back();
    script.certainty.push_back(word.certainty);
    for (const std::string& name : word.phones) {
      const auto phone = model.phone(name);
      if (!phone) return std::nullopt;
      phones.push_back(*phone);
    }
  }
  return script;
}

// The logarithm of the share that the phone has of the likelihood of all phones, whatever their state.
double log_posterior(const AcousticModel& model, const Feature& frame, std::size_t said) {
  AcousticModel::Densities densities{};
  std::vector<double> scores;
  for (std::size_t phone = 0; phone < model.phones(); ++phone) {
    model.densities(phone, frame, densities);
    float best = model.log_likelihood(phone, 0, densities);
    for (std::size_t state = 1; state < kPhoneStates; ++state) {
      best = std::max(best, model.log_likelihood(phone, state, densities));
    }
    scores.push_back(static_cast<double>(best) / kSharpness);
  }
  const double most = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const double score : scores) sum += std::exp(score - most);
  return scores[said] - most - std::log(sum);
}

double best_warp(std::span<const VoiceTeacher::Studied> lessons) {
  VoiceTeacher::Fit all;
  for (const auto& studied : lessons) {
    all.frames += studied.fit.frames;
    for (std::size_t i = 0; i < all.log_posterior.size(); ++i) {
      all.log_posterior[i] += studied.fit.log_posterior[i];
    }
  }
  double best = 1;
  double most = -1e9;
  for (std::size_t i = 0; i < all.log_posterior.size(); ++i) {
    const double tenths = std::log(VoiceTeacher::kWarps[i]) / std::log(1.1);
    const double score = all.log_posterior[i] / std::max(all.frames, 1.0) - kWarpPrior * tenths * tenths;
    if (score <= most) continue;
    most = score;
    best = VoiceTeacher::kWarps[i];
  }
  return best;
}

}  // namespace

runtime::Result<std::shared_ptr<const VoiceTeacher>> VoiceTeacher::open(const std::filesystem::path& folder) {
  auto model = AcousticModel::read(folder);
  if (!model) return model.error();
  return std::shared_ptr<const VoiceTeacher>(new VoiceTeacher(folder, std::move(*model)));
}

std::optional<VoiceTeacher::Studied> VoiceTeacher::study(Lesson lesson) const {
  const auto script = script_of(*model_, lesson);
  auto front_end = FrontEnd::open(folder_);
  if (!script || !front_end) return std::nullopt;
  Cepstrum mean{};
  const auto path =
      align(*model_, features_of(normalised_cepstra(**front_end, lesson.samples, 1, mean)), script->words);
  if (!path) return std::nullopt;
  Studied studied;
  for (std::size_t i = 0; i < kWarps.size(); ++i) {
    const auto frames = features_of(normalised_cepstra(**front_end, lesson.samples, kWarps[i], mean));
    for (std::size_t t = 0; t < std::min(frames.size(), path->size()); t += kEveryFrame) {
      const AlignedFrame& said = (*path)[t];
      if (!model_->is_speech(said.phone)) continue;
      const double certainty = script->certainty[said.word];
      studied.fit.log_posterior[i] += certainty * log_posterior(*model_, frames[t], said.phone);
      if (i == 0) studied.fit.frames += certainty;
    }
  }
  studied.lesson = std::move(lesson);
  return studied;
}

std::optional<VoiceTeacher::Voice> VoiceTeacher::conclude(std::span<const Studied> lessons) const {
  auto front_end = FrontEnd::open(folder_);
  if (!front_end) return std::nullopt;
  auto model = std::make_shared<VoiceModel>();
  model->warp = best_warp(lessons);
  CepstralMean channel;
  std::vector<std::vector<Feature>> heard;
  for (const Studied& studied : lessons) {
    Cepstrum mean{};
    auto cepstra = normalised_cepstra(**front_end, studied.lesson.samples, model->warp, mean);
    heard.push_back(features_of(cepstra));
    for (Cepstrum& cepstrum : cepstra) {
      for (std::size_t i = 0; i < kCepstra; ++i) cepstrum[i] += mean[i];
      channel.add(cepstrum);
    }
  }
  // Aligned and shared out anew with what the round before has learnt.
  auto adapted = std::make_shared<AcousticModel>(*model_);
  for (int round = 0; round <= kRounds; ++round) {
    VoiceStatistics statistics(*model_);
    for (std::size_t i = 0; i < lessons.size(); ++i) {
      const auto script = script_of(*model_, lessons[i].lesson);
      const auto path = script ? align(*adapted, heard[i], script->words) : std::nullopt;
      if (path) statistics.add(*adapted, heard[i], *path, script->certainty);
    }
    if (round < kRounds) {
      adapted = statistics.transformed(*model_, kSharedPrior);
    } else {
      statistics.pull(*adapted, kOwnPrior);
    }
  }
  model->means = adapted->means_file();
  return Voice{std::move(model), channel};
}

SphinxVoice::Known SphinxVoice::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

void SphinxVoice::heard(const CepstralMean& channel, const VoiceModel* model) {
  const std::lock_guard lock(mutex_);
  // Another model hears other frequencies.
  if (known_.model.get() == model) known_.channel = channel.carried();
}

void SphinxVoice::learn(Lesson lesson) {
  if (!teacher_) return;
  const std::lock_guard learning(learning_);
  auto studied = teacher_->study(std::move(lesson));
  if (!studied) return;
  lessons_.push_back(std::move(*studied));
  std::size_t samples = 0;
  for (const auto& each : lessons_) samples += each.lesson.samples.size();
  while (lessons_.size() > 1 && samples > kMostSamples) {
    samples -= lessons_.front().lesson.samples.size();
    lessons_.erase(lessons_.begin());
  }
  auto voice = teacher_->conclude(lessons_);
  if (!voice) return;
  const std::lock_guard lock(mutex_);
  known_ = {voice->channel.carried(), std::move(voice->model)};
}

}  // namespace parley::speech
