// SPDX-License-Identifier: Apache-2.0
// Where the sounds of one voice are, as the embedded decoder takes it up.
#pragma once

#include <string>

namespace parley::speech {

struct VoiceModel {
  double warp = 1;    // of the frequency axis (FrontEnd::begin)
  std::string means;  // of the acoustic model's Gaussians, as its file of that name: 840 KB
};

}  // namespace parley::speech
