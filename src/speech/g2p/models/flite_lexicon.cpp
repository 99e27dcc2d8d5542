// SPDX-License-Identifier: Apache-2.0
#include "speech/g2p/models/flite_lexicon.hpp"

#include <memory>

extern "C" {
#include <flite/flite.h>

// The lexicon has no header.
cst_lexicon* cmu_lex_init();
}

namespace parley::speech {
namespace {

struct DeletePhones {
  void operator()(cst_val* phones) const { delete_val(phones); }
};

const cst_lexicon* lexicon() {
  static const cst_lexicon* const opened = [] {
    const auto lock = lock_flite_setup();
    return cmu_lex_init();
  }();
  return opened;
}

}  // namespace

std::unique_lock<std::mutex> lock_flite_setup() {
  static std::mutex mutex;
  return std::unique_lock(mutex);
}

std::vector<std::string> flite_phones(const std::string& word) {
  const std::unique_ptr<cst_val, DeletePhones> found(lex_lookup(lexicon(), word.c_str(), nullptr, nullptr));
  std::vector<std::string> phones;
  for (const cst_val* phone = found.get(); phone != nullptr; phone = val_cdr(phone)) {
    phones.emplace_back(val_string(val_car(phone)));
  }
  return phones;
}

}  // namespace parley::speech
