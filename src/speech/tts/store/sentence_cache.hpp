// SPDX-License-Identifier: Apache-2.0
// Sentences that were spoken before, kept on disk: what a voice says often is said at once.
#pragma once

#include "speech/tts/speech_writer.hpp"

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace parley::speech {

// All that decides how a sentence sounds.
struct SentenceKey {
  std::string engine;  // with its version
  std::string voice;
  std::string text;
  double speed = 1.0;
  double pitch = 1.0;
  double volume = 1.0;
  double loudness_lufs = -16;
};

// A folder with one file for each sentence, named by the SHA-256 of its key. Answers may be personal: folder
// and files are the user's alone (0700, 0600), and deleting the folder forgets them all. Files appear whole
// or not at all, so that any number of processes share a folder; a file that is damaged is removed and counts
// as missing. Once the files take more than `max_bytes`, those not heard for longest go. Any thread; calls
// read and write files, so they belong on a pool. No failure is reported: what cannot be kept is spoken
// again.
class SentenceCache {
 public:
  SentenceCache(std::filesystem::path folder, std::uint64_t max_bytes)
      : folder_(std::move(folder)), max_bytes_(max_bytes) {}

  std::optional<SpokenAudio> find(const SentenceKey& key);
  void keep(const SentenceKey& key, const SpokenAudio& spoken);

 private:
  std::filesystem::path path_of(const SentenceKey& key) const;
  bool prepare_folder();
  bool write_whole(const std::filesystem::path& path, const std::vector<std::uint8_t>& bytes) const;
  void make_room();

  const std::filesystem::path folder_;
  const std::uint64_t max_bytes_;
  std::mutex mutex_;                   // of what follows
  std::optional<std::uint64_t> used_;  // bytes, as far as this process knows; nothing: not counted yet
  unsigned kept_ = 0;                  // since the files were counted
};

}  // namespace parley::speech
