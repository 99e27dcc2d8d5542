// SPDX-License-Identifier: Apache-2.0
// Speaker profiles and the consents they hang on, in the database. Every call blocks and is one transaction.
#pragma once

#include "runtime/context.hpp"
#include "speech/voice_keeper.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::storage {
class Database;
}

namespace parley::conversation {

struct Consent {
  std::int64_t id = 0;       // never given twice
  std::int64_t wording = 0;  // the version of what was agreed to
  std::int64_t given_at_ms = 0;
};

// What is kept for one engine, without the bytes.
struct KeptProfile {
  std::string engine;
  double seconds = 0;  // of speech that it was learnt from
  std::int64_t since_ms = 0;
  std::int64_t changed_ms = 0;
  std::int64_t size_bytes = 0;
};

struct SpeakerRecord {
  std::optional<Consent> consent;
  std::vector<KeptProfile> kept;  // nothing without consent
};

// Thread-safe. Whose voice it is, the context's tenant and principal say. Errors as storage::Session.
class SpeakerProfileStore {
 public:
  explicit SpeakerProfileStore(storage::Database& database) : database_(database) {}

  runtime::Result<SpeakerRecord> find(const runtime::Context& context);

  // Who agrees again has agreed to the newer wording; what is kept stays.
  runtime::Result<> agree(const runtime::Context& context, std::int64_t wording, std::int64_t now_ms);

  struct Loaded {
    std::int64_t consent = 0;
    std::string bytes;  // empty: nothing is kept yet
  };
  // Nothing without consent.
  runtime::Result<std::optional<Loaded>> load(const runtime::Context& context, const std::string& engine);

  // Puts what `change` makes of the kept bytes (empty: none) in their place. NOT_FOUND when this consent does
  // not hold any more. An error of `change` changes nothing.
  using Change = std::function<runtime::Result<speech::SpeakerProfile>(std::string_view kept)>;
  runtime::Result<> change(const runtime::Context& context, std::int64_t consent, const std::string& engine,
                           std::int64_t now_ms, const Change& change);

  // Takes the consent back and removes all that hangs on it, also from the pages that the database file keeps
  // for later and from its log. Nothing happens to who has not agreed.
  runtime::Result<> forget(const runtime::Context& context);

 private:
  storage::Database& database_;
};

}  // namespace parley::conversation
