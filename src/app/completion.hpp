// SPDX-License-Identifier: Apache-2.0
// Completion of commands and flags in the shell, written from the command line's own description.
#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace parley::app {

// The script for bash, zsh or fish.
std::string completion_script(const CLI::App& app, std::string_view shell);

}  // namespace parley::app
