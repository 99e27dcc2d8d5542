// SPDX-License-Identifier: Apache-2.0
// Voices that can be looked into: what is known of one is the text that was learnt.
#pragma once

#include "speech/voice_keeper.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace parley::conversation::testing {

class ScriptedVoice final : public speech::VoiceMemory {
 public:
  explicit ScriptedVoice(std::string known = {}) : known_(std::move(known)) {}

  void learn(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (forgotten_) return;
    known_ += text + ";";
    learnt_ += text + ";";
  }
  std::string known() const {
    const std::lock_guard lock(mutex_);
    return known_;
  }
  bool forgotten() const {
    const std::lock_guard lock(mutex_);
    return forgotten_;
  }

  speech::SpeakerProfile take_learnt() override {
    const std::lock_guard lock(mutex_);
    const auto seconds = static_cast<double>(learnt_.size());
    return {std::exchange(learnt_, {}), seconds};
  }
  void forget() override {
    const std::lock_guard lock(mutex_);
    forgotten_ = true;
    known_.clear();
    learnt_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::string known_;
  std::string learnt_;
  bool forgotten_ = false;
};

class ScriptedKeeper final : public speech::VoiceKeeper {
 public:
  std::string engine() const override { return "scripted"; }
  runtime::Result<std::shared_ptr<speech::VoiceMemory>> recall(std::string_view profile) const override {
    if (profile == "damaged") return runtime::Error{runtime::ErrorCode::kBadRequest, "damaged"};
    return std::shared_ptr<speech::VoiceMemory>(std::make_shared<ScriptedVoice>(std::string(profile)));
  }
  runtime::Result<speech::SpeakerProfile> combine(std::string_view kept,
                                                  std::string_view learnt) const override {
    if (kept == "damaged") return runtime::Error{runtime::ErrorCode::kBadRequest, "damaged"};
    std::string both = std::string(kept) + std::string(learnt);
    const auto seconds = static_cast<double>(both.size());
    return speech::SpeakerProfile{std::move(both), seconds};
  }
};

}  // namespace parley::conversation::testing
