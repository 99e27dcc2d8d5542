// SPDX-License-Identifier: Apache-2.0
// How a spoken turn is shown.
#pragma once

#include "app/client_channel.hpp"

#include <string>

#include <boost/json/object.hpp>

namespace parley::app {

// Stages in milliseconds after the end of speech. voice_to_voice is the client's, and is absent where the
// turn was taken before the recording ended.
boost::json::object turn_timings(const ClientTurn& turn);

// For people: what was heard, the answer, its sources, and the stages as a waterfall.
void print_turn(const std::string& title, const ClientTurn& turn);

}  // namespace parley::app
