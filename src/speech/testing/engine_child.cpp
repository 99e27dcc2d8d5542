// SPDX-License-Identifier: Apache-2.0
// The process of a neural engine, for tests that have no program of Parley.
#include "speech/module.hpp"

#include <cstdlib>

int main(int /*count*/, char** arguments) { parley::speech::serve_engine_process(std::atoi(arguments[2])); }
