// SPDX-License-Identifier: Apache-2.0
// Which models a server offers (GET <base>/models).
#pragma once

#include "net/http_client.hpp"
#include "runtime/context.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace parley::language {

// The ids of {"data":[{"id":"..."}]}, in order. LLM_FAILED when the text is something else.
runtime::Result<std::vector<std::string>> read_model_list(std::string_view json);

// False for models that only embed, hear, speak or moderate, as far as their names tell.
bool can_chat(std::string_view model);

// Errors as HttpClient's; LLM_FAILED when the answer is no list of models.
runtime::Task<runtime::Result<std::vector<std::string>>> list_models(runtime::Context context,
                                                                     std::shared_ptr<net::HttpClient> http,
                                                                     net::HttpRequest request);

}  // namespace parley::language
