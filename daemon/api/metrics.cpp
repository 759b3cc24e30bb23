#include "daemon/api/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <mutex>
#include <unordered_map>

#include "sdk/records/json_writer.hpp"

namespace lotbridge::api {
namespace {

using engine::Engine;

// Seconds; an answer waits for one durable commit, so most lie between 1 and 20 ms.
const prometheus::Histogram::BucketBoundaries kBuckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                       0.05,   0.1,   0.25,   0.5,   1,    5};

class Registry final : public Metrics {
 public:
  Registry()
      : answers_(prometheus::BuildCounter()
                     .Name("lotbridge_http_answers_total")
                     .Help("Answers given over HTTP, by route, method and status.")
                     .Register(*registry_)),
        seconds_(prometheus::BuildHistogram()
                     .Name("lotbridge_http_seconds")
                     .Help("Time from a complete request header to the answer, by route.")
                     .Register(*registry_)) {}

  Observer observer() override {
    return [this](std::string_view route, std::string_view method, int status,
                  std::chrono::nanoseconds time) { count(route, method, status, time); };
  }

  void add_routes(RouteTable& table, Engine& engine, const engine::Clock& clock,
                  std::function<std::vector<host::ConnectorHealth>()> connectors) override {
    table.get(
        "/metrics",
        [this, &engine, connectors](const Request&, const Respond& respond) {
          respond({.status = 200,
                   .content_type = "text/plain; version=0.0.4; charset=utf-8",
                   .body = text(engine,
                                connectors ? connectors() : std::vector<host::ConnectorHealth>{}),
                   .headers = {}});
        },
        Scope::none);
    table.get(
        "/healthz", [&clock](const Request&, const Respond& respond) { respond(health(clock)); },
        Scope::none);
    table.get(
        "/readyz",
        [&engine](const Request&, const Respond& respond) { respond(readiness(engine)); },
        Scope::none);
  }

 private:
  struct Series {
    prometheus::Histogram* seconds = nullptr;
    std::map<int, prometheus::Counter*> answers;
  };

  void count(std::string_view route, std::string_view method, int status,
             std::chrono::nanoseconds time);
  std::string text(Engine&, const std::vector<host::ConnectorHealth>&);
  static Response health(const engine::Clock&);
  static Response readiness(Engine&);

  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  prometheus::Family<prometheus::Counter>& answers_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  std::mutex mutex_;
  std::unordered_map<std::string, Series> series_;  // by "METHOD route"
};

void Registry::count(std::string_view route, std::string_view method, int status,
                     std::chrono::nanoseconds time) {
  // A method or path that no route has may be anything: it must not become a label.
  if (route.empty()) {
    route = "none";
    method = "none";
  }
  std::string key(method);
  key += ' ';
  key += route;
  const std::lock_guard lock(mutex_);
  Series& series = series_[key];
  if (series.seconds == nullptr) {
    series.seconds =
        &seconds_.Add({{"route", std::string(route)}, {"method", std::string(method)}}, kBuckets);
  }
  prometheus::Counter*& answers = series.answers[status];
  if (answers == nullptr) {
    answers = &answers_.Add({{"route", std::string(route)},
                             {"method", std::string(method)},
                             {"status", std::to_string(status)}});
  }
  answers->Increment();
  series.seconds->Observe(std::chrono::duration<double>(time).count());
}

// The engine's and the host's own figures, read when somebody asks: they are counted elsewhere.
class Figures {
 public:
  void add(std::string name, std::string help, prometheus::MetricType type, double value,
           std::vector<prometheus::ClientMetric::Label> labels = {}) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    if (type == prometheus::MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
    for (auto& family : families_) {
      if (family.name == name) {
        family.metric.push_back(std::move(metric));
        return;
      }
    }
    prometheus::MetricFamily family;
    family.name = std::move(name);
    family.help = std::move(help);
    family.type = type;
    family.metric.push_back(std::move(metric));
    families_.push_back(std::move(family));
  }
  std::vector<prometheus::MetricFamily> take() { return std::move(families_); }

 private:
  std::vector<prometheus::MetricFamily> families_;
};

std::string Registry::text(Engine& engine, const std::vector<host::ConnectorHealth>& connectors) {
  using prometheus::MetricType;
  const auto figures = engine.figures();
  const auto number = [](auto value) { return static_cast<double>(value); };
  Figures out;
  out.add("lotbridge_documents_total", "Documents applied since start.", MetricType::Counter,
          number(figures.documents));
  out.add("lotbridge_commits_total", "Durable commits since start.", MetricType::Counter,
          number(figures.commits));
  out.add("lotbridge_commit_failures_total", "Commits that failed and were undone.",
          MetricType::Counter, number(figures.commit_failures));
  out.add("lotbridge_queue_documents", "Documents waiting for the writer.", MetricType::Gauge,
          number(figures.queue));
  out.add("lotbridge_lots", "Lots in memory.", MetricType::Gauge, number(figures.lots));
  out.add("lotbridge_open_orders", "Orders with something left to do.", MetricType::Gauge,
          number(figures.open_orders));
  out.add("lotbridge_healthy", "1 while the last commit succeeded.", MetricType::Gauge,
          figures.healthy ? 1 : 0);
  for (const auto& one : connectors) {
    const std::vector<prometheus::ClientMetric::Label> labels{{"connector", one.name}};
    out.add("lotbridge_connector_ready", "1 while the connector works.", MetricType::Gauge,
            one.state == "ready" ? 1 : 0, labels);
    out.add("lotbridge_connector_http_requests_total", "Requests to the platform.",
            MetricType::Counter, number(one.http_requests), labels);
    out.add("lotbridge_connector_http_retries_total", "Requests that were repeated.",
            MetricType::Counter, number(one.http_retries), labels);
    out.add("lotbridge_connector_http_failures_total", "Requests without a usable answer.",
            MetricType::Counter, number(one.http_failures), labels);
    out.add("lotbridge_connector_webhooks_refused_total", "Webhooks with a bad signature.",
            MetricType::Counter, number(one.webhooks_refused), labels);
  }
  auto families = out.take();
  for (auto& family : registry_->Collect()) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

Response Registry::health(const engine::Clock& clock) {
  JsonWriter json(128);
  json.open('{');
  json.key("status");
  json.text("ok");
  json.key("version");
  json.text(LOTBRIDGE_VERSION);
  json.key("now");
  json.text(clock.now().text());
  json.key("test_clock");
  if (clock.is_test_clock()) {
    json.text(clock.now().text());
  } else {
    json.raw("null");
  }
  json.close('}');
  return {.status = 200, .content_type = "application/json", .body = json.take(), .headers = {}};
}

Response Registry::readiness(Engine& engine) {
  const auto figures = engine.figures();
  JsonWriter json(128);
  json.open('{');
  json.key("ready");
  json.boolean(figures.healthy);
  json.key("reason");
  if (figures.healthy) {
    json.raw("null");
  } else {
    json.text(figures.unhealthy_reason);
  }
  json.close('}');
  return {.status = figures.healthy ? 200 : 503,
          .content_type = "application/json",
          .body = json.take(),
          .headers = {}};
}

}  // namespace

std::unique_ptr<Metrics> Metrics::create() { return std::make_unique<Registry>(); }

}  // namespace lotbridge::api
