// SPDX-License-Identifier: Apache-2.0
// Typed configuration. Each component keeps a plain struct with defaults and binds its fields here by key;
// the same binding reads TOML, the environment and the command line (later ones win), prints what is in
// force with secrets hidden, and writes the reference page.
#pragma once

#include "runtime/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::runtime {

struct KeyOptions {
  std::vector<std::string> environment = {};  // further environment names, e.g. those of replaced systems
  bool secret = false;                        // printed as "(set)" or "(not set)"
};

// The fields bound must outlive the spec.
class ConfigSpec {
 public:
  // Supported fields: bool, std::int64_t, double, std::string, std::vector<std::string>,
  // std::chrono::milliseconds (read as a number of milliseconds). `key` is "section.name"; its environment
  // name is PARLEY_SECTION_NAME.
  void bind(std::string key, bool& field, std::string doc, KeyOptions options = {});
  void bind(std::string key, std::int64_t& field, std::string doc, KeyOptions options = {});
  void bind(std::string key, double& field, std::string doc, KeyOptions options = {});
  void bind(std::string key, std::string& field, std::string doc, KeyOptions options = {});
  void bind(std::string key, std::vector<std::string>& field, std::string doc, KeyOptions options = {});
  void bind(std::string key, std::chrono::milliseconds& field, std::string doc, KeyOptions options = {});

  // Each returns every problem found, not only the first; an empty list is success. An unknown key in a file
  // is a problem, an unknown environment variable is not unless it starts with PARLEY_.
  std::vector<Error> load_toml(std::string_view text, std::string_view file_name);
  std::vector<Error> load_environment(const std::vector<std::pair<std::string, std::string>>& variables);
  Result<> set(std::string_view key, std::string_view value);

  // "key = value" lines, in the order of binding, secrets hidden.
  std::string print() const;
  // The reference page (Markdown), from the values bound at the time of the call: call it on defaults.
  std::string reference() const;

 private:
  struct Key {
    std::string name;
    std::string type;
    std::string doc;
    KeyOptions options;
    std::function<Result<>(const std::vector<std::string>&)> assign;
    std::function<std::string()> show;  // as TOML
    bool list = false;
  };
  Key* find(std::string_view name);
  void add(Key key);

  std::vector<Key> keys_;
};

// The process environment as pairs: the only place that reads it.
std::vector<std::pair<std::string, std::string>> process_environment();

}  // namespace parley::runtime
