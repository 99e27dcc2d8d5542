// SPDX-License-Identifier: Apache-2.0
// The engines of one process, built from configuration and wired together: what the server and the commands
// stand on.
#pragma once

#include "app/config.hpp"
#include "conversation/session.hpp"
#include "inference/engine_host.hpp"
#include "knowledge/library.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/io_threads.hpp"
#include "runtime/metrics.hpp"
#include "speech/file_transcriber.hpp"
#include "storage/data_directory.hpp"
#include "storage/database.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parley::app {

// A folder that is removed at the end: the knowledge base of `talk --docs`.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// What a command needs; what it does not need is not built.
struct PlatformParts {
  bool hears = false;    // recogniser
  bool speaks = false;   // synthesizer
  bool answers = false;  // documents, search, language model; locks the data directory
};

class Platform {
 public:
  // CONFLICT when another process holds the data directory.
  static runtime::Result<std::unique_ptr<Platform>> open(const Config& config,
                                                         const std::filesystem::path& data_dir,
                                                         PlatformParts parts);
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  // Loads models so that the first turn is as fast as the others. Blocks.
  runtime::Result<> warm_up();

  // Adds every supported document below `folder` and waits until they can be searched.
  runtime::Result<std::size_t> index_folder(const std::filesystem::path& folder);

  // The text in the voice of the configuration. Blocks; for parts that speak.
  runtime::Result<audio::Pcm> say(std::string text);

  // Lets the recogniser expect what the documents say, in the background and as they change; without this
  // call the first utterance begins it.
  void follow_documents();

  conversation::SessionParts session_parts() const;

  const Config& config() const { return config_; }
  runtime::IoThreads& io() { return io_; }
  runtime::Metrics& metrics() { return metrics_; }
  const std::shared_ptr<runtime::Log>& log() const { return log_; }
  const std::shared_ptr<const runtime::Clock>& clock() const { return clock_; }
  // Null: the embedded detector of voice activity.
  const std::shared_ptr<const speech::Silero>& voice_network() const { return voice_network_; }
  runtime::ComputePool& compute() { return compute_; }
  runtime::ComputePool& background() { return background_; }
  // Pieces of work that wait for each thread of the pool that has most of them; conversations wait for these.
  double waiting() const;
  // Neural models that ended their engines, as sentences; empty when all is well.
  std::vector<std::string> engine_troubles() const;
  const std::shared_ptr<speech::Recognizer>& recognizer() const { return recognizer_; }
  const std::shared_ptr<speech::Synthesizer>& synthesizer() const { return synthesizer_; }
  const std::shared_ptr<conversation::Answerer>& answerer() const { return answerer_; }
  // The voices that are kept; null without documents and recogniser. Sessions keep none unless they are given
  // it.
  const std::shared_ptr<conversation::SpeakerProfiles>& profiles() const { return profiles_; }
  // As the configuration says; null when it wants none. Outlived by the platform.
  std::shared_ptr<conversation::Traces> make_traces();
  std::shared_ptr<conversation::Recordings> make_recordings();
  knowledge::Library& library() { return *library_; }
  const std::shared_ptr<knowledge::Retriever>& retriever() const { return retriever_; }
  storage::DataDirectory& data_directory() { return *directory_; }
  storage::Database& database() { return *database_; }

 private:
  Platform(const Config& config, std::shared_ptr<runtime::Log> log);
  runtime::Result<> open_speech(PlatformParts parts);
  runtime::Result<> open_answers(const std::filesystem::path& data_dir);

  Config config_;
  std::shared_ptr<runtime::Log> log_;
  std::shared_ptr<const runtime::Clock> clock_ = std::make_shared<runtime::SystemClock>();
  runtime::Metrics metrics_;
  std::optional<storage::DataDirectory> directory_;
  std::unique_ptr<storage::Database> database_;
  runtime::IoThreads io_;
  runtime::ComputePool compute_;
  runtime::ComputePool speaking_;
  runtime::ComputePool background_;
  std::shared_ptr<net::HttpClient> http_client_;
  std::shared_ptr<inference::EngineHost> engines_;
  std::shared_ptr<speech::Recognizer> recognizer_;
  std::shared_ptr<speech::Synthesizer> synthesizer_;
  std::shared_ptr<const speech::Silero> voice_network_;
  std::shared_ptr<knowledge::Library> library_;
  std::shared_ptr<knowledge::Retriever> retriever_;
  std::shared_ptr<language::ChatModel> model_;
  std::shared_ptr<conversation::Answerer> answerer_;
  std::shared_ptr<conversation::DocumentBias> bias_;
  std::shared_ptr<conversation::SpeakerProfiles> profiles_;
};

}  // namespace parley::app
