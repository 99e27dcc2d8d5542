// SPDX-License-Identifier: Apache-2.0
#include "accounts/module.hpp"
#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "runtime/ids.hpp"
#include "runtime/json.hpp"

#include <chrono>
#include <memory>

#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace parley::app {

int token(const CommandContext& context, const TokenArguments& arguments) {
  if (arguments.user.empty() && !arguments.guest) {
    complain("", {runtime::ErrorCode::kBadRequest, "say whom it is for: --user ID or --guest"});
    return kExitUsage;
  }
  const accounts::Principal principal =
      arguments.guest ? accounts::Principal{accounts::PrincipalKind::kGuest, runtime::make_id("guest")}
                      : accounts::Principal{accounts::PrincipalKind::kUser, arguments.user};
  const auto tokens = accounts::open_tokens(context.config.accounts, context.data_dir,
                                            std::make_shared<runtime::SystemClock>());
  const auto minted = tokens ? (*tokens)->mint(principal, std::chrono::seconds(arguments.life_seconds))
                             : runtime::Result<std::string>(tokens.error());
  if (!minted) {
    complain("", minted.error());
    return minted.error().code == runtime::ErrorCode::kBadRequest ? kExitUsage : kExitFailed;
  }
  if (context.json) {
    fmt::print("{}\n", runtime::to_json(boost::json::object{{"token", *minted},
                                                            {"userId", principal.id},
                                                            {"isGuest", arguments.guest},
                                                            {"expiresIn", arguments.life_seconds}}));
  } else {
    fmt::print("{}\n", *minted);
  }
  return kExitDone;
}

}  // namespace parley::app
