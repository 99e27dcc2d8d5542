// SPDX-License-Identifier: Apache-2.0
// The whole configuration: every component's own, and the few settings that belong to the process.
#pragma once

#include "accounts/config.hpp"
#include "audio/preprocessor.hpp"
#include "conversation/config.hpp"
#include "inference/config.hpp"
#include "knowledge/config.hpp"
#include "language/config.hpp"
#include "net/config.hpp"
#include "net/http_client.hpp"
#include "realtime/config.hpp"
#include "runtime/log.hpp"
#include "speech/config.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace parley::app {

struct ProcessConfig {
  std::string data_dir = {};  // empty: $XDG_DATA_HOME/parley, else ~/.local/share/parley
  std::int64_t io_threads = 2;
  std::int64_t compute_threads = 2;     // recognition and search of live turns
  std::int64_t speaking_threads = 2;    // synthesis: an answer does not wait for those who still speak
  std::int64_t background_threads = 1;  // indexing and file transcription
  std::chrono::milliseconds stop_grace{10'000};

  void bind(runtime::ConfigSpec& spec);
  runtime::Result<> validate() const;
};

struct Config {
  ProcessConfig process;
  runtime::LogConfig log;
  net::ServerConfig server;
  net::HttpClientConfig http_client;
  accounts::Config accounts;
  inference::Config models;
  audio::PreprocessConfig audio;
  speech::Config speech;
  knowledge::KnowledgeConfig knowledge;
  language::Config language;
  conversation::Config conversation;
  realtime::Config realtime;

  void bind(runtime::ConfigSpec& spec);
  std::vector<runtime::Error> validate() const;
};

// What the command line says of the configuration. Later sources win: defaults, the file, the environment,
// these settings.
struct ConfigSources {
  std::string file;                                           // empty: none
  std::vector<std::pair<std::string, std::string>> settings;  // key, value
  std::vector<std::pair<std::string, std::string>> environment;
};

struct LoadedConfig {
  Config config;
  std::vector<runtime::Error> problems;  // empty when it can be used
};

LoadedConfig load_config(const ConfigSources& sources);

// "key = value" lines of what is in force, secrets hidden.
std::string print_config(Config config);
// The reference page of all settings with their defaults.
// Variables of a database or a cache elsewhere, which other systems read and Parley does not yet.
std::vector<std::string> unused_variables(
    const std::vector<std::pair<std::string, std::string>>& environment);

std::string config_reference();

// Where this process keeps its data.
std::filesystem::path data_directory(const ProcessConfig& config,
                                     const std::vector<std::pair<std::string, std::string>>& environment);

}  // namespace parley::app
