// SPDX-License-Identifier: Apache-2.0
#include "runtime/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <prometheus/client_metric.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace parley::runtime {

namespace {

std::string escaped(std::string_view text) {
  std::string written;
  for (const char c : text) {
    if (c == '\\' || c == '"') written += '\\';
    written += c == '\n' ? "\\n" : std::string(1, c);
  }
  return written;
}

using LabelList = std::vector<prometheus::ClientMetric::Label>;

// {a="1",b="2"}, with `more` behind; nothing when there is none.
std::string labels_of(const LabelList& labels, std::string more = {}) {
  std::vector<std::string> written;
  for (const auto& label : labels)
    written.push_back(fmt::format("{}=\"{}\"", label.name, escaped(label.value)));
  if (!more.empty()) written.push_back(std::move(more));
  return written.empty() ? std::string() : fmt::format("{{{}}}", fmt::join(written, ","));
}

LabelList list_of(const Metrics::Labels& labels) {
  LabelList list;
  for (const auto& [name, value] : labels) list.push_back({name, value});
  return list;
}

std::string number(double value) {
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

// A bound is a label, and labels are compared as they are written: whole numbers are 1.0.
std::string bound_label(double bound) {
  std::string text = number(bound);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return fmt::format("le=\"{}\"", text);
}

std::string_view type_of(prometheus::MetricType type) {
  if (type == prometheus::MetricType::Counter) return "counter";
  return type == prometheus::MetricType::Histogram ? "histogram" : "gauge";
}

}  // namespace

class Histogram::Exemplars {
 public:
  explicit Exemplars(std::vector<double> bounds) : bounds_(std::move(bounds)), newest_(bounds_.size() + 1) {}

  void note(double value, std::string turn_id) {
    const auto bound = std::ranges::lower_bound(bounds_, value);
    const std::lock_guard lock(mutex_);
    newest_[static_cast<std::size_t>(bound - bounds_.begin())] = {value, std::move(turn_id)};
  }
  // As it stands behind a bucket.
  std::string behind(std::size_t bucket) const {
    const std::lock_guard lock(mutex_);
    if (bucket >= newest_.size() || newest_[bucket].turn_id.empty()) return {};
    return fmt::format(" # {{turn_id=\"{}\"}} {}", escaped(newest_[bucket].turn_id),
                       number(newest_[bucket].value));
  }

 private:
  struct Exemplar {
    double value = 0;
    std::string turn_id;
  };
  const std::vector<double> bounds_;
  mutable std::mutex mutex_;
  std::vector<Exemplar> newest_;  // of each bucket
};

struct Metrics::State {
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Histogram::Exemplars>> exemplars;  // by name and labels

  // Under the mutex.
  std::string histogram(const std::string& name, const prometheus::ClientMetric& metric) const {
    const std::string labels = labels_of(metric.label);
    const auto& newest = exemplars.at(name + labels);
    std::string text;
    std::size_t at = 0;
    for (const auto& bucket : metric.histogram.bucket) {
      text +=
          fmt::format("{}_bucket{} {}{}\n", name, labels_of(metric.label, bound_label(bucket.upper_bound)),
                      bucket.cumulative_count, newest->behind(at));
      ++at;
    }
    return text + fmt::format("{0}_count{1} {2}\n{0}_sum{1} {3}\n", name, labels,
                              metric.histogram.sample_count, number(metric.histogram.sample_sum));
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Counter::add(double amount) { counter_->Increment(amount); }
void Gauge::set(double value) { gauge_->Set(value); }
void Gauge::add(double amount) { gauge_->Increment(amount); }
void Histogram::observe(double value) { histogram_->Observe(value); }
void Histogram::observe(double value, std::string turn_id) {
  observe(value);
  exemplars_->note(value, std::move(turn_id));
}

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry);
  return Counter(family.Add(labels));
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry);
  return Gauge(family.Add(labels));
}

Histogram Metrics::histogram(const std::string& name, const std::string& help, const Labels& labels,
                             const std::vector<double>& buckets) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(state_->registry);
  const std::lock_guard lock(state_->mutex);
  auto& exemplars = state_->exemplars[name + labels_of(list_of(labels))];
  if (!exemplars) exemplars = std::make_shared<Histogram::Exemplars>(buckets);
  return {family.Add(labels, buckets), exemplars};
}

std::vector<double> Metrics::latency_buckets() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 2.5, 5.0, 10.0};
}

std::string Metrics::expose() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

std::string Metrics::expose_open() const {
  constexpr std::string_view kTotal = "_total";
  std::string text;
  const std::lock_guard lock(state_->mutex);
  for (const auto& family : state_->registry.Collect()) {
    const bool counts = family.type == prometheus::MetricType::Counter;
    std::string name = family.name;
    if (counts && name.ends_with(kTotal)) name.resize(name.size() - kTotal.size());
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, escaped(family.help), type_of(family.type));
    for (const auto& metric : family.metric) {
      if (family.type == prometheus::MetricType::Histogram) {
        text += state_->histogram(name, metric);
      } else {
        text += fmt::format("{}{}{} {}\n", name, counts ? kTotal : "", labels_of(metric.label),
                            number(counts ? metric.counter.value : metric.gauge.value));
      }
    }
  }
  return text + "# EOF\n";
}

}  // namespace parley::runtime
