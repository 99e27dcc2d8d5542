// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace parley::app {

// What every command ends with.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;  // a message is on standard error
inline constexpr int kExitUsage = 2;   // the command line was wrong

}  // namespace parley::app
