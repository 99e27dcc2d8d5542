// SPDX-License-Identifier: Apache-2.0
// Fairness between those who have much to do and those who have little, on the same threads.
#pragma once

#include "runtime/task.hpp"

namespace parley::runtime {

// Who has much to do passes the turnstile after each piece. All of them together then delay anybody else on
// their threads by one piece at a time: they are let on one after the other, each behind everything that can
// go on already. Where nobody waits, a turn comes at once. False when the caller was cancelled.
Task<bool> pass_turnstile();

}  // namespace parley::runtime
