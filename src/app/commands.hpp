// SPDX-License-Identifier: Apache-2.0
// The commands of the command line, each given what was asked for and ending with an exit code.
#pragma once

#include "app/config.hpp"
#include "app/exit_code.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace parley::app {

// What every command is given.
struct CommandContext {
  Config config;
  std::filesystem::path data_dir;
  std::filesystem::path binary;  // of this program, to find what is installed beside it
  bool json = false;
};

struct ServeArguments {
  bool demo = false;
  std::string docs;  // folder to index at start
};
int serve(const CommandContext& context, const ServeArguments& arguments);

struct TalkArguments {
  std::vector<std::string> files;
  std::string docs;
  std::string out;
};
int talk(const CommandContext& context, const TalkArguments& arguments);

struct TranscribeArguments {
  std::vector<std::string> files;
  std::string format = "text";  // text, json, srt, vtt
  std::string out;              // folder for a file each, instead of standard output
};
int transcribe(const CommandContext& context, const TranscribeArguments& arguments);

struct SayArguments {
  std::string text;
  std::string out;
  std::string voice;
  double speed = 1.0;
  bool ssml = false;         // `text` is SSML
  bool list_voices = false;  // and say nothing
};
int say(const CommandContext& context, const SayArguments& arguments);

int index_documents(const CommandContext& context, const std::vector<std::string>& paths);

int ask(const CommandContext& context, const std::string& question);

struct ModelsArguments {
  std::string action;  // list, pull, verify, remove
  std::vector<std::string> names;
  std::vector<std::string> mirrors;
  std::string from;  // folder to take models from
};
int models(const CommandContext& context, const ModelsArguments& arguments);

struct TokenArguments {
  std::string user;
  bool guest = false;
  std::int64_t life_seconds = 3600;
};
int token(const CommandContext& context, const TokenArguments& arguments);

// `file` is a trace of a session (conversation/trace.hpp).
int replay(const CommandContext& context, const std::string& file);

struct ProfileArguments {
  std::string action;              // show, enrol, forget
  std::vector<std::string> files;  // enrol: one for each sentence, in order
  bool agree = false;              // enrol: to the wording of the consent
  std::string user;                // empty: the local user
};
int profile(const CommandContext& context, const ProfileArguments& arguments);

int doctor(const CommandContext& context);

}  // namespace parley::app
