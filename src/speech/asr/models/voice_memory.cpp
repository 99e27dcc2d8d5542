// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/voice_memory.hpp"

#include "inference/checksum.hpp"
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
// Of those, it takes so many to tell one voice from others, and a voice is known after so much speech.
constexpr double kFramesToTell = 10;
constexpr double kSecondsToKnow = 10;
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

std::size_t best_warp(const WarpFit& fit) {
  std::size_t best = kNoWarp;
  double most = -1e9;
  for (std::size_t i = 0; i < kVoiceWarps.size(); ++i) {
    const double tenths = std::log(kVoiceWarps[i]) / std::log(1.1);
    const double score = fit.log_posterior[i] / std::max(fit.frames, 1.0) - kWarpPrior * tenths * tenths;
    if (score <= most) continue;
    most = score;
    best = i;
  }
  return best;
}

// All that decides what the numbers of a profile mean.
runtime::Result<std::string> id_of(const std::filesystem::path& folder) {
  inference::Checksum checksum;
  for (const char* name : {"feat.params", "mdef", "means", "variances", "sendump"}) {
    const auto added = inference::add_file(checksum, folder / name);
    if (!added) return added.error();
  }
  return checksum.finish();
}

}  // namespace

runtime::Result<std::shared_ptr<const VoiceTeacher>> VoiceTeacher::open(const std::filesystem::path& folder) {
  auto model = AcousticModel::read(folder);
  if (!model) return model.error();
  auto id = id_of(folder);
  if (!id) return id.error();
  return std::shared_ptr<const VoiceTeacher>(new VoiceTeacher(folder, std::move(*model), std::move(*id)));
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
  for (std::size_t i = 0; i < kVoiceWarps.size(); ++i) {
    const auto frames = features_of(normalised_cepstra(**front_end, lesson.samples, kVoiceWarps[i], mean));
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

bool VoiceTeacher::is_another(const VoiceProfile& voice, const Studied& studied) const {
  const auto script = script_of(*model_, studied.lesson);
  auto front_end = FrontEnd::open(folder_);
  if (!script || !front_end || studied.fit.frames < kFramesToTell) return false;
  const auto own = adapted(voice.heard);
  Cepstrum mean{};
  const auto plain = features_of(normalised_cepstra(**front_end, studied.lesson.samples, 1, mean));
  const auto warped =
      features_of(normalised_cepstra(**front_end, studied.lesson.samples, kVoiceWarps[voice.warp], mean));
  const auto path = align(*model_, plain, script->words);
  if (!path) return false;
  double nearer = 0;
  for (std::size_t t = 0; t < std::min(warped.size(), path->size()); t += kEveryFrame) {
    const AlignedFrame& said = (*path)[t];
    if (!model_->is_speech(said.phone)) continue;
    nearer += script->certainty[said.word] *
              (log_posterior(*own, warped[t], said.phone) - log_posterior(*model_, plain[t], said.phone));
  }
  return nearer < 0;
}

std::shared_ptr<AcousticModel> VoiceTeacher::adapted(const VoiceStatistics& statistics) const {
  auto model = statistics.transformed(*model_, kSharedPrior);
  statistics.pull(*model, kOwnPrior);
  return model;
}

std::shared_ptr<const VoiceModel> VoiceTeacher::model_of(const VoiceProfile& profile) const {
  return std::make_shared<VoiceModel>(
      VoiceModel{kVoiceWarps[profile.warp], adapted(profile.heard)->means_file()});
}

std::optional<VoiceTeacher::Voice> VoiceTeacher::conclude(std::span<const Studied> lessons,
                                                          const VoiceProfile* before) const {
  auto front_end = FrontEnd::open(folder_);
  if (!front_end) return std::nullopt;
  VoiceProfile fresh = nothing();
  for (const Studied& studied : lessons) fresh.fit.add(studied.fit);
  WarpFit all = fresh.fit;
  if (before != nullptr) all.add(before->fit);
  fresh.warp = best_warp(all);
  // What was counted at another warp is given up only for as much speech.
  if (before != nullptr && before->fit.frames > fresh.fit.frames) fresh.warp = before->warp;
  const bool together = before != nullptr && before->warp == fresh.warp;

  CepstralMean channel;
  std::vector<std::vector<Feature>> heard;
  for (const Studied& studied : lessons) {
    Cepstrum mean{};
    auto cepstra = normalised_cepstra(**front_end, studied.lesson.samples, kVoiceWarps[fresh.warp], mean);
    heard.push_back(features_of(cepstra));
    for (Cepstrum& cepstrum : cepstra) {
      for (std::size_t i = 0; i < kCepstra; ++i) cepstrum[i] += mean[i];
      channel.add(cepstrum);
    }
  }
  fresh.channel = channel.mean();
  // Aligned and shared out anew with what the round before has learnt.
  std::shared_ptr<const AcousticModel> model = together ? adapted(before->heard) : model_;
  VoiceStatistics sum(*model_);
  for (int round = 0; round <= kRounds; ++round) {
    fresh.heard = VoiceStatistics(*model_);
    for (std::size_t i = 0; i < lessons.size(); ++i) {
      const auto script = script_of(*model_, lessons[i].lesson);
      const auto path = script ? align(*model, heard[i], script->words) : std::nullopt;
      if (path) fresh.heard.add(*model, heard[i], *path, script->certainty);
    }
    sum = fresh.heard;
    if (together) sum.add(before->heard);
    if (round < kRounds) model = sum.transformed(*model_, kSharedPrior);
  }
  auto voice = std::make_shared<VoiceModel>();
  voice->warp = kVoiceWarps[fresh.warp];
  voice->means = adapted(sum)->means_file();
  return Voice{std::move(fresh), std::move(voice)};
}

SpeakerProfile VoiceTeacher::write(const VoiceProfile& profile) const {
  return {write_profile(profile, id_), profile.seconds()};
}

runtime::Result<VoiceProfile> VoiceTeacher::read(std::string_view bytes) const {
  return read_profile(bytes, model_->phones(), id_);
}

SphinxVoice::SphinxVoice(std::shared_ptr<const VoiceTeacher> teacher, VoiceProfile before)
    : teacher_(std::move(teacher)), kept_(true) {
  if (before.heard.frames() <= 0) return;
  if (before.channel) known_.channel = CepstralMean::carried(*before.channel);
  known_.model = teacher_->model_of(before);
  settled_ = std::move(before);
}

bool SphinxVoice::forgotten() const {
  const std::lock_guard lock(mutex_);
  return forgotten_;
}

bool SphinxVoice::adapts() const { return teacher_ != nullptr && !forgotten(); }

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
  if (!adapts()) return;
  study(std::move(lesson));
  // Meanwhile nobody else could clear it.
  if (forgotten()) clear();
}

void SphinxVoice::study(Lesson lesson) {
  const std::lock_guard learning(learning_);
  auto studied = teacher_->study(std::move(lesson));
  if (!studied) return;
  if (kept_ && settled_ && settled_->seconds() >= kSecondsToKnow &&
      teacher_->is_another(*settled_, *studied)) {
    // Who is heard as anybody, until the voice that is known comes again.
    const std::lock_guard lock(mutex_);
    known_ = {};
    return;
  }
  lessons_.push_back(std::move(*studied));
  auto voice = teacher_->conclude(lessons_, settled_ ? &*settled_ : nullptr);
  if (!voice) return;
  const auto channel = CepstralMean::carried(voice->fresh.channel.value_or(Cepstrum{}));
  fresh_ = std::move(voice->fresh);
  std::size_t samples = 0;
  for (const auto& each : lessons_) samples += each.lesson.samples.size();
  if (samples > kMostSamples) settle();
  const std::lock_guard lock(mutex_);
  if (!forgotten_) known_ = {channel, std::move(voice->model)};
}

// From here on the lessons are only counts, and their audio is gone.
void SphinxVoice::settle() {
  lessons_.clear();
  if (!fresh_) return;
  if (!settled_) settled_ = teacher_->nothing();
  settled_->add(*fresh_);
  if (kept_ && !learnt_) learnt_ = teacher_->nothing();
  if (kept_) learnt_->add(*fresh_);
  fresh_.reset();
}

SpeakerProfile SphinxVoice::take_learnt() {
  auto profile = hand_over();
  if (!forgotten()) return profile;
  // Meanwhile nobody else could clear it.
  clear();
  return {};
}

SpeakerProfile SphinxVoice::hand_over() {
  const std::lock_guard learning(learning_);
  if (!kept_) return {};
  settle();
  if (!learnt_) return {};
  auto profile = teacher_->write(*learnt_);
  learnt_.reset();
  return profile;
}

void SphinxVoice::forget() {
  {
    const std::lock_guard lock(mutex_);
    forgotten_ = true;
    known_ = {};
  }
  clear();
}

// Who is learning does it afterwards.
void SphinxVoice::clear() {
  const std::unique_lock learning(learning_, std::try_to_lock);
  if (!learning) return;
  lessons_ = {};
  fresh_.reset();
  settled_.reset();
  learnt_.reset();
}

namespace {

class SphinxKeeper final : public VoiceKeeper {
 public:
  explicit SphinxKeeper(std::shared_ptr<const VoiceTeacher> teacher) : teacher_(std::move(teacher)) {}

  std::string engine() const override { return "pocketsphinx en-us"; }

  runtime::Result<std::shared_ptr<VoiceMemory>> recall(std::string_view profile) const override {
    auto before = read(profile);
    if (!before) return before.error();
    return std::shared_ptr<VoiceMemory>(std::make_shared<SphinxVoice>(teacher_, std::move(*before)));
  }

  runtime::Result<SpeakerProfile> combine(std::string_view kept, std::string_view learnt) const override {
    auto sum = read(kept);
    if (!sum) return sum.error();
    const auto newer = read(learnt);
    if (!newer) return newer.error();
    sum->add(*newer);
    return teacher_->write(*sum);
  }

 private:
  runtime::Result<VoiceProfile> read(std::string_view profile) const {
    if (profile.empty()) return teacher_->nothing();
    return teacher_->read(profile);
  }

  const std::shared_ptr<const VoiceTeacher> teacher_;
};

}  // namespace

std::shared_ptr<const VoiceKeeper> make_sphinx_keeper(std::shared_ptr<const VoiceTeacher> teacher) {
  return std::make_shared<SphinxKeeper>(std::move(teacher));
}

}  // namespace parley::speech
