// SPDX-License-Identifier: Apache-2.0
#include "runtime/config.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

namespace parley::runtime {
namespace {

Error wrong(std::string_view value, std::string_view expected) {
  return Error{ErrorCode::kBadRequest, fmt::format("expected {}, not \"{}\"", expected, value)};
}

Result<bool> parse_bool(std::string_view text) {
  if (text == "true" || text == "1" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "0" || text == "no" || text == "off") return false;
  return wrong(text, "true or false");
}

template <class Number>
Result<Number> parse_number(std::string_view text, std::string_view expected) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return wrong(text, expected);
  return value;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string environment_name(std::string_view key) {
  std::string name = "PARLEY_";
  for (const char c : key) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    auto part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return parts;
}

// A TOML scalar as the text that a command-line flag would carry.
Result<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* real = node.as_floating_point()) return fmt::format("{}", real->get());
  if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "true" : "false");
  return Error{ErrorCode::kBadRequest, "expected a string, a number or true/false"};
}

using Leaf = std::pair<std::string, const toml::node*>;

void collect(const toml::table& table, const std::string& prefix, std::vector<Leaf>& leaves) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix.empty() ? std::string(key.str()) : prefix + "." + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      collect(*inner, name, leaves);
    } else {
      leaves.emplace_back(name, &node);
    }
  }
}

Result<std::vector<std::string>> texts_of(const toml::node& node) {
  std::vector<std::string> texts;
  if (const auto* array = node.as_array()) {
    for (const auto& element : *array) {
      auto text = scalar_text(element);
      if (!text) return text.error();
      texts.push_back(std::move(*text));
    }
    return texts;
  }
  auto text = scalar_text(node);
  if (!text) return text.error();
  texts.push_back(std::move(*text));
  return texts;
}

}  // namespace

void ConfigSpec::add(Key key) { keys_.push_back(std::move(key)); }

void ConfigSpec::bind(std::string key, bool& field, std::string doc, KeyOptions options) {
  add({std::move(key), "boolean", std::move(doc), std::move(options),
       [&field](const auto& values) -> Result<> {
         const auto value = parse_bool(values.back());
         if (!value) return value.error();
         field = *value;
         return {};
       },
       [&field] { return std::string(field ? "true" : "false"); }});
}

void ConfigSpec::bind(std::string key, std::int64_t& field, std::string doc, KeyOptions options) {
  add({std::move(key), "integer", std::move(doc), std::move(options),
       [&field](const auto& values) -> Result<> {
         const auto value = parse_number<std::int64_t>(values.back(), "a whole number");
         if (!value) return value.error();
         field = *value;
         return {};
       },
       [&field] { return std::to_string(field); }});
}

void ConfigSpec::bind(std::string key, double& field, std::string doc, KeyOptions options) {
  add({std::move(key), "number", std::move(doc), std::move(options),
       [&field](const auto& values) -> Result<> {
         const auto value = parse_number<double>(values.back(), "a number");
         if (!value) return value.error();
         field = *value;
         return {};
       },
       [&field] { return fmt::format("{}", field); }});
}

void ConfigSpec::bind(std::string key, std::string& field, std::string doc, KeyOptions options) {
  add({std::move(key), "string", std::move(doc), std::move(options),
       [&field](const auto& values) -> Result<> {
         field = values.back();
         return {};
       },
       [&field] { return quoted(field); }});
}

void ConfigSpec::bind(std::string key, std::vector<std::string>& field, std::string doc, KeyOptions options) {
  add({std::move(key), "list of strings", std::move(doc), std::move(options),
       [&field](const auto& values) -> Result<> {
         field = values;
         return {};
       },
       [&field] {
         std::string out = "[";
         for (const auto& item : field) out += (out.size() > 1 ? ", " : "") + quoted(item);
         return out + "]";
       },
       true});
}

void ConfigSpec::bind(std::string key, std::chrono::milliseconds& field, std::string doc,
                      KeyOptions options) {
  add({std::move(key), "milliseconds", std::move(doc), std::move(options),
       [&field](const auto& values) -> Result<> {
         const auto value = parse_number<std::int64_t>(values.back(), "a number of milliseconds");
         if (!value) return value.error();
         if (*value < 0) return wrong(values.back(), "a number of milliseconds, not negative");
         field = std::chrono::milliseconds(*value);
         return {};
       },
       [&field] { return std::to_string(field.count()); }});
}

ConfigSpec::Key* ConfigSpec::find(std::string_view name) {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.name == name; });
  return found == keys_.end() ? nullptr : &*found;
}

std::vector<Error> ConfigSpec::load_toml(std::string_view text, std::string_view file_name) {
  std::vector<Error> problems;
  toml::table table;
  try {
    table = toml::parse(text, file_name);
  } catch (const toml::parse_error& caught) {
    const auto& at = caught.source().begin;
    problems.push_back({ErrorCode::kBadRequest,
                        fmt::format("{}:{}:{}: {}", file_name, at.line, at.column, caught.description())});
    return problems;
  }
  std::vector<Leaf> leaves;
  collect(table, "", leaves);
  for (const auto& [name, node] : leaves) {
    const auto line = node->source().begin.line;
    auto report = [&, &key_name = name](const std::string& what) {
      problems.push_back(
          {ErrorCode::kBadRequest, fmt::format("{}:{}: {}: {}", file_name, line, key_name, what), key_name});
    };
    Key* key = find(name);
    if (key == nullptr) {
      report("there is no such setting");
      continue;
    }
    const auto texts = texts_of(*node);
    if (!texts) {
      report(texts.error().message);
      continue;
    }
    if (node->is_array() && !key->list) {
      report("expected one value, not a list");
      continue;
    }
    const auto assigned = key->assign(*texts);
    if (!assigned) report(assigned.error().message);
  }
  return problems;
}

std::vector<Error> ConfigSpec::load_environment(
    const std::vector<std::pair<std::string, std::string>>& variables) {
  std::vector<Error> problems;
  // Aliases first, so that the PARLEY_ name wins when both are set.
  for (const bool own_name : {false, true}) {
    for (const auto& [name, value] : variables) {
      bool known = false;
      for (Key& key : keys_) {
        const auto& aliases = key.options.environment;
        const bool matches = own_name ? environment_name(key.name) == name
                                      : std::find(aliases.begin(), aliases.end(), name) != aliases.end();
        known = known || environment_name(key.name) == name ||
                std::find(aliases.begin(), aliases.end(), name) != aliases.end();
        if (!matches || value.empty()) continue;
        const auto assigned = set(key.name, value);
        if (!assigned) {
          problems.push_back(
              {ErrorCode::kBadRequest, fmt::format("{}: {}", name, assigned.error().message), key.name});
        }
      }
      if (own_name && !known && name.starts_with("PARLEY_")) {
        problems.push_back({ErrorCode::kBadRequest, fmt::format("{}: there is no such setting", name), name});
      }
    }
  }
  return problems;
}

Result<> ConfigSpec::set(std::string_view name, std::string_view value) {
  Key* key = find(name);
  if (key == nullptr) {
    return Error{ErrorCode::kBadRequest, fmt::format("there is no setting \"{}\"", name), std::string(name)};
  }
  return key->assign(key->list ? split_commas(value) : std::vector<std::string>{std::string(value)});
}

std::string ConfigSpec::print() const {
  std::string out;
  for (const Key& key : keys_) {
    const std::string shown = key.show();
    const std::string value = !key.options.secret ? shown : shown == "\"\"" ? "(not set)" : "(set)";
    out += fmt::format("{} = {}\n", key.name, value);
  }
  return out;
}

std::string ConfigSpec::reference() const {
  std::string out;
  std::string section;
  for (const Key& key : keys_) {
    const std::string head = key.name.substr(0, key.name.find('.'));
    if (head != section) {
      section = head;
      out += fmt::format(
          "\n## {}\n\n| key | type | default | environment | meaning |\n|---|---|---|---|---|\n", section);
    }
    std::string names = "`" + environment_name(key.name) + "`";
    for (const auto& alias : key.options.environment) names += ", `" + alias + "`";
    out += fmt::format("| `{}` | {} | `{}` | {} | {} |\n", key.name, key.type,
                       key.options.secret ? "(not set)" : key.show(), names, key.doc);
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> process_environment() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace parley::runtime
