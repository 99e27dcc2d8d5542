// SPDX-License-Identifier: Apache-2.0
// What the recogniser should expect to hear of each tenant's documents, kept up to date as they change.
#pragma once

#include "knowledge/library.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "runtime/task_group.hpp"
#include "speech/recognizer.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace parley::conversation {

class DocumentBias {
 public:
  // All outlive its stop(). The work of building goes to `background`.
  struct Parts {
    knowledge::Library& library;
    speech::Recognizer& recognizer;
    runtime::ComputePool& background;
    std::shared_ptr<runtime::Log> log;
    runtime::Executor executor;
  };

  explicit DocumentBias(Parts parts);
  ~DocumentBias();
  DocumentBias(const DocumentBias&) = delete;
  DocumentBias& operator=(const DocumentBias&) = delete;

  // The newest of the tenant's: never another's. Null while none has been built, or without documents. From
  // the first call on, a tenant's documents are followed: a change is taken up within seconds. Any thread.
  std::shared_ptr<const speech::Bias> of(const std::string& tenant);

  // Builds the bias of the context's tenant from its documents as they are now; afterwards of() gives it.
  // Errors of the library.
  runtime::Task<runtime::Result<>> refresh(runtime::Context context);

  // The newest of the context's tenant with `phrases` beside it (names, products), for one session: nobody
  // else is given it. Built in the background, about a second for a large collection; null when there is
  // nothing to say in either.
  runtime::Task<runtime::Result<std::shared_ptr<const speech::Bias>>> with(runtime::Context context,
                                                                           std::vector<std::string> phrases);

  // Follows no longer; to be awaited before destruction.
  runtime::Task<> stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
  runtime::TaskGroup tasks_;
};

}  // namespace parley::conversation
