// SPDX-License-Identifier: Apache-2.0
#include "accounts/module.hpp"
#include "app/commands.hpp"
#include "app/documents.hpp"
#include "app/platform.hpp"
#include "app/running_server.hpp"
#include "app/terminal.hpp"
#include "conversation/speaker_json.hpp"
#include "runtime/json.hpp"

#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace parley::app {
namespace json = boost::json;

using accounts::Principal;
using accounts::PrincipalKind;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

constexpr std::chrono::minutes kTokenLife{5};

// The profile of one principal, as the routes of /api/v1/speaker-profile tell it.
class Profile {
 public:
  virtual ~Profile() = default;
  virtual Result<json::value> show() = 0;
  virtual Result<json::value> agree(std::int64_t wording) = 0;
  virtual Result<json::value> enrol(const std::string& sentence, std::string recording) = 0;
  virtual Result<> forget() = 0;
};

class ServerProfile final : public Profile {
 public:
  ServerProfile(RunningServer server, std::string token)
      : server_(std::move(server)), token_(std::move(token)) {}

  Result<json::value> show() override { return call("GET", "", {}); }
  Result<json::value> agree(std::int64_t wording) override {
    return call("PUT", "/consent", runtime::to_json({{"wording", wording}}), "application/json");
  }
  Result<json::value> enrol(const std::string& sentence, std::string recording) override {
    return call("POST", "/recordings/" + sentence, std::move(recording));
  }
  Result<> forget() override {
    const auto done = call("DELETE", "", {});
    if (!done) return done.error();
    return {};
  }

 private:
  Result<json::value> call(const char* method, const std::string& path, std::string body,
                           const char* type = "application/octet-stream") {
    net::HttpRequest request{.method = method, .url = server_.url("/api/v1/speaker-profile" + path)};
    if (!token_.empty()) request.headers.add("Authorization", "Bearer " + token_);
    if (!body.empty()) request.headers.add("Content-Type", type);
    request.body = std::move(body);
    return server_.call(std::move(request));
  }

  RunningServer server_;
  const std::string token_;
};

class LocalProfile final : public Profile {
 public:
  LocalProfile(std::unique_ptr<Platform> platform, const Principal& principal)
      : platform_(std::move(platform)), profiles_(*platform_->profiles()) {
    context_.principal = principal.key();
  }

  Result<json::value> show() override { return described(profiles_.find(context_)); }
  Result<json::value> agree(std::int64_t wording) override {
    return described(profiles_.agree(context_, wording));
  }
  Result<json::value> enrol(const std::string& sentence, std::string recording) override {
    const auto enrolled = run(profiles_.enrol(context_, sentence, std::move(recording)));
    if (!enrolled) return enrolled.error();
    return json::value(conversation::enrolled_json(sentence, *enrolled));
  }
  Result<> forget() override { return run(profiles_.forget(context_)); }

 private:
  template <class T>
  static Task<> into(Task<Result<T>> task, std::optional<Result<T>>* out) {
    *out = co_await std::move(task);
  }
  template <class T>
  Result<T> run(Task<Result<T>> task) {
    std::optional<Result<T>> result;
    platform_->io().run(into(std::move(task), &result));
    return std::move(*result);
  }
  Result<json::value> described(Task<Result<conversation::SpeakerRecord>> task) {
    const auto record = run(std::move(task));
    if (!record) return record.error();
    return json::value(conversation::speaker_json(*record, profiles_.engine()));
  }

  std::unique_ptr<Platform> platform_;
  conversation::SpeakerProfiles& profiles_;
  Context context_;
};

Result<std::unique_ptr<Profile>> open_profile(const CommandContext& context, const std::string& user) {
  const Principal principal = user.empty() ? Principal{} : Principal{PrincipalKind::kUser, user};
  std::string token;
  if (!user.empty()) {
    // Also where no server runs: a name that could have no token is refused.
    const auto tokens = accounts::open_tokens(context.config.accounts, context.data_dir,
                                              std::make_shared<runtime::SystemClock>());
    if (!tokens) return tokens.error();
    auto minted = (*tokens)->mint(principal, kTokenLife);
    if (!minted) return minted.error();
    token = std::move(*minted);
  }
  auto server = RunningServer::find(context.data_dir);
  if (!server) return server.error();
  if (*server) {
    return std::unique_ptr<Profile>(std::make_unique<ServerProfile>(std::move(**server), std::move(token)));
  }
  auto platform = Platform::open(context.config, context.data_dir, {.hears = true, .answers = true});
  if (!platform) return platform.error();
  return std::unique_ptr<Profile>(std::make_unique<LocalProfile>(std::move(*platform), principal));
}

std::string text_of(const json::value& text) { return std::string(text.as_string()); }

std::string day_of(const json::value& milliseconds) {
  const std::time_t seconds = milliseconds.to_number<std::int64_t>() / 1000;
  std::tm parts{};
  localtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

void print_sentences(const json::value& shown) {
  fmt::print("The sentences to read aloud, one recording each:\n");
  for (const json::value& sentence : shown.at("sentences").as_array()) {
    fmt::print("  {}. {}\n", text_of(sentence.at("id")), text_of(sentence.at("text")));
  }
}

void print_shown(const json::value& shown) {
  if (shown.at("consent").is_null()) {
    fmt::print("Nothing is kept. With `parley profile enrol --agree FILE...` you agree that:\n  {}\n",
               text_of(shown.at("wording").at("text")));
    print_sentences(shown);
    return;
  }
  fmt::print("Agreed on {}.\n", day_of(shown.at("consent").at("given_at_ms")));
  for (const json::value& kept : shown.at("kept").as_array()) {
    fmt::print("{}: {:.0f} seconds of speech, since {}, last on {}\n", text_of(kept.at("engine")),
               kept.at("seconds").to_number<double>(), day_of(kept.at("since_ms")),
               day_of(kept.at("changed_ms")));
  }
  if (shown.at("kept").as_array().empty()) fmt::print("Nothing has been learnt yet.\n");
}

int failed(std::string_view about, const Error& error) {
  complain(about, error);
  return kExitFailed;
}

int show(const CommandContext& context, Profile& profile) {
  const auto shown = profile.show();
  if (!shown) return failed("", shown.error());
  if (context.json) {
    fmt::print("{}\n", runtime::to_json(*shown));
  } else {
    print_shown(*shown);
  }
  return kExitDone;
}

int enrol(const CommandContext& context, Profile& profile, const ProfileArguments& arguments) {
  auto shown = profile.show();
  if (!shown) return failed("", shown.error());
  const auto& sentences = shown->at("sentences").as_array();
  if (arguments.files.empty() || arguments.files.size() > sentences.size()) {
    complain("", {ErrorCode::kBadRequest, fmt::format("give 1 to {} recordings", sentences.size())});
    print_sentences(*shown);
    return kExitUsage;
  }
  if (arguments.agree) {
    const auto agreed = profile.agree(shown->at("wording").at("version").to_number<std::int64_t>());
    if (!agreed) return failed("", agreed.error());
  } else if (shown->at("consent").is_null()) {
    complain("", {ErrorCode::kForbidden, "nothing is learnt without consent; see `parley profile show`"});
    return kExitFailed;
  }
  int code = kExitDone;
  for (std::size_t i = 0; i < arguments.files.size(); ++i) {
    auto recording = read_file(arguments.files[i]);
    const auto enrolled = recording ? profile.enrol(text_of(sentences[i].at("id")), std::move(*recording))
                                    : Result<json::value>(recording.error());
    if (!enrolled) {
      code = failed(arguments.files[i], enrolled.error());
    } else if (context.json) {
      fmt::print("{}\n", runtime::to_json(*enrolled));
    } else {
      fmt::print("{}: {:.1f} seconds learnt\n", arguments.files[i],
                 enrolled->at("seconds").to_number<double>());
    }
    std::fflush(stdout);
  }
  return code;
}

}  // namespace

int profile(const CommandContext& context, const ProfileArguments& arguments) {
  const bool enrols = arguments.action == "enrol";
  if (!enrols && (!arguments.files.empty() || arguments.agree)) {
    complain("", {ErrorCode::kBadRequest, "recordings and --agree belong to `profile enrol`"});
    return kExitUsage;
  }
  auto opened = open_profile(context, arguments.user);
  if (!opened) return failed("", opened.error());
  if (enrols) return enrol(context, **opened, arguments);
  if (arguments.action == "show") return show(context, **opened);
  const auto forgotten = (*opened)->forget();
  if (!forgotten) return failed("", forgotten.error());
  if (!context.json) fmt::print("Nothing is kept any more.\n");
  return kExitDone;
}

}  // namespace parley::app
