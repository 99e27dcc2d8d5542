// SPDX-License-Identifier: Apache-2.0
#include "app/completion.hpp"

#include <map>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace parley::app {
namespace {

struct Command {
  std::string description;
  std::vector<std::string> flags;
};

std::map<std::string, Command> commands_of(const CLI::App& app) {
  std::map<std::string, Command> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    Command& entry = commands[command->get_name()];
    entry.description = command->get_description();
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& flag : option->get_lnames()) entry.flags.push_back("--" + flag);
    }
  }
  return commands;
}

std::string names_of(const std::map<std::string, Command>& commands) {
  std::vector<std::string> names;
  for (const auto& [name, command] : commands) names.push_back(name);
  return fmt::format("{}", fmt::join(names, " "));
}

// bash and zsh (through bashcompinit) share one function.
std::string bash_script(const std::map<std::string, Command>& commands, bool zsh) {
  std::string cases;
  for (const auto& [name, command] : commands) {
    cases += fmt::format("    {}) words=\"{}\" ;;\n", name, fmt::join(command.flags, " "));
  }
  return fmt::format(
      "{}_parley() {{\n"
      "  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\"{}\"\n"
      "  [ \"$COMP_CWORD\" -gt 1 ] && case \"${{COMP_WORDS[1]}}\" in\n{}    *) words=\"\" ;;\n  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "}}\n"
      "complete -o default -F _parley parley\n",
      zsh ? "autoload -U +X bashcompinit && bashcompinit\n" : "", names_of(commands), cases);
}

std::string fish_script(const std::map<std::string, Command>& commands) {
  std::string script;
  for (const auto& [name, command] : commands) {
    script +=
        fmt::format("complete -c parley -n __fish_use_subcommand -a {} -d '{}'\n", name, command.description);
    for (const std::string& flag : command.flags) {
      script +=
          fmt::format("complete -c parley -n '__fish_seen_subcommand_from {}' -l {}\n", name, flag.substr(2));
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& app, std::string_view shell) {
  const auto commands = commands_of(app);
  return shell == "fish" ? fish_script(commands) : bash_script(commands, shell == "zsh");
}

}  // namespace parley::app
