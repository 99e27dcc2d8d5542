// SPDX-License-Identifier: Apache-2.0
// The command line of Parley.
#include "app/commands.hpp"
#include "app/completion.hpp"
#include "app/terminal.hpp"
#include "app/version.hpp"
#include "speech/module.hpp"

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace parley::app {
namespace {

// What the flags fill in.
struct Flags {
  std::string config_file;
  std::string data_dir;
  std::vector<std::string> settings;
  std::string log_level;
  bool json = false;
  std::vector<std::string> listen;
  std::string tls;
  std::string wyoming;
  std::string llm;
  std::string language;
  bool check_config = false;
  bool config_reference = false;
  ServeArguments serve;
  TalkArguments talk;
  TranscribeArguments transcribe;
  SayArguments say;
  std::vector<std::string> index_paths;
  std::string question;
  ModelsArguments models;
  TokenArguments token;
  ProfileArguments profile;
  std::string trace;
  std::string shell;
};

void add_common(CLI::App* command, Flags& flags) {
  command->add_option("--config", flags.config_file, "Configuration file (TOML)")->type_name("FILE");
  command->add_option("--data", flags.data_dir, "Where Parley keeps its data")->type_name("DIR");
  command->add_option("--set", flags.settings, "One setting, as key=value (repeatable)")
      ->type_name("KEY=VALUE");
  command->add_option("--log-level", flags.log_level, "debug, info, warn, error or off");
}

void add_json(CLI::App* command, Flags& flags) {
  command->add_flag("--json", flags.json, "Print one JSON object per line");
}

void add_llm(CLI::App* command, Flags& flags) {
  command->add_option("--llm", flags.llm, "Answer with this OpenAI-compatible server")->type_name("URL");
}

void add_language(CLI::App* command, Flags& flags) {
  command->add_option("--language", flags.language, "Language spoken, such as en or de-AT")
      ->type_name("CODE");
}

void add_serve(CLI::App& app, Flags& flags) {
  auto* serve = app.add_subcommand("serve", "Start the server and its web page");
  add_common(serve, flags);
  add_llm(serve, flags);
  serve->add_option("--listen", flags.listen, "Address to listen on; port 0 is any free one (repeatable)")
      ->type_name("HOST:PORT");
  serve->add_option("--tls", flags.tls, "off, auto (makes a local certificate) or files")->type_name("MODE");
  serve
      ->add_option("--wyoming", flags.wyoming,
                   "Serve Home Assistant, without authentication, on 127.0.0.1:10300 or this address")
      ->expected(0, 1)
      ->default_str("127.0.0.1:10300")
      ->type_name("[HOST:PORT]");
  serve->add_option("--docs", flags.serve.docs, "Index this folder at start")->type_name("DIR");
  serve->add_flag("--demo", flags.serve.demo, "Index the demo documents and prove one spoken turn first");
  serve->add_flag("--check-config", flags.check_config,
                  "Print the configuration in force and its problems, and end");
  serve->add_flag("--config-reference", flags.config_reference,
                  "Print the reference of all settings, and end");
}

void add_audio_commands(CLI::App& app, Flags& flags) {
  auto* talk = app.add_subcommand("talk", "Speak recordings to Parley and take down its answers");
  add_common(talk, flags);
  add_json(talk, flags);
  add_llm(talk, flags);
  talk->add_option("--audio", flags.talk.files, "Recordings to speak, one conversation each")
      ->required()
      ->type_name("FILE");
  add_language(talk, flags);
  talk->add_option("--docs", flags.talk.docs, "Answer from this folder only")->type_name("DIR");
  talk->add_option("--out", flags.talk.out, "Write the answers as WAV files here")->type_name("DIR");

  auto* transcribe = app.add_subcommand("transcribe", "Write down recordings");
  add_common(transcribe, flags);
  add_json(transcribe, flags);
  transcribe->add_option("files", flags.transcribe.files, "Recordings")->required()->type_name("FILE");
  add_language(transcribe, flags);
  transcribe
      ->add_option("--format", flags.transcribe.format,
                   "text, json (as --json), or subtitles: srt, vtt (one recording, or with --out)")
      ->check(CLI::IsMember({"text", "json", "srt", "vtt"}))
      ->type_name("FORMAT");
  transcribe->add_option("--out", flags.transcribe.out, "Write a file for each recording into this folder")
      ->type_name("DIR");

  auto* say = app.add_subcommand("say", "Speak a text into a WAV file");
  add_common(say, flags);
  const auto* text = say->add_option("text", flags.say.text, "What to say")->type_name("TEXT");
  const auto* out = say->add_option("-o,--out", flags.say.out, "WAV file to write")->type_name("FILE");
  add_json(say, flags);
  say->add_option("--voice", flags.say.voice, "Voice to speak with")->type_name("VOICE");
  say->add_option("--speed", flags.say.speed, "0.5 to 2.0")->check(CLI::Range(0.5, 2.0));
  say->add_flag("--ssml", flags.say.ssml,
                "TEXT is SSML: speak, p, s, break, say-as, sub, phoneme (IPA), prosody");
  const auto* voices = say->add_flag("--voices", flags.say.list_voices, "List the voices and say nothing");
  say->callback([text, out, voices] {
    if (voices->count() > 0) return;
    if (text->count() == 0) throw CLI::RequiredError("text");
    if (out->count() == 0) throw CLI::RequiredError("--out");
  });
}

void add_document_commands(CLI::App& app, Flags& flags) {
  auto* index = app.add_subcommand("index", "Add documents (text, Markdown, HTML) to the knowledge base");
  add_common(index, flags);
  add_json(index, flags);
  index->add_option("paths", flags.index_paths, "Files and folders")->required()->type_name("PATH");

  auto* ask = app.add_subcommand("ask", "Answer a typed question from the documents");
  add_common(ask, flags);
  add_json(ask, flags);
  add_llm(ask, flags);
  ask->add_option("text", flags.question, "The question")->required()->type_name("TEXT");
}

void add_other_commands(CLI::App& app, Flags& flags) {
  auto* models = app.add_subcommand("models", "List, fetch, check and remove models");
  add_common(models, flags);
  add_json(models, flags);
  models->add_option("action", flags.models.action, "list, pull, verify or remove")
      ->required()
      ->check(CLI::IsMember({"list", "pull", "verify", "remove"}));
  models->add_option("names", flags.models.names, "Models; verify: all that are here if none is named")
      ->type_name("NAME");
  models
      ->add_option("--mirror", flags.models.mirrors, "pull: look here first, for URL/NAME/FILE (repeatable)")
      ->type_name("URL");
  models
      ->add_option("--from", flags.models.from, "pull: take the files from this folder, not from the network")
      ->type_name("DIR");

  auto* token = app.add_subcommand("token", "Mint a token for a user or a guest of this server");
  add_common(token, flags);
  add_json(token, flags);
  auto* user = token->add_option("--user", flags.token.user, "Who it is for")->type_name("ID");
  token->add_flag("--guest", flags.token.guest, "For a guest, who gets a name here")->excludes(user);
  token->add_option("--life", flags.token.life_seconds, "How long it is good")->type_name("SECONDS");

  auto* profile = app.add_subcommand(
      "profile", "Let Parley learn how a voice sounds, to hear it better; show or delete what is kept of it");
  add_common(profile, flags);
  add_json(profile, flags);
  profile->add_option("action", flags.profile.action, "show, enrol or forget")
      ->required()
      ->check(CLI::IsMember({"show", "enrol", "forget"}));
  profile
      ->add_option("files", flags.profile.files,
                   "enrol: recordings of the sentences that `show` lists, in their order")
      ->type_name("FILE");
  profile->add_flag("--agree", flags.profile.agree, "enrol: agree to what `show` says is kept");
  profile->add_option("--user", flags.profile.user, "Whose voice it is, where people have tokens")
      ->type_name("ID");

  auto* replay = app.add_subcommand(
      "replay", "Run a session's trace through the turn engine again and print what differs");
  add_common(replay, flags);
  add_json(replay, flags);
  replay->add_option("trace", flags.trace, "A file of conversation.trace_folder")
      ->required()
      ->type_name("TRACE");

  auto* doctor = app.add_subcommand("doctor", "Check this installation and say where text and audio go");
  add_common(doctor, flags);
  add_json(doctor, flags);
  app.add_subcommand("version", "Print the version");
  auto* completion = app.add_subcommand("completion", "Print a completion script for your shell");
  completion->add_option("shell", flags.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

// Flags that stand for a setting come after --set, so that the more specific one wins.
std::vector<std::pair<std::string, std::string>> settings_of(const Flags& flags,
                                                             std::vector<runtime::Error>& problems) {
  std::vector<std::pair<std::string, std::string>> settings;
  for (const std::string& setting : flags.settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos) {
      problems.push_back(
          {runtime::ErrorCode::kBadRequest, "expected key=value, not \"" + setting + "\"", "--set"});
      continue;
    }
    settings.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  if (!flags.data_dir.empty()) settings.emplace_back("process.data_dir", flags.data_dir);
  if (!flags.log_level.empty()) settings.emplace_back("log.level", flags.log_level);
  if (!flags.tls.empty()) settings.emplace_back("server.tls", flags.tls);
  if (!flags.wyoming.empty()) settings.emplace_back("realtime.wyoming", flags.wyoming);
  if (!flags.listen.empty())
    settings.emplace_back("server.listen", fmt::format("{}", fmt::join(flags.listen, ",")));
  if (!flags.language.empty()) settings.emplace_back("conversation.language", flags.language);
  if (!flags.llm.empty()) {
    settings.emplace_back("language.engine", "openai-compatible");
    settings.emplace_back("language.openai.base_url", flags.llm);
  }
  return settings;
}

int dispatch(const CLI::App& app, const Flags& flags) {
  const std::string command = app.get_subcommands().front()->get_name();
  if (command == "version") {
    fmt::print("parley {}\n", kVersion);
    return kExitDone;
  }
  if (command == "completion") {
    fmt::print("{}", completion_script(app, flags.shell));
    return kExitDone;
  }
  if (flags.config_reference) {
    fmt::print("{}", config_reference());
    return kExitDone;
  }
  ConfigSources sources{flags.config_file, {}, runtime::process_environment()};
  std::vector<runtime::Error> problems;
  sources.settings = settings_of(flags, problems);
  LoadedConfig loaded = load_config(sources);
  problems.insert(problems.end(), loaded.problems.begin(), loaded.problems.end());
  if (flags.check_config) fmt::print("{}", print_config(loaded.config));
  for (const auto& problem : problems) complain("configuration", problem);
  if (command == "serve") {
    for (const std::string& name : unused_variables(sources.environment)) {
      fmt::print(stderr, "parley: {} is set and not used: everything is kept in the data directory\n", name);
    }
  }
  if (!problems.empty()) return kExitUsage;
  if (flags.check_config) return kExitDone;

  CommandContext context{loaded.config, data_directory(loaded.config.process, sources.environment),
                         std::filesystem::canonical("/proc/self/exe"), flags.json};
  if (command != "serve" && flags.log_level.empty()) context.config.log.level = "error";
  // Models are this machine's, also for a command with a knowledge base of its own.
  if (context.config.models.folder.empty()) {
    context.config.models.folder = (context.data_dir / "models").string();
  }
  // Who tries the demo in a terminal gets words there, and the log where the data is; who names a level or a
  // file gets what they asked for.
  const bool trying = command == "serve" && flags.serve.demo && read_by_a_person();
  if (trying && flags.log_level.empty() && context.config.log.file.empty()) {
    context.config.log.file = (context.data_dir / "parley.log").string();
  }
  if (command == "serve") return serve(context, flags.serve);
  if (command == "talk") return talk(context, flags.talk);
  if (command == "transcribe") return transcribe(context, flags.transcribe);
  if (command == "say") return say(context, flags.say);
  if (command == "index") return index_documents(context, flags.index_paths);
  if (command == "ask") return ask(context, flags.question);
  if (command == "models") return models(context, flags.models);
  if (command == "token") return token(context, flags.token);
  if (command == "profile") return profile(context, flags.profile);
  if (command == "replay") return replay(context, flags.trace);
  return doctor(context);
}

int run(int argc, char** argv) {
  // What the engine host starts; no command for people, and it reads no configuration.
  if (argc == 4 && std::string_view(argv[1]) == "neural-engine") {
    speech::serve_engine_process(std::atoi(argv[3]));
  }
  Flags flags;
  CLI::App app("Parley: talk with your documents. Everything runs on this machine unless you say otherwise.",
               "parley");
  app.require_subcommand(0, 1);
  app.set_version_flag("--version", fmt::format("parley {}", kVersion));
  add_serve(app, flags);
  add_audio_commands(app, flags);
  add_document_commands(app, flags);
  add_other_commands(app, flags);
  try {
    app.parse(argc, argv);
    if (app.get_subcommands().empty()) throw CLI::RequiredError("A subcommand");
  } catch (const CLI::ParseError& problem) {
    const int code = app.exit(problem);
    return code == 0 ? kExitDone : kExitUsage;
  }
  return dispatch(app, flags);
}

}  // namespace
}  // namespace parley::app

int main(int argc, char** argv) {
  try {
    return parley::app::run(argc, argv);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "parley: {}\n", problem.what());
    return parley::app::kExitFailed;
  }
}
