// SPDX-License-Identifier: Apache-2.0
// Prometheus metrics. Components ask for their instruments when they are built and keep the reference; the
// names that exist are held in tests/golden/metrics.txt.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace parley::runtime {

// Instruments are thread-safe, live as long as Metrics, and asking again for the same name and labels gives
// the same one.
class Counter {
 public:
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  void add(double amount = 1);

 private:
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  void set(double value);
  void add(double amount);

 private:
  prometheus::Gauge* gauge_;
};

class Histogram {
 public:
  class Exemplars;
  Histogram(prometheus::Histogram& histogram, std::shared_ptr<Exemplars> exemplars)
      : histogram_(&histogram), exemplars_(std::move(exemplars)) {}
  void observe(double value);
  // The same, with the turn that it was measured in: each bucket shows its newest.
  void observe(double value, std::string turn_id);

 private:
  prometheus::Histogram* histogram_;
  std::shared_ptr<Exemplars> exemplars_;
};

class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Names follow Prometheus: parley_<what>_<unit>, counters end in _total.
  Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  // Buckets default to latencies in seconds, 1 ms to 10 s.
  Histogram histogram(const std::string& name, const std::string& help, const Labels& labels = {},
                      const std::vector<double>& buckets = latency_buckets());

  static std::vector<double> latency_buckets();

  // The text exposition format, version 0.0.4, which knows no exemplars.
  std::string expose() const;
  // OpenMetrics 1.0.0, with exemplars (turn_id).
  std::string expose_open() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::runtime
