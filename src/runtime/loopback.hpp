// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace parley::runtime {

// True when the URL's host is localhost, a name below it, or a loopback address: what is sent there stays on
// this machine. False for what is no URL, and for one that carries a user.
bool is_loopback_url(std::string_view url);

}  // namespace parley::runtime
