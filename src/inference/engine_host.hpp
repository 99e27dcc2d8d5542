// SPDX-License-Identifier: Apache-2.0
// Engines in processes of their own: an engine that ends its process, by a fault, by exit() or for want of
// memory, ends nothing else.
#pragma once

#include "inference/engine_channel.hpp"
#include "inference/engine_standing.hpp"
#include "runtime/clock.hpp"
#include "runtime/log.hpp"
#include "runtime/metrics.hpp"
#include "runtime/result.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace parley::inference {

class EngineProcess;

// A line to an engine. One thread at a time.
class EngineConnection {
 public:
  EngineConnection(std::shared_ptr<EngineProcess> process, EngineChannel channel)
      : process_(std::move(process)), channel_(std::move(channel)) {}

  // Sends a message and waits for the answer. An engine that gives none within `patience`, or one that is no
  // message, is ended. SERVICE_UNAVAILABLE when the engine is no more.
  runtime::Result<std::string> ask(std::string_view message, std::chrono::milliseconds patience) const;

 private:
  std::shared_ptr<EngineProcess> process_;
  EngineChannel channel_;
};

// The process of one model; it is ended when nobody holds it any more. Thread-safe.
class EngineProcess : public std::enable_shared_from_this<EngineProcess> {
 public:
  virtual ~EngineProcess() = default;
  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;

  // False once it has ended or was given up.
  virtual bool alive() const = 0;
  // Never waits. SERVICE_UNAVAILABLE when it is not alive, OVERLOADED when it takes no more.
  virtual runtime::Result<EngineConnection> connect() = 0;
  // Ends it: what it says cannot be relied on. `why` is for the log; empty: how it ends says it.
  virtual void give_up(std::string_view why) = 0;
  // How it ended ("signal SIGSEGV", "exit status 1"); waits a moment for it.
  virtual std::string how_it_ended() const = 0;

 protected:
  EngineProcess() = default;
};

struct EngineHostOptions {
  // What is run for each model, with these arguments and then the name of the model and the niceness.
  std::string program = "/proc/self/exe";
  std::vector<std::string> arguments = {"neural-engine"};
};

class EngineHost {
 public:
  // `metrics` may be null; else it outlives the host.
  EngineHost(EngineHostOptions options, std::shared_ptr<const runtime::Clock> clock,
             std::shared_ptr<runtime::Log> log, runtime::Metrics* metrics);
  ~EngineHost();  // ends the processes
  EngineHost(const EngineHost&) = delete;
  EngineHost& operator=(const EngineHost&) = delete;

  // Starts the process of a model; milliseconds. The folder is looked at for changes only. Errors as for
  // EngineStanding::may_start(); INTERNAL_ERROR when no process can be started.
  runtime::Result<std::shared_ptr<EngineProcess>> start(const std::string& model,
                                                        const std::filesystem::path& folder, int niceness);

  std::vector<EngineStanding::Trouble> troubles() const;

 private:
  class Keeper;
  std::unique_ptr<Keeper> keeper_;
};

}  // namespace parley::inference
