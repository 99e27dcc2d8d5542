// SPDX-License-Identifier: Apache-2.0
#include "runtime/metrics.hpp"

#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

TEST(Metrics, ExposesWhatWasCounted) {
  Metrics metrics;
  metrics.counter("parley_test_total", "Tests").add(2);
  metrics.counter("parley_test_total", "Tests").add();
  metrics.histogram("parley_test_seconds", "Time").observe(0.02);
  const std::string text = metrics.expose();
  EXPECT_NE(text.find("parley_test_total 3"), std::string::npos) << text;
  EXPECT_NE(text.find("parley_test_seconds_bucket{le=\"0.025\"} 1"), std::string::npos) << text;
}

TEST(Metrics, ShowsTheNewestTurnOfEachBucket) {
  Metrics metrics;
  const Metrics::Labels labels{{"stage", "end\"point"}};
  auto time = metrics.histogram("parley_test_seconds", "Time", labels);
  time.observe(0.02, "turn_1");
  time.observe(0.021, "turn_2");
  time.observe(99, "turn_3");
  time.observe(0.3);
  metrics.histogram("parley_test_seconds", "Time", labels).observe(0.0004, "turn_4");
  metrics.counter("parley_test_total", "Tests").add(2);
  metrics.gauge("parley_open", "Open\nones").set(3);
  const std::string text = metrics.expose_open();
  for (const char* line :
       {"# TYPE parley_test counter\nparley_test_total 2\n", "# HELP parley_open Open\\nones\n",
        "\nparley_open 3\n", "_bucket{stage=\"end\\\"point\",le=\"0.025\"} 3 # {turn_id=\"turn_2\"} 0.021\n",
        "_bucket{stage=\"end\\\"point\",le=\"0.001\"} 1 # {turn_id=\"turn_4\"} 0.0004\n", ",le=\"0.3\"} 4\n",
        ",le=\"1.0\"} 4\n", ",le=\"+Inf\"} 5 # {turn_id=\"turn_3\"} 99\n",
        "parley_test_seconds_count{stage=\"end\\\"point\"} 5\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << " in\n" << text;
  }
  EXPECT_TRUE(text.ends_with("\n# EOF\n"));
  EXPECT_EQ(text.find("turn_1"), std::string::npos);
}

}  // namespace
}  // namespace parley::runtime
