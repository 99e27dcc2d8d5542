// SPDX-License-Identifier: Apache-2.0
#include "realtime/wyoming/info.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

namespace parley::realtime::wyoming {

namespace json = boost::json;

namespace {

// What every program, model and voice has. Clients fail on one that lacks a member.
json::object artifact(const std::string& name, const std::string& by, const std::string& description) {
  return {{"name", name},
          {"attribution", {{"name", by}, {"url", ""}}},
          {"installed", true},
          {"description", description},
          {"version", nullptr}};
}

// One program and nothing beside it.
json::array program(const std::string& description, json::object more) {
  json::object made = artifact("parley", "Parley", description);
  for (auto& each : more) made.insert_or_assign(each.key(), std::move(each.value()));
  json::array programs;
  programs.push_back(std::move(made));
  return programs;
}

json::array one_model(const std::string& engine, const std::set<std::string>& languages) {
  json::object model = artifact(engine, engine, engine);
  model["languages"] = json::value_from(languages);
  json::array models;
  models.push_back(std::move(model));
  return models;
}

// The languages that are understood. Engines are asked about languages and list none: those asked about are
// the ones that there are voices for.
std::set<std::string> understood(const conversation::SessionParts& engines,
                                 const std::vector<speech::Voice>& voices) {
  std::set<std::string> languages{engines.config.language};
  for (const speech::Voice& voice : voices) {
    const std::string language = voice.language.substr(0, voice.language.find('-'));
    const bool known = !language.empty() && engines.recognizer->knows(language).has_value();
    if (known) languages.insert(language);
  }
  return languages;
}

json::array describe_voices(const conversation::SessionParts& engines, std::vector<speech::Voice> voices) {
  // Clients that choose none take the first.
  const auto chosen = std::ranges::find(voices, engines.synthesizer->default_voice(), &speech::Voice::id);
  if (chosen != voices.end()) std::rotate(voices.begin(), chosen, chosen + 1);
  json::array list;
  for (const speech::Voice& voice : voices) {
    const auto engine = engines.synthesizer->engine_of(voice.id);
    if (!engine) continue;
    json::object described = artifact(voice.id, engine->name, voice.description);
    described["languages"] = json::array{voice.language};
    described["speakers"] = nullptr;
    list.push_back(std::move(described));
  }
  return list;
}

}  // namespace

Event describe(const conversation::SessionParts& engines) {
  const std::vector<speech::Voice> voices = engines.synthesizer->voices();
  const std::set<std::string> languages = understood(engines, voices);
  Event info{"info"};
  info.data["asr"] = program("Speech recognition that expects the words of your documents",
                             {{"models", one_model(engines.recognizer->info().name, languages)},
                              {"supports_transcript_streaming", true},
                              {"requires_external_vad", true}});
  info.data["tts"] = program("Voices on this machine", {{"voices", describe_voices(engines, voices)},
                                                        {"supports_synthesize_streaming", true}});
  info.data["handle"] = program("Answers from your documents",
                                {{"models", one_model(engines.answerer->model_info().name, languages)},
                                 {"supports_handled_streaming", true},
                                 {"supports_home_control", false}});
  for (const char* none : {"intent", "wake", "mic", "snd"}) info.data[none] = json::array();
  return info;
}

}  // namespace parley::realtime::wyoming
